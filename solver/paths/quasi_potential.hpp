#pragma once

#include "grids/grid.hpp"
#include "problems/dynamics/coefficients.hpp"

#include <Eigen/Core>

namespace valleyflux {

struct QuasiPotentialOptions {
  /// Longest straight piece of a path, in cells: nothing is allowed to come from farther. 0: grows slowly with the
  /// number of cells along the longer axis, 10 at 128 and 4 more for every doubling (at least 6).
  int update_radius = 0;
};

/// Quasi-potential at the cell centres.
struct QuasiPotential {
  Eigen::VectorXd value;  // cells: dimensionless; infinite where no path with a finite exponent leads
  Index unreached = 0;    // number of those
};

/// Quasi-potential V(x) of a stable point a: the least exponent 1/2 int (|x'|_D |F|_D - x' D^-1 F) ds of all paths from
/// a to x inside the box, |v|_D^2 = v^T D^-1 v; low-noise densities near a are ~ exp(-V). By the ordered line integral
/// method with the midpoint rule (Dahiya & Cameron, J. Sci. Comput. 75, 1351, 2018): cells are accepted in the order of
/// their values, as in Dijkstra's method; a cell not yet accepted takes the least value over straight pieces that start
/// at an accepted cell, or between two neighbours of these, up to `update_radius` cells away. Drift and D^-1 are
/// sampled midway between every two cells. Around a, the quadratic form 1/2 (x-a)^T S^-1 (x-a), J S + S J^T + 2 D(a) =
/// 0. On a line: the integral of the rising part of -F / D by the same rule. Beyond the pass to another valley V stays
/// at the height of the pass down to its stable point, as it should. Cells where D is singular are not entered (a wall
/// of them thinner than half a piece may be jumped). Throws std::invalid_argument unless a (d) is a stable point inside
/// the box with positive definite D, and for a negative update radius and dynamics that depend on time.
template <int Dim>
QuasiPotential quasi_potential(const Dynamics& dynamics, const Grid<Dim>& grid, const Point<Dim>& minimum,
                               const QuasiPotentialOptions& options = {});

extern template QuasiPotential quasi_potential(const Dynamics&, const Grid<1>&, const Point<1>&,
                                               const QuasiPotentialOptions&);
extern template QuasiPotential quasi_potential(const Dynamics&, const Grid<2>&, const Point<2>&,
                                               const QuasiPotentialOptions&);

}  // namespace valleyflux
