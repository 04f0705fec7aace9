#include "grids/grid.hpp"

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

template class Grid<1>;
template class Grid<2>;

}  // namespace valleyflux
