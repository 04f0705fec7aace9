#pragma once

#include "solver/level.hpp"
#include "solver/solution.hpp"

#include <optional>
#include <vector>

namespace valleyflux {

/// Walls of a domain lie within cells: levels of the problem's own grid with the walls moved to the cells' edges, whose
/// differences tell an error that grids alone do not. With their stationary laws (`law`) or without; none where walls
/// lie on edges, nothing where no such level can be made.
template <int Dim>
std::optional<std::vector<Level<Dim>>> levels_of_moved_walls(const Solution<Dim>& solution, bool law);

extern template std::optional<std::vector<Level<1>>> levels_of_moved_walls(const Solution<1>&, bool);
extern template std::optional<std::vector<Level<2>>> levels_of_moved_walls(const Solution<2>&, bool);

}  // namespace valleyflux
