#pragma once

#include "problems/dynamics/coefficients.hpp"
#include "solver/discretisation/generator.hpp"
#include "solver/discretisation/state_space.hpp"

#include <functional>
#include <vector>

namespace valleyflux {

/// An edge that no trajectory can pass in one direction: the noise across a point of it vanishes and the drift there
/// points back, so that int F / D diverges on the way up and the continuous process never crosses.
template <int Dim>
struct BlockedCrossing {
  Index edge;        // in the generator's numbering
  bool forward;      // from -> to is blocked; otherwise to -> from
  Point<Dim> place;  // where the noise vanishes
  bool in_gap;       // all along the edge, or up to one end of it: there is no noise at all on some stretch
};

/// Finds the blocked edges of a generator over the states of `space`; along: from one end of an edge straight to the
/// other. On each edge the smallest eigenvalue of D is followed to its minimum; where that is zero, the crossing is
/// blocked if y |F_n| / D_nn does not tend to zero with the distance y from the zero (n: normal of the curve on which D
/// drops rank), F_n pointing back, or if the integral of the scale density D_nn^-alpha exp(-int F_n / D_nn) up to it
/// diverges (alpha of the interpretation): then nothing comes there. A stretch without noise is passed by the drift
/// alone. Noise along another eigenvector that is not tangent to the curve lets it be passed.
/// Empty at once for constant D. time: of drift and noise. passed: takes the zeros of the noise that block neither way.
template <int Dim>
std::vector<BlockedCrossing<Dim>> find_blocked_crossings(const Dynamics& dynamics, const StateSpace<Dim>& space,
                                                         const Generator& generator,
                                                         const std::function<Point<Dim>(Index edge)>& along,
                                                         double time = 0.0, std::vector<Point<Dim>>* passed = nullptr);

extern template std::vector<BlockedCrossing<1>> find_blocked_crossings(const Dynamics&, const StateSpace<1>&,
                                                                       const Generator&,
                                                                       const std::function<Point<1>(Index)>&, double,
                                                                       std::vector<Point<1>>*);
extern template std::vector<BlockedCrossing<2>> find_blocked_crossings(const Dynamics&, const StateSpace<2>&,
                                                                       const Generator&,
                                                                       const std::function<Point<2>(Index)>&, double,
                                                                       std::vector<Point<2>>*);

}  // namespace valleyflux
