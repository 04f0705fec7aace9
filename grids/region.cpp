#include "grids/region.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace valleyflux {

template <int Dim>
Region<Dim>::Region(Grid<Dim> grid, std::vector<char> inside) : labelled_(true) {
  auto shared = std::make_shared<const std::pair<Grid<Dim>, std::vector<char>>>(std::move(grid), std::move(inside));
  contains_ = [shared](const Point<Dim>& x) {
    const Grid<Dim>& labels = shared->first;
    const Point<Dim> inside_box = labels.wrapped_point(x);
    Offset<Dim> at;
    for (int k = 0; k < Dim; ++k) {
      const int i = static_cast<int>(std::floor(labels.axis(k).cell_coordinate(inside_box[k]) + 0.5));
      at[k] = std::clamp(i, 0, static_cast<int>(labels.axis(k).cells()) - 1);
    }
    return shared->second[static_cast<std::size_t>(labels.cell(at))] != 0;
  };
}

template <int Dim>
std::vector<char> Region<Dim>::cells(const Grid<Dim>& grid) const {
  std::vector<char> inside(static_cast<std::size_t>(grid.cells()), 0);
  if (empty()) return inside;
#pragma omp parallel for schedule(static)
  for (Index cell = 0; cell < grid.cells(); ++cell)
    inside[static_cast<std::size_t>(cell)] = contains_(grid.centre(cell));
  return inside;
}

template <int Dim>
double Region<Dim>::crossing(const Grid<Dim>& grid, const Point<Dim>& from, const Point<Dim>& to) const {
  if (labelled_) return 0.5;
  double outside = 0.0, inside = 1.0;
  while (inside - outside > 1e-14) {
    const double t = 0.5 * (outside + inside);
    const Point<Dim> at = from + t * (to - from);
    (contains_(grid.wrapped_point(grid.position(at))) ? inside : outside) = t;
  }
  return inside;
}

template class Region<1>;
template class Region<2>;

}  // namespace valleyflux
