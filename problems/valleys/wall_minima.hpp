#pragma once

#include "problems/valleys/critical_points.hpp"

#include <functional>
#include <vector>

namespace valleyflux {

/// Stable points at reflecting walls: where the drift leads into the wall and does not lead along it (on the line the
/// walls themselves, in the plane also corners), lowest first. They are no zeros of F: `at_wall` and `degenerate` are
/// set, and the Hessian is left zero.
template <int Dim>
std::vector<CriticalPoint<Dim>> find_wall_minima(const Drift& drift, const Grid<Dim>& grid);

/// The lowest place that steps along the axes lead to from the centre of a cell without leaving the domain of the grid
/// or what is `within`; steps of half a cell, halved where none leads down, to 1e-9 cells. Beside walls along the axes,
/// as those of missing data are, the coordinate along the wall is the landscape's own minimum there.
template <int Dim>
Point<Dim> lowest_in_domain(const Landscape& landscape, const Grid<Dim>& grid, Index cell,
                            const std::function<bool(const Point<Dim>&)>& within);

extern template Point<1> lowest_in_domain(const Landscape&, const Grid<1>&, Index,
                                          const std::function<bool(const Point<1>&)>&);
extern template Point<2> lowest_in_domain(const Landscape&, const Grid<2>&, Index,
                                          const std::function<bool(const Point<2>&)>&);
extern template std::vector<CriticalPoint<1>> find_wall_minima(const Drift&, const Grid<1>&);
extern template std::vector<CriticalPoint<2>> find_wall_minima(const Drift&, const Grid<2>&);

}  // namespace valleyflux
