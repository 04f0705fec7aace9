#pragma once

#include "grids/open_axis.hpp"
#include "problems/problem.hpp"
#include "solver/grid_choice/coarse_law.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// What the domain has to hold.
template <int Dim>
struct DomainWishes {
  const Dynamics& dynamics;
  const std::vector<CriticalPoint<Dim>>& points;
  const std::vector<ValleyDefinition<Dim>>& valleys;
  std::vector<Point<Dim>> places;  // of the initial density, say
  double negligible;               // density at a wall over that at the passes
  bool law_needed;                 // otherwise a domain around the points will do where there is no law
};

template <int Dim>
struct DomainChoice {
  std::array<std::array<double, 2>, Dim> ends;
  std::optional<CoarseLaw<Dim>> law;  // that the ends were judged by
  bool constant_noise = false;        // whether that is another law than that of the dynamics
  double pass_level = 0.0;            // log density of the lowest pass that counts, in that law
  std::vector<std::string> warnings;
};

/// Ends of the axes that have none, given ones as they are: beyond the points and places, where the stationary density
/// on a grid of few cells (on the line 2048, or 256 where the law is solved for; 96 a side in the plane) has become
/// negligible against that at the passes: where the last of the minima join, and at the border of every given valley.
/// Walls are moved out where it has not, in where it has long before, and set at round numbers. Where there is no
/// stationary law (noise that vanishes), that of constant noise as large as the largest at the points is taken. Throws
/// ProblemError where the density does not fall towards a wall however far it is moved: nothing confines what moves
/// there.
template <int Dim>
DomainChoice<Dim> choose_domain(const std::array<OpenAxis, Dim>& axes, const DomainWishes<Dim>& wishes);

extern template DomainChoice<1> choose_domain<1>(const std::array<OpenAxis, 1>&, const DomainWishes<1>&);
extern template DomainChoice<2> choose_domain<2>(const std::array<OpenAxis, 2>&, const DomainWishes<2>&);

}  // namespace valleyflux
