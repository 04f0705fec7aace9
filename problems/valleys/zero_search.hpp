#pragma once

#include "grids/grid.hpp"
#include "problems/dynamics/drift.hpp"

#include <vector>

namespace valleyflux {

/// Zeros of F that damped Newton iterations find from `starts`, in the order in which they are found; `box`: the unit
/// of length along each axis; `reach`: the longest step, in these units. A search ends when full steps have become
/// round-off, and finds nothing if they do not or if it leaves the neighbourhood of its start.
template <int Dim>
std::vector<Point<Dim>> find_zeros(const Drift& drift, const Grid<Dim>& grid, const std::vector<Point<Dim>>& starts,
                                   const Point<Dim>& box, double reach);

extern template std::vector<Point<1>> find_zeros(const Drift&, const Grid<1>&, const std::vector<Point<1>>&,
                                                 const Point<1>&, double);
extern template std::vector<Point<2>> find_zeros(const Drift&, const Grid<2>&, const std::vector<Point<2>>&,
                                                 const Point<2>&, double);

}  // namespace valleyflux
