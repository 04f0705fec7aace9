#pragma once

#include "grids/grid.hpp"

#include <optional>
#include <vector>

namespace valleyflux {

/// Cells belong to a domain whole or not at all, so that its walls lie up to half a cell off where they are. The same
/// grid without the cells that a wall cuts, and with all of them: between the two lies the domain, and from either to
/// the grid itself is at least as far as from there to the domain. Those that have other cells than the grid; none
/// where walls lie on its edges. One that falls apart is left out; nothing where that leaves none.
std::optional<std::vector<Grid<2>>> grids_of_moved_walls(const Grid<2>& grid);

/// The same grid without the cells beside the domain's walls, for a landscape that ends there. Nothing where what is
/// left falls apart.
std::optional<Grid<2>> grid_without_border(const Grid<2>& grid);

}  // namespace valleyflux
