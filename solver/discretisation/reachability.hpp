#pragma once

#include "solver/discretisation/jumps_by_state.hpp"

#include <vector>

namespace valleyflux {

/// Marks (states) all that can be reached from the marked ones by positive rates.
void mark_reached_from(const JumpsByState& jumps, std::vector<char>& marked);

/// Marks (states) all from which a marked one can be reached.
void mark_leading_to(const JumpsByState& jumps, std::vector<char>& marked);

}  // namespace valleyflux
