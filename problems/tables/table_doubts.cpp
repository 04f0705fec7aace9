#include "problems/tables/table_doubts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace valleyflux {

namespace {

bool is_probability(const TabulatedValues& table, double& integral) {
  if (!table.values.allFinite() || table.values.minCoeff() < 0.0) return false;
  double cell = 1.0;
  for (const auto& axis : table.axes) cell *= axis.spacing;
  constexpr double near = 0.01, nearer = 1e-4;  // of 1: ends count half, columns are rounded
  const double sum = table.values.sum();
  integral = sum * cell;
  if (std::abs(integral - 1.0) < near) return true;
  integral = sum;
  return std::abs(sum - 1.0) < nearer;
}

constexpr double weights[] = {1.0, -4.0, 6.0, -4.0, 1.0};  // of a fourth difference
constexpr Index reach = 2;                                 // of it, to either side

/// Values along a line of the table through a point.
class Line {
 public:
  Line(const TabulatedValues& table, std::size_t axis, Index point)
      : values_(table.values), points_(table.axes[axis].points), periodic_(table.axes[axis].periodic) {
    stride_ = axis == 0 ? 1 : table.axes[0].points;
    place_ = point / stride_ % points_;
    origin_ = point - place_ * stride_;
  }

  /// The value so many steps from the point; nothing beyond the ends.
  std::optional<double> at(Index step) const {
    Index k = place_ + step;
    if (periodic_) k = (k % points_ + points_) % points_;
    if (k < 0 || k >= points_) return std::nullopt;
    const double value = values_[origin_ + k * stride_];
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
  }

  /// v[-2] - 4 v[-1] + 6 v[0] - 4 v[1] + v[2], so many steps from the point; nothing where one is missing.
  std::optional<double> fourth_difference(Index step) const {
    double sum = 0.0;
    for (Index k = 0; k < 5; ++k) {
      const auto value = at(step + k - 2);
      if (!value) return std::nullopt;
      sum += weights[k] * *value;
    }
    return sum;
  }

  /// Whether the line turns at the point: it lies above both neighbours or below both. At an end: whether it goes the
  /// other way than before.
  bool turns() const {
    const auto here = at(0), before = at(-1), after = at(1);
    if (!here) return false;
    if (before && after) return (*here - *before) * (*here - *after) > 0.0;
    const Index inwards = after ? 1 : -1;
    const auto near = at(inwards), far = at(2 * inwards);
    return near && far && (*near - *here) * (*far - *near) < 0.0;
  }

 private:
  const Eigen::VectorXd& values_;
  Index points_, stride_ = 1, place_ = 0, origin_ = 0;
  bool periodic_;
};

/// What the fourth differences around a point are at most when the point is moved such that the largest of them is 0.
double largest_without(const TabulatedValues& table, Index point) {
  double largest = 0.0, moved = 0.0;
  const auto each = [&](auto see) {
    for (std::size_t axis = 0; axis < table.axes.size(); ++axis)
      for (Index step = -reach; step <= reach; ++step)
        if (const auto difference = Line(table, axis, point).fourth_difference(step))
          see(*difference, weights[reach - step]);
  };
  each([&](double difference, double weight) {
    if (std::abs(difference) <= largest) return;
    largest = std::abs(difference);
    moved = difference / weight;
  });
  double left = 0.0;
  each([&](double difference, double weight) { left = std::max(left, std::abs(difference - moved * weight)); });
  return left;
}

/// The point that breaks the curve, if there is just one.
std::optional<Index> stray_point(const TabulatedValues& table) {
  constexpr double far_above = 10.0;
  std::vector<std::vector<double>> differences;
  double largest = 0.0;
  std::vector<Index> candidates;
  for (std::size_t axis = 0; axis < table.axes.size(); ++axis) {
    differences.emplace_back();
    for (Index p = 0; p < table.values.size(); ++p) {
      const double difference = std::abs(Line(table, axis, p).fourth_difference(0).value_or(0.0));
      differences.back().push_back(difference);
      if (difference <= largest) continue;
      largest = difference;
      candidates.assign(1, p);
      // The nearest difference of a point at an end is that of its second neighbour.
      const Index stride = axis == 0 ? 1 : table.axes[0].points;
      for (Index step = -reach; step <= reach; ++step)
        if (const Index q = p + step * stride; step != 0 && q >= 0 && q < table.values.size()) candidates.push_back(q);
    }
  }
  if (largest == 0.0) return std::nullopt;
  for (const Index p : candidates) {
    if (!std::isfinite(table.values[p])) continue;
    double others = 0.0;
    bool turns = true;
    for (std::size_t axis = 0; axis < table.axes.size(); ++axis) {
      const Index stride = axis == 0 ? 1 : table.axes[0].points, points = table.axes[axis].points;
      const Index place = p / stride % points;
      turns = turns && Line(table, axis, p).turns();
      for (Index q = 0; q < table.values.size(); ++q) {
        Index apart = std::abs(q / stride % points - place);
        if (table.axes[axis].periodic) apart = std::min(apart, points - apart);
        const bool on_line = q - q / stride % points * stride == p - place * stride;
        if (!on_line || apart > reach) others = std::max(others, differences[axis][static_cast<std::size_t>(q)]);
      }
    }
    if (turns && largest > far_above * std::max(others, largest_without(table, p))) return p;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> table_doubts(const std::string& file, const TabulatedValues& table, double scale) {
  std::vector<std::string> doubts;
  double integral = 0.0;
  if (is_probability(table, integral))
    doubts.push_back(
        fmt::format("{}: {} looks like a probability (none is negative, they add up to {:.4g}), not like an "
                    "energy: the landscape of a probability p is -kT log p, as awk '!/^[#@]/ {{ print $1, "
                    "-2.494 * log($2) }}' makes it",
                    file, table.quantity, integral));
  if ((table.quantity.ends_with(".bias") || table.quantity == "bias") && scale > 0.0)
    doubts.push_back(
        fmt::format("{}: {} is a bias, not a free energy: that is minus it, landscape.scale = -1 (of "
                    "well-tempered metadynamics -g / (g - 1), g being the bias factor)",
                    file, table.quantity));
  if (auto stray = stray_point_doubt(file, table)) doubts.push_back(std::move(*stray));
  return doubts;
}

std::optional<std::string> stray_point_doubt(const std::string& file, const TabulatedValues& table) {
  const auto stray = stray_point(table);
  if (!stray) return std::nullopt;
  const auto at = static_cast<std::size_t>(*stray);
  const bool known = at < table.lines.size() && table.lines[at] > 0;
  return fmt::format("{}{}: the value {} at {} breaks the curve of its neighbours: is it one of the data?", file,
                     known ? fmt::format(":{}", table.lines[at]) : "", table.values[*stray], place_in(table, *stray));
}

}  // namespace valleyflux
