#include "problems/valleys/survey.hpp"

#include "grids/axis_by_axis.hpp"
#include "problems/problem_error.hpp"
#include "problems/valleys/deep_valleys.hpp"
#include "problems/valleys/kinks.hpp"
#include "problems/valleys/relaxation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace valleyflux {

namespace {

constexpr std::size_t most_rests = 64;

template <int Dim>
using Axes = std::array<OpenAxis, Dim>;

template <int Dim>
bool inside(const Axes<Dim>& axes, const Point<Dim>& x) {
  for (int k = 0; k < Dim; ++k) {
    const OpenAxis& axis = axes[static_cast<std::size_t>(k)];
    if ((axis.min && x[k] < *axis.min) || (axis.max && x[k] > *axis.max)) return false;
  }
  return true;
}

/// Coordinates of the starts along an axis: all scales in both directions from `centre`, or from the one end that is
/// given; evenly between two ends.
std::vector<double> starts_along(const OpenAxis& axis, bool fine) {
  std::vector<double> starts;
  if (axis.bounded()) {
    constexpr int parts = 16;
    for (int i = 1; i < parts; ++i) starts.push_back(*axis.min + (*axis.max - *axis.min) * i / parts);
    return starts;
  }
  constexpr double least = 1e-5, most = 1e5;
  const double origin = axis.min.value_or(axis.max.value_or(0.0)), ratio = fine ? 2.0 : 5.0;
  starts.push_back(origin);
  for (double distance = least; distance <= most; distance *= ratio) {
    if (!axis.max) starts.push_back(origin + distance);
    if (!axis.min) starts.push_back(origin - distance);
  }
  return starts;
}

template <int Dim>
Eigen::Matrix<double, Dim, Eigen::Dynamic> all_starts(const Axes<Dim>& axes) {
  if constexpr (Dim == 1) {
    const std::vector<double> along = starts_along(axes[0], true);
    return Eigen::Map<const Eigen::RowVectorXd>(along.data(), static_cast<Index>(along.size()));
  } else {
    const std::vector<double> x = starts_along(axes[0], false), y = starts_along(axes[1], false);
    Eigen::Matrix<double, 2, Eigen::Dynamic> starts(2, static_cast<Index>(x.size() * y.size()));
    Index n = 0;
    for (const double b : y)
      for (const double a : x) starts.col(n++) = Point<2>(a, b);
    return starts;
  }
}

/// Throws where F is the same one period on, told at points around the places of rest.
template <int Dim>
void refuse_periods(const Drift& drift, const Axes<Dim>& axes, const std::vector<Point<Dim>>& rests) {
  constexpr double round_off = 1e-7;
  for (int k = 0; k < Dim; ++k) {
    if (axes[static_cast<std::size_t>(k)].bounded()) continue;
    double period = std::numeric_limits<double>::infinity();
    for (const Point<Dim>& other : rests) {
      Point<Dim> offset = other - rests.front();
      const double distance = std::abs(offset[k]);
      offset[k] = 0.0;
      if (distance > 0 && offset.norm() <= round_off * distance) period = std::min(period, distance);
    }
    if (!std::isfinite(period)) continue;
    constexpr Index probes = 32;
    Eigen::MatrixXd here(Dim, probes), force, next;
    for (Index n = 0; n < probes; ++n)  // nowhere at the same place in the period
      for (int j = 0; j < Dim; ++j)
        here(j, n) =
            rests.front()[j] + period * std::remainder(0.6180339887 * static_cast<double>((n + 1) * (j + 1)), 1.0);
    drift.sample(here, force);
    // Two wells alike between straight slopes repeat themselves once.
    constexpr std::array<double, 4> periods{1.0, -1.0, 2.0, -2.0};
    const auto repeats_after = [&](double distance) {  // in every component, however weak
      Eigen::MatrixXd moved = here;
      moved.row(k).array() += distance;
      drift.sample(moved, next);
      return ((next - force).cwiseAbs().rowwise().maxCoeff().array() <=
              round_off * force.cwiseAbs().rowwise().maxCoeff().array())
          .all();
    };
    constexpr double other_part = 0.382;  // what repeats itself after that, too, hardly varies
    const bool repeats = std::all_of(periods.begin(), periods.end(), [&](double n) {
      const OpenAxis& axis = axes[static_cast<std::size_t>(k)];
      const double low = here.row(k).minCoeff() + n * period, high = here.row(k).maxCoeff() + n * period;
      return (axis.min && low < *axis.min) || (axis.max && high > *axis.max) || repeats_after(n * period);
    });
    if (!repeats || repeats_after(other_part * period)) continue;
    const std::string& name = axes[static_cast<std::size_t>(k)].name;
    throw ProblemError("grid." + name,
                       fmt::format("the drift repeats itself along {0} with the period {1:.9g}: give grid.{0} min, "
                                   "max and boundary = \"periodic\" (or other ends)",
                                   name, period));
  }
}

/// Ends and width of the graded axis on which zeros are looked for around a place of rest.
struct Scale {
  double width, reach;
};

/// The scales along axis k at which zeros are looked for around `centre`: up to ten times beyond the other places of
/// rest; all of them where there is no other one.
template <int Dim>
std::vector<Scale> scales(const std::vector<Point<Dim>>& rests, const Point<Dim>& centre, int k) {
  double least = std::numeric_limits<double>::infinity(), most = 0.0;
  for (const Point<Dim>& rest : rests) {
    const double distance = std::abs(rest[k] - centre[k]);
    if (distance > 1e-6 * (rest - centre).norm()) least = std::min(least, distance);
    most = std::max(most, distance);
  }
  if (!(most > 0) || !std::isfinite(least)) return {{1e-6, 1e-2}, {1e-3, 10.0}, {1.0, 1e4}};
  return {{1e-2 * least, 10.0 * most}};
}

Axis scanned_axis(const OpenAxis& axis, double centre, const Scale& scale, Index cells) {
  if (axis.bounded()) return {axis.name, *axis.min, *axis.max, cells, axis.lower, axis.upper};
  const double low = std::max(centre - scale.reach, axis.min.value_or(-std::numeric_limits<double>::infinity()));
  const double high = std::min(centre + scale.reach, axis.max.value_or(std::numeric_limits<double>::infinity()));
  return {axis.name, low, high, cells, Boundary::reflecting, Boundary::reflecting, Grading{centre, scale.width}};
}

template <int Dim>
std::vector<Grid<Dim>> scanned_grids(const Axes<Dim>& axes, const std::vector<Point<Dim>>& rests,
                                     const Point<Dim>& centre) {
  constexpr Index cells = 64;
  std::vector<Grid<Dim>> grids;
  for (const Scale& x : scales<Dim>(rests, centre, 0)) {
    const Axis along = scanned_axis(axes[0], centre[0], x, cells);
    if constexpr (Dim == 1)
      grids.emplace_back(std::array{along});
    else
      for (const Scale& y : scales<Dim>(rests, centre, 1))
        grids.emplace_back(std::array{along, scanned_axis(axes[1], centre[1], y, cells)});
  }
  return grids;
}

/// Minima of the plane at kinks, which no motion comes to rest at and no zero of F shows.
std::vector<CriticalPoint<2>> kinked_minima(const Drift& drift, const Axes<2>& axes) {
  if (!hides_minima<2>(drift)) return {};
  const Eigen::Matrix2Xd starts = all_starts<2>(axes);
  constexpr double of_distance = 0.1, least = 1e-6, close = 1e-6, beside = 1e-3;
  const Eigen::VectorXd reach = (of_distance * starts.colwise().norm().transpose()).cwiseMax(least);
  std::vector<CriticalPoint<2>> minima;
  std::vector<Point<2>> seen;
  const auto is_seen = [&](const Point<2>& x) {
    return std::any_of(seen.begin(), seen.end(), [&](const Point<2>& known) {
      return (known - x).norm() <= of_distance * std::max(x.norm(), beside);
    });
  };
  for (const Point<2>& end : lowest_points(*drift.potential(), starts, reach)) {
    if (is_seen(end)) continue;
    seen.push_back(end);
    const Point<2> x =
        lowest_around(*drift.potential(), end, Point<2>::Constant(of_distance * std::max(end.norm(), beside)));
    if (!inside<2>(axes, x) || std::any_of(minima.begin(), minima.end(), [&](const auto& known) {
          return (known.position - x).norm() <= close * (1.0 + x.norm());
        }))
      continue;
    seen.push_back(x);
    if (is_kink<2>(drift, x, Point<2>::Constant(beside * std::max(x.norm(), beside))))
      minima.push_back(kink_at<2>(drift, x, 0));
  }
  return minima;
}

std::vector<CriticalPoint<1>> kinked_minima(const Drift&, const Axes<1>&) {
  return {};  // scans of the line find all
}

/// Whether F changes its sign at x through infinity: it is smaller all around.
template <int Dim>
bool is_pole(const Drift& drift, const Point<Dim>& x) {
  const double aside = 1e-7 + 1e-6 * x.norm();
  constexpr Index beside = Index{2} * Dim;
  Eigen::MatrixXd points(Dim, beside + 1), force;
  points.colwise() = x;
  for (int k = 0; k < Dim; ++k) {
    points(k, Index{2} * k) -= aside;
    points(k, Index{2} * k + 1) += aside;
  }
  drift.sample(points, force);
  const Eigen::RowVectorXd size = force.colwise().norm();
  return !(size[beside] <= size.head(beside).maxCoeff());
}

/// Found on a lattice of all scales, looked at again on the scale of the point's neighbours.
template <int Dim>
CriticalPoint<Dim> looked_at_closely(const Drift& drift, const Axes<Dim>& axes, const CriticalPoint<Dim>& point,
                                     double nearest) {
  const double reach = 0.1 * std::min(nearest, std::max(point.position.norm(), 1.0));
  const auto around = [&](int k) {
    const double x = point.position[k];
    return Axis(axes[static_cast<std::size_t>(k)].name, x - reach, x + reach, 4);
  };
  return critical_point_near<Dim>(drift, grid_by<Dim>(around), point.position, Point<Dim>::Constant(0.1 * reach))
      .value_or(point);
}

/// What survey says. Nothing where there are more places of rest than can be looked around, the first of which are then
/// in `rests`.
template <int Dim>
std::optional<std::vector<CriticalPoint<Dim>>> surveyed_if_few(const Drift& drift, const Axes<Dim>& axes,
                                                               std::vector<Point<Dim>>& rests) {
  rests = resting_points<Dim>(drift, all_starts<Dim>(axes));
  std::erase_if(rests, [&](const Point<Dim>& rest) { return !inside<Dim>(axes, rest); });
  const auto too_many = [&] {
    if (!rests.empty()) refuse_periods<Dim>(drift, axes, rests);
    return rests.size() > most_rests;
  };
  if (too_many()) return std::nullopt;
  std::vector<CriticalPoint<Dim>> found = kinked_minima(drift, axes);
  for (const CriticalPoint<Dim>& kink : found) rests.push_back(kink.position);
  if (too_many()) return std::nullopt;
  const auto add = [&](const CriticalPoint<Dim>& point) {  // false where that makes too many
    if (!inside<Dim>(axes, point.position) ||
        std::any_of(found.begin(), found.end(),
                    [&](const auto& known) { return same_zero<Dim>(known.position, point.position); }) ||
        (!point.kinked && is_pole<Dim>(drift, point.position)))
      return true;
    found.push_back(point);
    if (point.index != 0 || std::any_of(rests.begin(), rests.end(),
                                        [&](const Point<Dim>& known) { return same_zero<Dim>(known, point.position); }))
      return true;
    rests.push_back(point.position);
    return !too_many();
  };
  // Also where nothing rests: a saddle alone says why.
  Point<Dim> origin;  // the point nearest to it between the ends that are given
  for (int k = 0; k < Dim; ++k) {
    const OpenAxis& axis = axes[static_cast<std::size_t>(k)];
    constexpr double infinity = std::numeric_limits<double>::infinity();
    origin[k] = std::clamp(0.0, axis.min.value_or(-infinity), axis.max.value_or(infinity));
  }
  for (std::size_t k = 0; k < std::max<std::size_t>(rests.size(), 1); ++k)
    for (const Grid<Dim>& grid : scanned_grids<Dim>(axes, rests, rests.empty() ? origin : Point<Dim>(rests[k])))
      for (const CriticalPoint<Dim>& point : find_critical_points<Dim>(drift, grid, grid.axis(0).cells()))
        if (!add(point)) return std::nullopt;
  // The end of a slope that underflows is no zero of it.
  double steepest = 0.0;
  for (const CriticalPoint<Dim>& point : found) steepest = std::max(steepest, point.hessian.norm());
  constexpr double underflow = 1e-50;
  std::erase_if(found, [&](const CriticalPoint<Dim>& point) {
    return !point.degenerate && point.hessian.norm() < underflow * steepest;
  });
  for (CriticalPoint<Dim>& point : found) {
    if (point.kinked) continue;
    double nearest = std::numeric_limits<double>::infinity();
    for (const CriticalPoint<Dim>& other : found)
      if (&other != &point) nearest = std::min(nearest, (other.position - point.position).norm());
    point = looked_at_closely<Dim>(drift, axes, point, nearest);
  }
  if (std::none_of(found.begin(), found.end(), [](const auto& point) { return point.index == 0; })) {
    Eigen::MatrixXd force;
    drift.sample(all_starts<Dim>(axes), force);
    const char* const why =
        force.isZero(0) ? "the drift vanishes wherever it was looked at: nothing holds what moves there"
        : found.empty() ? "the drift leads to no stable point, and vanishes nowhere that was looked at"
                        : "the drift leads to no stable point, only away from unstable ones";
    throw ProblemError("grid", fmt::format("{}. Give min and max of every axis of [grid], and [[valley]] name, where "
                                           "and core of what is to be left and reached",
                                           why));
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.height < b.height; });
  return found;
}

/// Minima and passes deeper than the noise, on a lattice that goes on beyond the places of rest.
template <int Dim>
std::vector<CriticalPoint<Dim>> deep_points(const Dynamics& dynamics, Axes<Dim> axes,
                                            const std::vector<Point<Dim>>& rests, double depth) {
  constexpr double beyond = 2.0;  // spans of the places of rest, to either side
  Point<Dim> low = rests.front(), high = rests.front();
  for (const Point<Dim>& rest : rests) {
    low = low.cwiseMin(rest);
    high = high.cwiseMax(rest);
  }
  const double widest = (high - low).maxCoeff();
  constexpr double least_part = 1e-3;
  for (int k = 0; k < Dim; ++k) {
    OpenAxis& axis = axes[static_cast<std::size_t>(k)];
    const double reach = beyond * std::max(high[k] - low[k], least_part * widest);
    axis.min = axis.min.value_or(low[k] - reach);
    axis.max = axis.max.value_or(high[k] + reach);
  }
  std::vector<CriticalPoint<Dim>> points = DeepValleys<Dim>(dynamics, scanned_grid<Dim>(axes), depth).points();
  // The lattice ends where nothing else does.
  std::erase_if(points, [](const CriticalPoint<Dim>& point) { return point.degenerate && point.at_wall; });
  return points;
}

[[noreturn]] void fail_for_many(const std::string& what, const std::string& otherwise) {
  throw ProblemError("grid", fmt::format("more than {} {} were found, and the domain is not known: give min and max of "
                                         "the axes of [grid]{}",
                                         most_rests, what, otherwise));
}

}  // namespace

template <int Dim>
std::vector<CriticalPoint<Dim>> survey(const Drift& drift, const Axes<Dim>& axes) {
  std::vector<Point<Dim>> rests;
  auto found = surveyed_if_few<Dim>(drift, axes, rests);
  if (!found)
    fail_for_many("stable points", drift.potential()
                                       ? ", or valleys.depth, below which, in noise levels, minima count for nothing"
                                       : "");
  return std::move(*found);
}

template <int Dim>
std::vector<CriticalPoint<Dim>> survey(const Dynamics& dynamics, const Axes<Dim>& axes, double depth) {
  if (!(depth > 0) || !dynamics.drift.potential()) return survey<Dim>(dynamics.drift, axes);
  std::vector<Point<Dim>> rests;
  if (auto found = surveyed_if_few<Dim>(dynamics.drift, axes, rests)) return std::move(*found);
  std::vector<CriticalPoint<Dim>> found = deep_points<Dim>(dynamics, axes, rests, depth);
  const auto minima = std::count_if(found.begin(), found.end(), [](const auto& point) { return point.index == 0; });
  if (minima > static_cast<std::ptrdiff_t>(most_rests))
    fail_for_many(fmt::format("minima deeper than {} of the noise level", depth), ", or a larger valleys.depth");
  if (minima == 0) fail_for_many("stable points, none of them deep,", "");
  return found;
}

template <int Dim>
Grid<Dim> scanned_grid(const Axes<Dim>& axes) {
  constexpr Index cells = 128;
  return grid_by<Dim>([&](int k) {
    OpenAxis axis = axes[static_cast<std::size_t>(k)];
    axis.cells = axis.cells.value_or(cells);
    return axis.axis();
  });
}

template Grid<1> scanned_grid<1>(const Axes<1>&);
template Grid<2> scanned_grid<2>(const Axes<2>&);
template std::vector<CriticalPoint<1>> survey<1>(const Drift&, const Axes<1>&);
template std::vector<CriticalPoint<2>> survey<2>(const Drift&, const Axes<2>&);
template std::vector<CriticalPoint<1>> survey<1>(const Dynamics&, const Axes<1>&, double);
template std::vector<CriticalPoint<2>> survey<2>(const Dynamics&, const Axes<2>&, double);

}  // namespace valleyflux
