#include "grids/grid.hpp"

#include "grids/first_failure.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace valleyflux {

template <int Dim>
Grid<Dim>::Grid(std::array<Axis, Dim> axes, Domain domain) : axes_(std::move(axes)), domain_(std::move(domain)) {
  std::vector<char> held(static_cast<std::size_t>(cells()));
  FirstFailure failure;
#pragma omp parallel for schedule(static)
  for (Index cell = 0; cell < cells(); ++cell)
    failure.guard([&] { held[static_cast<std::size_t>(cell)] = domain_(centre(cell)); });
  failure.rethrow();
  if (std::find(held.begin(), held.end(), 0) == held.end()) return;
  keep_joined_cells(held);
  held_ = std::make_shared<const std::vector<char>>(std::move(held));
}

template <int Dim>
void Grid<Dim>::keep_joined_cells(std::vector<char>& held) const {
  std::vector<std::int32_t> part(held.size(), -1);
  std::vector<Index> size, first;
  std::vector<Index> stack;
  for (Index start = 0; start < cells(); ++start) {
    if (!held[static_cast<std::size_t>(start)] || part[static_cast<std::size_t>(start)] >= 0) continue;
    const auto number = static_cast<std::int32_t>(size.size());
    size.push_back(0);
    first.push_back(start);
    part[static_cast<std::size_t>(start)] = number;
    stack.push_back(start);
    while (!stack.empty()) {
      const Index cell = stack.back();
      stack.pop_back();
      ++size.back();
      for (int k = 0; k < Dim; ++k)
        for (const int side : {-1, 1}) {
          // No cell is left out yet: what lies in the box is found.
          const auto next = wrapped(coordinates(cell) + side * Offset<Dim>(Offset<Dim>::Unit(k)));
          if (!next || !held[static_cast<std::size_t>(*next)] || part[static_cast<std::size_t>(*next)] >= 0) continue;
          part[static_cast<std::size_t>(*next)] = number;
          stack.push_back(*next);
        }
    }
  }
  if (size.empty()) throw std::invalid_argument("the domain holds no cell's centre");
  constexpr double negligible = 0.01;
  const auto largest = std::max_element(size.begin(), size.end()) - size.begin();
  const double least = negligible * static_cast<double>(size[static_cast<std::size_t>(largest)]);
  for (std::size_t other = 0; other < size.size(); ++other) {
    if (static_cast<std::ptrdiff_t>(other) == largest || static_cast<double>(size[other]) < least) continue;
    const Point<Dim> one = centre(first[static_cast<std::size_t>(largest)]), another = centre(first[other]);
    throw std::invalid_argument(fmt::format(
        "the domain falls into parts that nothing joins: one holds ({:.6g}), another one ({:.6g})",
        fmt::join(one.data(), one.data() + Dim, ", "), fmt::join(another.data(), another.data() + Dim, ", ")));
  }
  for (std::size_t cell = 0; cell < held.size(); ++cell) held[cell] = part[cell] == largest;
}

template <int Dim>
Index Grid<Dim>::held_cells() const {
  return held_ ? static_cast<Index>(std::count(held_->begin(), held_->end(), 1)) : cells();
}

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
