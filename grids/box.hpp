#pragma once

#include "grids/axis.hpp"

#include <string>

namespace valleyflux {

/// One coordinate of a box without cells, that particles move in. Without walls: from -infinity to infinity.
struct BoxSide {
  std::string name;
  double min, max;
  Boundary lower, upper;
  bool periodic() const { return lower == Boundary::periodic; }
};

}  // namespace valleyflux
