#pragma once

#include "problems/case/case_reader.hpp"

namespace valleyflux {

/// Reads [parameters]: names usable in every expression. Throws CaseError.
Parameters read_parameters(CaseReader& root);

/// A parameter that is set from outside and that nothing depends on is a mistake: often t instead of T. Throws
/// CaseError.
void require_mentioned(const toml::table& root, const Parameters& parameters, const CaseContext& context);

}  // namespace valleyflux
