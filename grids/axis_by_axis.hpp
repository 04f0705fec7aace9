#pragma once

#include "grids/grid.hpp"

#include <array>
#include <utility>

namespace valleyflux {

/// {axis_of(0), axis_of(1), ...}: an axis has no default that an array could be filled with first.
template <int Dim, class AxisOf>
std::array<Axis, Dim> axes_by(const AxisOf& axis_of) {
  return [&]<int... k>(std::integer_sequence<int, k...>) {
    return std::array<Axis, Dim>{axis_of(k)...};
  }
  (std::make_integer_sequence<int, Dim>{});
}

/// The grid over the box of these axes.
template <int Dim, class AxisOf>
Grid<Dim> grid_by(const AxisOf& axis_of) {
  return Grid<Dim>(axes_by<Dim>(axis_of));
}

}  // namespace valleyflux
