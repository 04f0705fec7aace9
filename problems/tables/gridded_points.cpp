#include "problems/tables/gridded_points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>
#include <utility>

namespace valleyflux {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double rounding = 0.02;  // of a step, between a printed coordinate and its place
constexpr Index most_points = 100000000;

/// Half a unit of the last decimal that numbers are printed with; 0 if they have more than six.
double half_unit_of(const Eigen::VectorXd& numbers) {
  constexpr int most_decimals = 6;
  constexpr double exact = 1e-9;
  double power = 1.0;
  for (int decimals = 0; decimals <= most_decimals; ++decimals, power *= 10.0) {
    const Eigen::ArrayXd scaled = power * numbers.array();
    if (((scaled - scaled.round()).abs() <= exact * scaled.abs().max(1.0)).all()) return 0.5 / power;
  }
  return 0.0;
}

/// How far from their places, in equal steps, coordinates lie at the most that are rounded to so many digits that less
/// than an eighth of a step is lost; 0 if no equal steps are behind them. `places`: in steps, from 0.
double rounded_off(const Eigen::VectorXd& coordinates, const Eigen::VectorXd& places) {
  const Index last = coordinates.size() - 1;
  const double half_unit = half_unit_of(coordinates), span = coordinates[last] - coordinates[0];
  constexpr double most = 0.125;
  if (!(half_unit > 0.0) || !(half_unit <= most * std::abs(span) / places[last])) return 0.0;
  // The spread around lines of all slopes is convex in the slope.
  const auto spread = [&](double slope) {
    const Eigen::VectorXd off = coordinates - slope * places;
    return off.maxCoeff() - off.minCoeff();
  };
  double low = (span - 2.0 * half_unit) / places[last], high = (span + 2.0 * half_unit) / places[last];
  for (int turn = 0; turn < 60; ++turn) {
    const double third = (high - low) / 3.0;
    if (spread(low + third) < spread(high - third))
      high -= third;
    else
      low += third;
  }
  constexpr double round_off = 1e-6;
  return spread(0.5 * (low + high)) <= 2.0 * (1.0 + round_off) * half_unit ? 2.0 * half_unit : 0.0;
}

/// The axis through the nodes of one coordinate, some of which may be missing. `off`: how far print has moved them, if
/// that is more than usual.
TabulatedValues::Axis axis_of(const TableFile& file, const ScatteredPoints& points, Index axis, double& off) {
  const auto fail_at = [&](Index point, const std::string& message) {
    const auto at = static_cast<std::size_t>(point);
    if (at < points.lines.size()) file.fail(points.lines[at], message);
    file.fail(fmt::format("point {}: {}", point, message));
  };
  const std::string& name = points.names[static_cast<std::size_t>(axis)];
  const auto coordinates = points.coordinates.row(axis);
  // The first point at each coordinate, of which there are few beside the points.
  std::vector<Index> order;
  std::unordered_set<double> seen;
  for (Index p = 0; p < coordinates.size(); ++p) {
    if (!std::isfinite(coordinates[p])) fail_at(p, fmt::format("{} is no finite number", name));
    if (seen.insert(coordinates[p]).second) order.push_back(p);
  }
  std::sort(order.begin(), order.end(), [&](Index a, Index b) { return coordinates[a] < coordinates[b]; });
  const double span = coordinates[order.back()] - coordinates[order.front()];
  constexpr double same = 1e-7;  // of the span, apart: one node
  std::vector<Index> nodes{order.front()};
  std::vector<double> gaps;
  for (const Index p : order)
    if (const double gap = coordinates[p] - coordinates[nodes.back()]; gap > same * span) {
      nodes.push_back(p);
      gaps.push_back(gap);
    }
  if (gaps.empty() || !std::isfinite(span)) fail_at(order.front(), fmt::format("{} is the same everywhere", name));
  std::vector<double> sorted = gaps;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
  const double step = sorted[sorted.size() / 2];
  constexpr double between = 0.1;  // of a step: two roundings, and that of the step itself
  std::vector<double> places{0.0};
  off = 0.0;
  for (const double gap : gaps) places.push_back(places.back() + std::max(1.0, std::round(gap / step)));
  Eigen::VectorXd printed(static_cast<Index>(nodes.size()));
  for (Index k = 0; k < printed.size(); ++k) printed[k] = coordinates[nodes[static_cast<std::size_t>(k)]];
  const auto strays = [&] {
    const double spacing = span / places.back();
    for (Index k = 0; k < printed.size(); ++k)
      if (!(std::abs(printed[k] - printed[0] - places[static_cast<std::size_t>(k)] * spacing) <= rounding * spacing))
        return true;
    return false;
  };
  if (places.back() < static_cast<double>(most_points) && strays())
    off = rounded_off(printed, Eigen::Map<const Eigen::VectorXd>(places.data(), printed.size()));
  if (off > 0.0) return {name, printed[0], span / places.back(), static_cast<Index>(places.back()) + 1, false};
  places.assign(1, 0.0);
  for (std::size_t k = 0; k < gaps.size(); ++k) {
    const double steps = std::round(gaps[k] / step);
    if (steps < 1.0 || std::abs(gaps[k] / step - steps) > between * steps)
      fail_at(nodes[k + 1],
              fmt::format("{} = {} lies on no regular grid: most steps are {:.6g}, the one before it {:.6g}", name,
                          coordinates[nodes[k + 1]], step, gaps[k]));
    places.push_back(places.back() + steps);
  }
  if (!(places.back() < static_cast<double>(most_points)))
    fail_at(nodes[1], fmt::format("{} lies on no regular grid", name));
  const double first = coordinates[nodes.front()], spacing = span / places.back();
  for (std::size_t k = 0; k < nodes.size(); ++k)
    if (const double place = first + places[k] * spacing;
        !(std::abs(coordinates[nodes[k]] - place) <= rounding * spacing))
      fail_at(nodes[k], fmt::format("{} = {} lies on no regular grid: {} would, in steps of {:.6g} from {}", name,
                                    coordinates[nodes[k]], place, spacing, first));
  return {name, first, spacing, static_cast<Index>(places.back()) + 1, false};
}

}  // namespace

TabulatedValues gridded(const TableFile& file, const ScatteredPoints& points) {
  if (points.values.size() < 2) file.fail("a table needs at least two points");
  TabulatedValues table;
  table.quantity = points.quantity;
  Index count = 1;
  for (Index k = 0; k < points.coordinates.rows(); ++k) {
    double off = 0.0;
    table.axes.push_back(axis_of(file, points, k, off));
    table.axes.back().moved = off;
    if (table.axes.back().points > most_points / count) file.fail("the points lie on no regular grid");
    count *= table.axes.back().points;
  }
  constexpr Index sparsest = 10;  // points of the grid for one that is listed
  if (points.values.size() * sparsest < count)
    file.fail(fmt::format("the {} points lie on no regular grid: the smallest that holds them has {}",
                          points.values.size(), count));
  table.values = Eigen::VectorXd::Constant(count, nan);
  std::vector<Index> holder(static_cast<std::size_t>(count), -1);
  if (!points.lines.empty()) table.lines.assign(static_cast<std::size_t>(count), 0);
  for (Index p = 0; p < points.values.size(); ++p) {
    Index place = 0, stride = 1;
    for (std::size_t k = 0; k < table.axes.size(); ++k) {
      const auto& axis = table.axes[k];
      place += stride * static_cast<Index>(
                            std::round((points.coordinates(static_cast<Index>(k), p) - axis.first) / axis.spacing));
      stride *= axis.points;
    }
    Index& held = holder[static_cast<std::size_t>(place)];
    const double value = std::isfinite(points.values[p]) ? points.values[p] : nan;
    if (held >= 0 && value != table.values[place] && !(std::isnan(value) && std::isnan(table.values[place]))) {
      const std::string message =
          fmt::format("the point {} has two values, {} and {}", place_in(table, place), table.values[place], value);
      if (points.lines.empty()) file.fail(message);
      file.fail(points.lines[static_cast<std::size_t>(p)],
                fmt::format("{} (the first in line {})", message, points.lines[static_cast<std::size_t>(held)]));
    }
    held = p;
    table.values[place] = value;
    if (!points.lines.empty()) table.lines[static_cast<std::size_t>(place)] = points.lines[static_cast<std::size_t>(p)];
  }
  return table;
}

std::optional<TabulatedValues::Axis> axis_through(const std::string& name, const Eigen::VectorXd& coordinates) {
  if (coordinates.size() < 2) return std::nullopt;
  const Index last = coordinates.size() - 1;
  const double spacing = (coordinates[last] - coordinates[0]) / static_cast<double>(last);
  if (spacing == 0.0 || !std::isfinite(spacing)) return std::nullopt;
  const Eigen::VectorXd places = Eigen::VectorXd::LinSpaced(last + 1, 0.0, static_cast<double>(last));
  const Eigen::ArrayXd offsets = (coordinates - spacing * places).array() - coordinates[0];
  const bool regular = (offsets.abs() <= rounding * std::abs(spacing)).all();
  const double moved = regular ? 0.0 : rounded_off(coordinates, places);
  if (!regular && moved == 0.0) return std::nullopt;
  return TabulatedValues::Axis{name, coordinates[0], spacing, last + 1, false, {}, moved};
}

std::vector<TabulatedValues::Axis> ranged_axes(const TableFile& file, const TableOptions& options,
                                               const std::vector<Index>& points) {
  if (options.ranges.size() != points.size())
    file.fail(fmt::format("ranges are given for {} axes, the table has {}", options.ranges.size(), points.size()));
  std::vector<TabulatedValues::Axis> axes;
  for (std::size_t k = 0; k < points.size(); ++k) {
    const auto [first, last] = options.ranges[k];
    if (first == last || points[k] < 2) file.fail("an axis needs two ends that differ, and at least two points");
    axes.push_back({k == 0 ? "x" : "y", first, (last - first) / static_cast<double>(points[k] - 1), points[k], false});
  }
  return axes;
}

void make_ascending(std::vector<TabulatedValues::Axis>& axes, Eigen::MatrixXd& values,
                    Eigen::MatrixX<std::size_t>* lines) {
  for (std::size_t k = 0; k < axes.size(); ++k) {
    TabulatedValues::Axis& axis = axes[k];
    if (axis.spacing > 0) continue;
    axis.first += static_cast<double>(axis.points - 1) * axis.spacing;
    axis.spacing = -axis.spacing;
    const auto reverse = [k](auto& matrix) {
      if (k == 0)
        matrix = matrix.colwise().reverse().eval();
      else
        matrix = matrix.rowwise().reverse().eval();
    };
    reverse(values);
    if (lines && lines->size() > 0) reverse(*lines);
  }
}

TabulatedValues gridded_matrix(std::vector<TabulatedValues::Axis> axes, Eigen::MatrixXd values,
                               const std::string& quantity, Eigen::MatrixX<std::size_t> lines) {
  make_ascending(axes, values, &lines);
  TabulatedValues table;
  table.axes = std::move(axes);
  table.values = values.reshaped();
  for (double& value : table.values)
    if (!std::isfinite(value)) value = nan;
  table.quantity = quantity;
  table.lines.assign(lines.reshaped().begin(), lines.reshaped().end());
  return table;
}

bool same_points(const TabulatedValues& table, const TabulatedValues& other) {
  const auto alike = [](const TabulatedValues::Axis& one, const TabulatedValues::Axis& two) {
    const auto near = [&](double a, double b) { return std::abs(a - b) <= rounding * two.spacing; };
    return one.name == two.name && one.points == two.points && near(one.first, two.first) &&
           near(one.spacing * static_cast<double>(one.points), two.spacing * static_cast<double>(two.points));
  };
  return std::equal(table.axes.begin(), table.axes.end(), other.axes.begin(), other.axes.end(), alike);
}

}  // namespace valleyflux
