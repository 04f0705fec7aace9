#pragma once

#include "problems/problem.hpp"

namespace valleyflux {

/// Cells of the grid over the width of what a valley on the line holds near its minimum: the standard deviation of the
/// local equilibrium, (D / L'')^(1/2), or D / |F| at a wall, and at most the valley's own width around the minimum. 0
/// where there is no minimum. Grids that do not resolve this agree on what is wrong.
double cells_over_width(const Problem<1>& problem, const Valley<1>& valley);
/// The largest of them over all valleys.
double cells_over_width(const Problem<1>& problem);
/// Whether a grid of that number, and the two coarser ones that tell its errors, resolve it; and whether it does so far
/// enough for their differences to show what is wrong.
bool resolves(double cells_over_width);
bool shows(double cells_over_width);

}  // namespace valleyflux
