#include "grids/grid.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux {

template <int Dim>
Point<Dim> Grid<Dim>::wrapped_point(Point<Dim> x) const {
  for (int k = 0; k < Dim; ++k)
    if (axis(k).periodic()) {
      const double period = axis(k).max() - axis(k).min();
      x[k] -= period * std::floor((x[k] - axis(k).min()) / period);
    }
  return x;
}

template <int Dim>
Point<Dim> Grid<Dim>::difference(const Point<Dim>& x, const Point<Dim>& y) const {
  Point<Dim> d = x - y;
  for (int k = 0; k < Dim; ++k)
    if (axis(k).periodic()) {
      const double period = axis(k).max() - axis(k).min();
      d[k] -= period * std::round(d[k] / period);
    }
  return d;
}

template <int Dim>
Point<Dim> Grid<Dim>::cell_coordinates(const Point<Dim>& x) const {
  const Point<Dim> inside = wrapped_point(x);
  Point<Dim> at;
  for (int k = 0; k < Dim; ++k) at[k] = axis(k).cell_coordinate(inside[k]);
  return at;
}

template <int Dim>
Index Grid<Dim>::cell_containing(const Point<Dim>& x) const {
  const Point<Dim> at = cell_coordinates(x);
  Offset<Dim> nearest;
  for (int k = 0; k < Dim; ++k)
    nearest[k] = std::clamp(static_cast<int>(std::floor(at[k] + 0.5)), 0, static_cast<int>(axis(k).cells()) - 1);
  return cell(nearest);
}

template class Grid<1>;
template class Grid<2>;

}  // namespace valleyflux
