#pragma once

#include "grids/grid.hpp"
#include "problems/dynamics/coefficients.hpp"
#include "solver/discretisation/generator.hpp"

#include <vector>

namespace valleyflux {

/// An edge that no trajectory can pass in one direction: the noise across a point of it vanishes and the drift there
/// points back, so that int F / D diverges on the way up and the continuous process never crosses.
template <int Dim>
struct BlockedCrossing {
  Index edge;        // in the generator's numbering
  bool forward;      // from -> to is blocked; otherwise to -> from
  Point<Dim> place;  // where the noise vanishes
};

/// Finds the blocked edges of a generator on `grid` whose edges run straight from cell `from` over `displacement`
/// cells. On each edge the smallest eigenvalue of D is followed to its minimum; where that is zero, the crossing is
/// blocked if y |F_n| / D_nn does not tend to zero with the distance y from the zero (n: normal of the curve on which D
/// drops rank), F_n pointing back. Noise along another eigenvector that is not tangent to the curve lets it be passed.
/// Empty at once for constant D.
template <int Dim>
std::vector<BlockedCrossing<Dim>> find_blocked_crossings(const Dynamics& dynamics, const Grid<Dim>& grid,
                                                         const Generator& generator,
                                                         const std::vector<Offset<Dim>>& displacement);

extern template std::vector<BlockedCrossing<1>> find_blocked_crossings(const Dynamics&, const Grid<1>&,
                                                                       const Generator&, const std::vector<Offset<1>>&);
extern template std::vector<BlockedCrossing<2>> find_blocked_crossings(const Dynamics&, const Grid<2>&,
                                                                       const Generator&, const std::vector<Offset<2>>&);

}  // namespace valleyflux
