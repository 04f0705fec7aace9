#pragma once

#include "solver/level.hpp"
#include "solver/solution.hpp"

namespace valleyflux {

/// Evolves the density that is asked for, frame by frame, with particles beside it at the end where these are.
template <int Dim>
void evolve_density(Solution<Dim>& solution, const Level<Dim>& level);

extern template void evolve_density(Solution<1>&, const Level<1>&);
extern template void evolve_density(Solution<2>&, const Level<2>&);

}  // namespace valleyflux
