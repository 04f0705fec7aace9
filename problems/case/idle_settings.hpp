#pragma once

#include "problems/case/case_file.hpp"

namespace valleyflux {

/// Throws CaseError for an override that is valid and changes nothing, as no escape asks for a method that it is for:
/// keys of particles without particles, of splitting, minibatches and Theorem 3.2 without these, of the accuracy of
/// grids without a rate from a grid.
void require_effect(const Case& definition, const Overrides& overrides);

}  // namespace valleyflux
