#pragma once

#include "problems/case/case_reader.hpp"

#include <optional>

namespace valleyflux {

/// The dimension of a case without axes: of the built-in it names, of drift.expression, of the diffusion tensor, or of
/// the variables that its expressions name. Nothing where a table is to tell. Throws CaseError, with what to write,
/// where nothing tells or two things tell differently.
std::optional<int> implied_dimension(CaseReader& root);

}  // namespace valleyflux
