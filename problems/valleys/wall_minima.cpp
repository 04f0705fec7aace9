#include "problems/valleys/wall_minima.hpp"

#include <algorithm>

namespace valleyflux {

namespace {

template <int Dim>
Point<Dim> force_at(const Drift& drift, const Point<Dim>& x) {
  Eigen::MatrixXd force;
  drift.sample(x, force);
  return force.col(0);
}

/// Whether the drift at x leads into the reflecting wall at that end of axis k.
template <int Dim>
bool into_wall(const Drift& drift, const Grid<Dim>& grid, const Point<Dim>& x, int k, bool upper) {
  const Axis& axis = grid.axis(k);
  const double outward = (upper ? 1.0 : -1.0) * force_at<Dim>(drift, x)[k];
  return (upper ? axis.upper() : axis.lower()) == Boundary::reflecting && outward > 0;
}

/// Points along a wall of the plane at which the drift along it changes from forwards to backwards, and its ends where
/// the drift leads out of them through reflecting walls.
std::vector<Point<2>> rests_along(const Drift& drift, const Grid<2>& grid, int wall_axis, double wall) {
  const int along = 1 - wall_axis;
  const Axis& axis = grid.axis(along);
  const auto at = [&](double t) {
    Point<2> x;
    x[wall_axis] = wall;
    x[along] = t;
    return x;
  };
  const auto slope = [&](double t) { return force_at<2>(drift, at(t))[along]; };
  std::vector<Point<2>> rests;
  if (into_wall<2>(drift, grid, at(axis.min()), along, false)) rests.push_back(at(axis.min()));
  for (Index cell = 0; cell < axis.cells(); ++cell) {
    double low = axis.edge(cell), high = axis.edge(cell + 1);
    if (!(slope(low) > 0 && slope(high) <= 0)) continue;
    for (double middle = 0.5 * (low + high); middle > low && middle < high; middle = 0.5 * (low + high))
      (slope(middle) > 0 ? low : high) = middle;
    rests.push_back(at(high));
  }
  if (into_wall<2>(drift, grid, at(axis.max()), along, true)) rests.push_back(at(axis.max()));
  return rests;
}

std::vector<Point<1>> rests_along(const Drift&, const Grid<1>&, int, double wall) {
  return {Point<1>(wall)};
}

}  // namespace

template <int Dim>
std::vector<CriticalPoint<Dim>> find_wall_minima(const Drift& drift, const Grid<Dim>& grid) {
  std::vector<CriticalPoint<Dim>> minima;
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid.axis(k);
    if (axis.periodic()) continue;
    for (const bool upper : {false, true})
      for (const Point<Dim>& x : rests_along(drift, grid, k, upper ? axis.max() : axis.min())) {
        if (!grid.contains(x) || !into_wall<Dim>(drift, grid, x, k, upper)) continue;
        CriticalPoint<Dim> minimum;
        minimum.position = x;
        minimum.degenerate = minimum.at_wall = true;
        if (const auto& landscape = drift.potential()) {
          FieldSamples field;
          landscape->sample(x, 0, field);
          minimum.height = field.value[0];
        }
        minima.push_back(minimum);
      }
  }
  std::stable_sort(minima.begin(), minima.end(), [](const auto& a, const auto& b) { return a.height < b.height; });
  return minima;
}

template <int Dim>
Point<Dim> lowest_in_domain(const Landscape& landscape, const Grid<Dim>& grid, Index cell,
                            const std::function<bool(const Point<Dim>&)>& within) {
  const Offset<Dim> at = grid.coordinates(cell);
  Point<Dim> lowest = grid.centre(cell);
  FieldSamples field;
  landscape.sample(lowest, 0, field);
  double height = field.value[0];
  constexpr double finest = 1e-9;
  constexpr int most_rounds = 1000;
  double step = 0.5;
  for (int round = 0; round < most_rounds && step > finest; ++round) {
    bool lower = false;
    for (int k = 0; k < Dim; ++k)
      for (const double side : {-1.0, 1.0}) {
        Point<Dim> next = lowest;
        next[k] += side * step * grid.axis(k).size(at[k]);
        next = grid.wrapped_point(next);
        if (!grid.contains(next) || (grid.domain() && !grid.domain()(next)) || !within(next)) continue;
        landscape.sample(next, 0, field);
        if (!(field.value[0] < height)) continue;
        height = field.value[0];
        lowest = next;
        lower = true;
      }
    if (!lower) step *= 0.5;
  }
  return lowest;
}

template Point<1> lowest_in_domain(const Landscape&, const Grid<1>&, Index,
                                   const std::function<bool(const Point<1>&)>&);
template Point<2> lowest_in_domain(const Landscape&, const Grid<2>&, Index,
                                   const std::function<bool(const Point<2>&)>&);
template std::vector<CriticalPoint<1>> find_wall_minima(const Drift&, const Grid<1>&);
template std::vector<CriticalPoint<2>> find_wall_minima(const Drift&, const Grid<2>&);

}  // namespace valleyflux
