#pragma once

#include "grids/grid.hpp"

namespace valleyflux {

/// A step of several cells goes by as many lattice points as its longest component counts, the last at its end. The
/// first of them, from 1, that lies outside the domain or the box; 0 where none does.
template <int Dim>
int first_outside(const Grid<Dim>& grid, const Offset<Dim>& at, const Offset<Dim>& step) {
  const int parts = step.cwiseAbs().maxCoeff();
  for (int part = 1; part <= parts; ++part) {
    const Point<Dim> along = (static_cast<double>(part) / parts) * step.template cast<double>();
    if (!grid.wrapped(at + Offset<Dim>(along.array().round().matrix().template cast<int>()))) return part;
  }
  return 0;
}

}  // namespace valleyflux
