#include "problems/tables/table_doubts.hpp"

#include "problems/tables/small_letters.hpp"
#include "problems/tables/unsampled_points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace valleyflux {

bool names_energy(const std::string& given) {
  const std::string name = in_small_letters(given.substr(0, given.find_first_of(" ([/")));
  constexpr std::string_view known[] = {"f",          "fe",        "fes",  "free",       "free_energy",
                                        "freeenergy", "file.free", "g",    "dg",         "energy",
                                        "potential",  "pmf",       "loss", "train_loss", "landscape"};
  return std::find(std::begin(known), std::end(known), name) != std::end(known);
}

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

/// Whether these are numbers of samples in bins: whole, and few of the largest at all ends; where there are none, for
/// half of the bins.
bool are_counts(const TabulatedValues& table) {
  constexpr double least = 20.0, few = 0.1;  // of the largest
  const auto& values = table.values;
  if (!values.allFinite() || values.maxCoeff() < least || values.minCoeff() < 0.0 ||
      (values.array() != values.array().round()).any())
    return false;
  Index many = 0, many_at_ends = 0;
  bool ends = false;
  for (const auto& axis : table.axes) ends = ends || !axis.periodic;
  for (Index p = 0; p < values.size(); ++p) {
    if (values[p] <= few * values.maxCoeff()) continue;
    ++many;
    Index place = p;
    for (const auto& axis : table.axes) {
      const Index along = place % axis.points;
      if (!axis.periodic && (along == 0 || along == axis.points - 1)) ++many_at_ends;
      place /= axis.points;
    }
  }
  return ends ? many_at_ends == 0 : 2 * many <= values.size();
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

  /// Whether the line ends at the point.
  bool ends() const { return !at(-1) || !at(1); }

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

  /// Whether the line jumps at its end, on in its direction: far more than walls do, which grow from step to step.
  bool jumps() const {
    constexpr double far_more = 100.0;
    const Index inwards = at(1) ? 1 : -1;
    const auto last = fourth_difference(reach * inwards), before = fourth_difference((reach + 1) * inwards),
               third = fourth_difference((reach + 2) * inwards);
    if (!last || !before || !third) return false;
    const double grows = *before == 0.0 || *third == 0.0 ? 1.0 : *before / *third;
    return std::abs(*last) > far_more * std::abs(*before) && std::abs(*last) > grows * grows * std::abs(*before);
  }

 private:
  const Eigen::VectorXd& values_;
  Index points_, stride_ = 1, place_ = 0, origin_ = 0;
  bool periodic_;
};

/// The size of the fourth difference at a point; 0 where there is none. Of most points without a look at the ends.
double fourth_difference_at(const TabulatedValues& table, std::size_t axis, Index point) {
  const Index stride = axis == 0 ? 1 : table.axes[0].points, points = table.axes[axis].points;
  const Index place = point / stride % points;
  if (place < reach || place + reach >= points)
    return std::abs(Line(table, axis, point).fourth_difference(0).value_or(0.0));
  const double* const first = &table.values[point - reach * stride];
  double sum = 0.0;
  for (Index k = 0; k < 5; ++k) sum += weights[k] * first[k * stride];
  return std::isfinite(sum) ? std::abs(sum) : 0.0;
}

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
      const double difference = fourth_difference_at(table, axis, p);
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
    bool breaks = true;
    for (std::size_t axis = 0; axis < table.axes.size(); ++axis) {
      const Index stride = axis == 0 ? 1 : table.axes[0].points, points = table.axes[axis].points;
      const Index place = p / stride % points;
      const Line line(table, axis, p);
      breaks = breaks && (line.turns() || (line.ends() && line.jumps()));
      for (Index q = 0; q < table.values.size(); ++q) {
        Index apart = std::abs(q / stride % points - place);
        if (table.axes[axis].periodic) apart = std::min(apart, points - apart);
        const bool on_line = q - q / stride % points * stride == p - place * stride;
        if (!on_line || apart > reach) others = std::max(others, differences[axis][static_cast<std::size_t>(q)]);
      }
    }
    if (breaks && largest > far_above * std::max(others, largest_without(table, p))) return p;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> table_doubts(const std::string& file, const TabulatedValues& table) {
  std::vector<std::string> doubts;
  for (const std::string& guess : table.doubts) doubts.push_back(fmt::format("{}: {}", file, guess));
  if (const auto stray = stray_point(table))
    doubts.push_back(fmt::format("{}: the value {} at {} breaks the curve of its neighbours: is it one of the data?",
                                 place_of_value(file, table, *stray), table.values[*stray], place_in(table, *stray)));
  return doubts;
}

std::vector<std::string> landscape_doubts(const std::string& file, const TabulatedValues& table, double scale) {
  std::vector<std::string> doubts = table_doubts(file, table);
  const auto question = [&](const std::string& what, const std::string& frequency) {
    const bool plane = table.axes.size() == 2;
    const std::string made =
        !table.lines.empty()
            ? fmt::format("awk '!/^[#@]/ {{ print {} * log(${}) }}'", plane ? "$1, $2, -2.494" : "$1, -2.494",
                          plane ? 3 : 2)
            : fmt::format("numpy.savez(\"table.npz\", {}, F=-2.494 * numpy.log(p))", plane ? "x=x, y=y" : "x=x");
    doubts.push_back(
        fmt::format("{}: {} looks like {}, not like an energy: the landscape of {} p is -kT log p, as {} makes it",
                    file, table.quantity, what, frequency, made));
  };
  double integral = 0.0;
  if (is_probability(table, integral))
    question(fmt::format("a probability (none is negative, they add up to {:.4g})", integral), "a probability");
  else if (are_counts(table))
    question("counts of a histogram (whole numbers, few at the ends)", "counts");
  else
    for (std::string& doubt : doubts_of_unsampled_points(file, table, scale)) doubts.push_back(std::move(doubt));
  const auto energy = std::find_if(table.unread.begin(), table.unread.end(), names_energy);
  if (energy != table.unread.end() && !names_energy(table.quantity))
    doubts.push_back(
        fmt::format("{}: {} is taken for the value at {}: should that be {}, give landscape.columns, the coordinate{} "
                    "and then \"{}\"",
                    file, table.quantity, table.axes[0].name, *energy, table.axes.size() == 1 ? "" : "s", *energy));
  if ((table.quantity.ends_with(".bias") || table.quantity == "bias") && scale > 0.0)
    doubts.push_back(
        fmt::format("{}: {} is a bias, not a free energy: that is minus it, landscape.scale = -1 (of "
                    "well-tempered metadynamics -g / (g - 1), g being the bias factor)",
                    file, table.quantity));
  return doubts;
}

}  // namespace valleyflux
