#pragma once

#include "problems/case/case_reader.hpp"

namespace valleyflux {

/// Reads the tables [[escape]] of a case whose problem is known. Throws CaseError.
std::vector<CaseEscape> read_escapes(CaseReader& root, const Case& definition, const Parameters& parameters);

}  // namespace valleyflux
