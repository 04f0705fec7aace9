#include "grids/region.hpp"

#include "grids/first_failure.hpp"

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

namespace {

/// Regions of the line are asked at no more points than this; between the surfaces found nothing changes.
constexpr Index most_probes = 16384;

}  // namespace

std::vector<double> surfaces_on_axis(const Region<1>& region, const Grid<1>& grid, const std::vector<double>& known) {
  std::vector<double> surfaces;
  if (region.empty()) return surfaces;
  constexpr Index fewest = 4096;
  const Axis& axis = grid.axis(0);
  const Index parts = (fewest + axis.cells() - 1) / axis.cells();  // of each cell
  const Index asked = std::min(axis.cells() * parts, most_probes);
  const double apart = static_cast<double>(axis.cells()) / static_cast<double>(asked);
  // What a region says of the end of an axis itself is no part of the line: "abs(x) < 1" is all of it from -1 to 1.
  constexpr double beside = 1e-12;
  const double aside = axis.periodic() ? 0.0 : beside * (axis.max() - axis.min());
  std::vector<double> probes{axis.min() + aside};
  for (Index probe = 0; probe < asked; ++probe)
    probes.push_back(axis.position(axis.lattice((static_cast<double>(probe) + 0.5) * apart - 0.5)));
  probes.insert(probes.end(), known.begin(), known.end());
  probes.push_back(axis.max() - aside);
  std::sort(probes.begin(), probes.end());
  const auto inside = [&](double x) { return region.contains(grid.wrapped_point(Point<1>(x))); };
  std::vector<char> in(probes.size());
  const auto count = static_cast<Index>(probes.size());
  FirstFailure failure;
#pragma omp parallel for schedule(static)
  for (Index k = 0; k < count; ++k)
    failure.guard([&] { in[static_cast<std::size_t>(k)] = inside(probes[static_cast<std::size_t>(k)]); });
  failure.rethrow();
  for (std::size_t k = 0; k + 1 < probes.size(); ++k) {
    if (in[k] == in[k + 1]) continue;
    double low = probes[k], high = probes[k + 1];
    for (double middle = 0.5 * (low + high); middle > low && middle < high; middle = 0.5 * (low + high))
      (inside(middle) == static_cast<bool>(in[k]) ? low : high) = middle;
    surfaces.push_back(std::abs(low) < std::abs(high) ? low : high);
  }
  return surfaces;
}

std::vector<char> inside_on_axis(const Region<1>& region, const Grid<1>& grid, const std::vector<double>& points,
                                 const std::vector<double>& known) {
  std::vector<char> inside(points.size(), 0);
  if (region.empty()) return inside;
  const auto contains = [&](double x) { return region.contains(grid.wrapped_point(Point<1>(x))); };
  const auto count = static_cast<Index>(points.size());
  if (count <= most_probes) {
    FirstFailure failure;
#pragma omp parallel for schedule(static)
    for (Index k = 0; k < count; ++k)
      failure.guard([&] { inside[static_cast<std::size_t>(k)] = contains(points[static_cast<std::size_t>(k)]); });
    failure.rethrow();
    return inside;
  }
  const std::vector<double> surfaces = surfaces_on_axis(region, grid, known);
  for (std::size_t first = 0, surface = 0; first < points.size(); ++surface) {
    const double end = surface < surfaces.size() ? surfaces[surface] : grid.axis(0).max();
    const auto last = static_cast<std::size_t>(
        std::lower_bound(points.begin() + static_cast<std::ptrdiff_t>(first), points.end(), end) - points.begin());
    const std::size_t until = surface < surfaces.size() ? last : points.size();
    if (until > first)
      std::fill(inside.begin() + static_cast<std::ptrdiff_t>(first),
                inside.begin() + static_cast<std::ptrdiff_t>(until),
                static_cast<char>(contains(points[first + (until - first) / 2])));
    first = until;
    // A point on a surface belongs to either side: asked itself.
    if (first < points.size() && surface < surfaces.size() && points[first] == end) {
      inside[first] = contains(points[first]);
      ++first;
    }
  }
  return inside;
}

template <int Dim>
std::vector<char> Region<Dim>::cells(const Grid<Dim>& grid) const {
  if constexpr (Dim == 1) {
    std::vector<double> centres(static_cast<std::size_t>(grid.cells()));
    for (Index cell = 0; cell < grid.cells(); ++cell) centres[static_cast<std::size_t>(cell)] = grid.centre(cell)[0];
    return inside_on_axis(*this, grid, centres, {});
  } else {
    std::vector<char> inside(static_cast<std::size_t>(grid.cells()), 0);
    if (empty()) return inside;
    FirstFailure failure;
#pragma omp parallel for schedule(static)
    for (Index cell = 0; cell < grid.cells(); ++cell)
      failure.guard([&] { inside[static_cast<std::size_t>(cell)] = grid.holds(cell) && contains_(grid.centre(cell)); });
    failure.rethrow();
    return inside;
  }
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
