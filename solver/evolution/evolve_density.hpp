#pragma once

#include "solver/evolution/density_on_grids.hpp"
#include "solver/level.hpp"
#include "solver/solution.hpp"

#include <optional>

namespace valleyflux {

/// Evolves the density that is asked for, frame by frame, with particles beside it at the end where these are.
/// on_grids: tells its error, and the tolerance where none was asked for.
template <int Dim>
void evolve_density(Solution<Dim>& solution, const Level<Dim>& level,
                    const std::optional<DensityOnGrids<Dim>>& on_grids);

extern template void evolve_density(Solution<1>&, const Level<1>&, const std::optional<DensityOnGrids<1>>&);
extern template void evolve_density(Solution<2>&, const Level<2>&, const std::optional<DensityOnGrids<2>>&);

}  // namespace valleyflux
