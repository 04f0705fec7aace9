#pragma once

#include "problems/valleys/critical_points.hpp"

#include <vector>

namespace valleyflux {

/// Stable points at reflecting walls: where the drift leads into the wall and does not lead along it (on the line the
/// walls themselves, in the plane also corners), lowest first. They are no zeros of F: `at_wall` and `degenerate` are
/// set, and the Hessian is left zero.
template <int Dim>
std::vector<CriticalPoint<Dim>> find_wall_minima(const Drift& drift, const Grid<Dim>& grid);

extern template std::vector<CriticalPoint<1>> find_wall_minima(const Drift&, const Grid<1>&);
extern template std::vector<CriticalPoint<2>> find_wall_minima(const Drift&, const Grid<2>&);

}  // namespace valleyflux
