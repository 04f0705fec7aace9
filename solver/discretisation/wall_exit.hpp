#pragma once

#include "grids/point.hpp"

namespace valleyflux {

/// A way out through an absorbing wall.
template <int Dim>
struct WallExit {
  Index state;
  int axis;          // the wall's
  bool upper;        // at its max, otherwise at its min
  double rate;       // its part of the state's exit rate
  Point<Dim> along;  // from the state to the wall
};

}  // namespace valleyflux
