#pragma once

#include "grids/grid.hpp"

namespace valleyflux {

/// A step of several cells goes by as many lattice points as its longest component counts, the last at its end: the
/// point of number `part`, from 1.
template <int Dim>
Offset<Dim> point_on_way(const Offset<Dim>& at, const Offset<Dim>& step, int part) {
  const Point<Dim> along = (static_cast<double>(part) / step.cwiseAbs().maxCoeff()) * step.template cast<double>();
  return at + Offset<Dim>(along.array().round().matrix().template cast<int>());
}

/// Whether lattice coordinates lie in the box, periodic axes having no end.
template <int Dim>
bool in_box(const Grid<Dim>& grid, const Offset<Dim>& at) {
  for (int k = 0; k < Dim; ++k)
    if (!grid.axis(k).periodic() && (at[k] < 0 || at[k] >= grid.axis(k).cells())) return false;
  return true;
}

/// The first of them that lies outside the domain or the box; 0 where none does.
template <int Dim>
int first_outside(const Grid<Dim>& grid, const Offset<Dim>& at, const Offset<Dim>& step) {
  const int parts = step.cwiseAbs().maxCoeff();
  for (int part = 1; part <= parts; ++part)
    if (!grid.wrapped(point_on_way<Dim>(at, step, part))) return part;
  return 0;
}

}  // namespace valleyflux
