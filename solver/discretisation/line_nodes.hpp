#pragma once

#include "problems/problem.hpp"

#include <vector>

namespace valleyflux {

/// The nodes of a problem on the line (see state_space.hpp), in its coordinate: the centres of all cells, the surfaces
/// of valleys, cores, targets and the further regions `surfaces`, the minima, and, towards a wall at which D falls to
/// zero, nodes that are uniform in int dx / D^(1/2). Ascending, no two closer than StateSpace::closeness cells. time:
/// of the noise, in the unit of the case.
std::vector<double> line_nodes(const Problem<1>& problem, const std::vector<Region<1>>& surfaces, double time);

/// Further ones (ascending), but for those closer than that to another.
void insert_nodes(const Grid<1>& grid, const std::vector<double>& further, std::vector<double>& nodes);

/// A zero of the noise, and how far from it drift and noise are as they are beside it: a cell at the most.
struct NoiseZero {
  double place, room;
};

/// Moves nodes that lie within a thousandth of the room of these zeros, which are integrated towards from both sides,
/// on towards the next node, or leaves them out where they are no cell's own.
void keep_off_zeros(const Grid<1>& grid, const std::vector<NoiseZero>& zeros, std::vector<double>& nodes);

}  // namespace valleyflux
