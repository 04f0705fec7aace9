#pragma once

#include "problems/problem.hpp"

/// A one-dimensional double well with the minimum of the left valley at -1, valleys left and right of 0 and the right
/// core x >= 0.9.
inline valleyflux::Problem<1> double_well(const valleyflux::Dynamics& dynamics, const valleyflux::Axis& axis) {
  using namespace valleyflux;
  Problem<1> problem{"", dynamics, Grid<1>({axis}), {}, {}, {}};
  CriticalPoint<1> minimum;
  minimum.position[0] = -1.0;
  problem.valleys = {{"left", Region<1>([](const Point<1>& x) { return x[0] < 0; }), {}, minimum},
                     {"right",
                      Region<1>([](const Point<1>& x) { return x[0] > 0; }),
                      Region<1>([](const Point<1>& x) { return x[0] >= 0.9; }),
                      {}}};
  return problem;
}
