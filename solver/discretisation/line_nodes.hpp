#pragma once

#include "problems/problem.hpp"

#include <vector>

namespace valleyflux {

/// The nodes of a problem on the line (see state_space.hpp), in its coordinate: the centres of all cells, the surfaces
/// of valleys, cores and the further regions `surfaces`, the minima, and, towards a wall at which D falls to zero,
/// nodes that are uniform in int dx / D^(1/2). Ascending, no two closer than StateSpace::closeness cells. time: of the
/// noise, in the unit of the case.
std::vector<double> line_nodes(const Problem<1>& problem, const std::vector<Region<1>>& surfaces, double time);

/// Moves nodes that lie within a thousandth of a cell of these zeros of the noise, which are integrated towards from
/// both sides, on towards the next node, or leaves them out where they are no cell's own.
void keep_off_zeros(const Grid<1>& grid, const std::vector<Point<1>>& zeros, std::vector<double>& nodes);

}  // namespace valleyflux
