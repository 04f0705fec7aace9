#include "problems/tables/table_function.hpp"

#include "problems/landscapes/redrawn_table.hpp"
#include "problems/landscapes/spline_landscape.hpp"
#include "problems/landscapes/table_extension.hpp"
#include "problems/tables/table_doubts.hpp"
#include "problems/tables/table_formats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

thread_local DepartureWatch* watch = nullptr;

/// Cubic Hermite polynomials at the fraction t of an interval: of the value at its start, the slope there, value and
/// slope at its end; [derivative in t].
using HermiteWeights = std::array<std::array<double, 4>, 4>;

HermiteWeights hermite(double t) {
  return {{{(1 + 2 * t) * (1 - t) * (1 - t), t * (1 - t) * (1 - t), t * t * (3 - 2 * t), t * t * (t - 1)},
           {6 * t * (t - 1), (1 - t) * (1 - 3 * t), 6 * t * (1 - t), t * (3 * t - 2)},
           {12 * t - 6, 6 * t - 4, 6 - 12 * t, 6 * t - 2},
           {12, 6, -12, 6}}};
}

/// The share of a point's slopes that keeps the Bezier ordinates beside it, between which the patches lie, within the
/// range of the values around.
double share_within(const Eigen::Vector4d& node, double lowest, double highest, bool plane) {
  double share = 1.0;
  for (int i = -1; i <= 1; ++i)
    for (int j = plane ? -1 : 0; j <= (plane ? 1 : 0); ++j) {
      const double step = (i * node[1] + j * node[2]) / 3.0 + i * j * node[3] / 9.0;
      if (node[0] + step > highest) share = std::min(share, (highest - node[0]) / step);
      if (node[0] + step < lowest) share = std::min(share, (lowest - node[0]) / step);
    }
  return share;
}

/// The same number for the same text on every machine (FNV-1a).
std::uint64_t fingerprint(const std::string& text) {
  std::uint64_t number = 14695981039346656037ULL;
  for (const char c : text) number = (number ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return number;
}

void bound_slopes(const std::vector<TabulatedValues::Axis>& axes, Eigen::Matrix4Xd& nodes) {
  const bool plane = axes.size() == 2;
  const Index columns = axes[0].points, rows = plane ? axes[1].points : 1;
  const auto around = [](const TabulatedValues::Axis& axis, Index n) {
    return axis.periodic ? (n + axis.points) % axis.points : std::clamp<Index>(n, 0, axis.points - 1);
  };
  const Eigen::RowVectorXd values = nodes.row(0);
  for (Index j = 0; j < rows; ++j)
    for (Index i = 0; i < columns; ++i) {
      double lowest = values[i + columns * j], highest = lowest;
      for (Index l = j - 1; l <= j + 1; ++l)
        for (Index k = i - 1; k <= i + 1; ++k) {
          const double value = values[around(axes[0], k) + columns * (plane ? around(axes[1], l) : 0)];
          lowest = std::min(lowest, value);
          highest = std::max(highest, value);
        }
      auto node = nodes.col(i + columns * j);
      node.tail<3>() *= share_within(node, lowest, highest, plane);
    }
}

std::optional<TableFunction::Zero> zero_of(const std::string& file, const TabulatedValues& table) {
  const auto found = std::find(table.values.begin(), table.values.end(), 0.0);
  if (found == table.values.end()) return std::nullopt;
  const Index p = found - table.values.begin();
  Eigen::VectorXd point(static_cast<Index>(table.axes.size()));
  for (Index k = 0, place = p; k < point.size(); ++k) {
    const TabulatedValues::Axis& axis = table.axes[static_cast<std::size_t>(k)];
    point[k] = axis.first + static_cast<double>(place % axis.points) * axis.spacing;
    place /= axis.points;
  }
  return TableFunction::Zero{
      point, fmt::format("{}: {} is 0 at {}", place_of_value(file, table, p), table.quantity, place_in(table, p))};
}

}  // namespace

TableFunction::TableFunction(std::string name, const TabulatedValues& given, Shape shape, Beyond beyond)
    : name_(std::move(name)), axes_(given.axes), shape_(shape), beyond_(beyond) {
  TabulatedValues table = given;
  held_ = fill_missing(table, shape == Shape::bounded ? hold_nearest_values : extend_beyond_data);
  const auto spline = spline_landscape(table);
  const bool plane = axes_.size() == 2;
  const Index columns = axes_[0].points;
  Eigen::MatrixXd points(spline->dimension(), table.values.size());
  for (Index p = 0; p < points.cols(); ++p) {
    const Index column = p % columns, row = p / columns;
    points(0, p) = axes_[0].first + static_cast<double>(column) * axes_[0].spacing;
    if (plane) points(1, p) = axes_[1].first + static_cast<double>(row) * axes_[1].spacing;
  }
  FieldSamples samples;
  spline->sample(points, plane ? 2 : 1, samples);
  nodes_.setZero(4, points.cols());
  nodes_.row(0) = table.values;
  nodes_.row(1) = samples.gradient.row(0) * axes_[0].spacing;
  if (plane) {
    nodes_.row(2) = samples.gradient.row(1) * axes_[1].spacing;
    nodes_.row(3) = samples.hessian.row(1) * axes_[0].spacing * axes_[1].spacing;
  }
  if (shape == Shape::bounded) bound_slopes(axes_, nodes_);
  if (given.errors.size() > 0) table_ = std::make_shared<const TabulatedValues>(given);
}

LandscapeDomain TableFunction::domain() const {
  return domain_of(axes_, held_);
}

/// The interval that a coordinate lies in.
struct TableFunction::Place {
  std::array<Index, 2> node{};  // its ends
  HermiteWeights weights{};
  bool within = true, held = false;
};

TableFunction::Place TableFunction::place(std::size_t k, double x) const {
  const TabulatedValues::Axis& axis = axes_[k];
  const Index n = axis.points;
  const double length = axis.last() - axis.first, room = 1e-9 * length;
  Place place;
  if (!std::isfinite(x) || (!axis.periodic && (x < axis.first - room || x > axis.last() + room))) {
    if (watch && watch->departure_.empty())
      watch->departure_ = fmt::format("{} is asked for {} = {:.6g}, its data reach from {:.6g} to {:.6g}", name_,
                                      axes_.size() == 1 ? "an argument" : axis.name, x, axis.first, axis.last());
    place.held = beyond_ == Beyond::held && !std::isnan(x);
    place.within = place.held;
    if (!place.within) return place;
    x = std::clamp(x, axis.first, axis.last());
  }
  double s = (x - axis.first) / axis.spacing;
  if (axis.periodic) s -= static_cast<double>(n) * std::floor(s / static_cast<double>(n));
  const Index start = std::clamp<Index>(static_cast<Index>(std::floor(s)), 0, axis.periodic ? n - 1 : n - 2);
  place.node = {start, (start + 1) % n};
  place.weights = hermite(s - static_cast<double>(start));
  return place;
}

TableFunction::Derivatives TableFunction::derivatives(double x, double y, int order) const {
  Derivatives result{};
  const bool plane = axes_.size() == 2;
  const Place along_x = place(0, x), along_y = plane ? place(1, y) : Place{};
  if (!along_x.within || !along_y.within) {
    for (auto& row : result) row.fill(std::numeric_limits<double>::quiet_NaN());
    return result;
  }
  const auto of_axis = [&](const Place& at, int derivative, const auto& part) {  // part(node, 0 or 1: its slope)
    if (at.held && derivative > 0) return 0.0;
    const auto& weight = at.weights[static_cast<std::size_t>(derivative)];
    return weight[0] * part(at.node[0], 0) + weight[1] * part(at.node[0], 1) + weight[2] * part(at.node[1], 0) +
           weight[3] * part(at.node[1], 1);
  };
  double unit_y = 1.0;
  for (int b = 0; b <= (plane ? order : 0); ++b) {
    double unit_x = 1.0;
    for (int a = 0; a + b <= order; ++a) {
      const auto row = [&](Index j, int slope_y) {
        return of_axis(along_x, a,
                       [&](Index i, int slope_x) { return nodes_(slope_x + 2 * slope_y, i + axes_[0].points * j); });
      };
      const double value = plane ? of_axis(along_y, b, row) : row(0, 0);
      result[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] = value / (unit_x * unit_y);
      unit_x *= axes_[0].spacing;
    }
    if (plane) unit_y *= axes_[1].spacing;
  }
  return result;
}

std::optional<double> TableFunction::constant() const {
  const auto values = nodes_.row(0).array();
  return !tells_errors() && held_.empty() && (values == values[0]).all() ? std::optional(values[0]) : std::nullopt;
}

bool TableFunction::operator==(const TableFunction& other) const {
  return this == &other || (shape_ == other.shape_ && beyond_ == other.beyond_ && axes_ == other.axes_ &&
                            held_ == other.held_ && nodes_.cols() == other.nodes_.cols() && nodes_ == other.nodes_);
}

std::shared_ptr<const TableFunction> TableFunction::redrawn(std::uint64_t seed) const {
  if (!tells_errors()) return nullptr;
  const std::string label = std::filesystem::path(name_).filename().string() + " " + table_->quantity;
  return std::make_shared<TableFunction>(name_, redrawn_table(*table_, seed ^ fingerprint(label)), shape_, beyond_);
}

std::shared_ptr<const TableFunction> read_table_function(const std::filesystem::path& file,
                                                         const TableFunctionOptions& options) {
  ReadTable read = read_table(file, options.table);
  TabulatedValues& table = read.values;
  const std::string name = file.string();
  const std::string unit = options.scale == 1.0 ? told_unit(table).unit : "";
  std::string gaps;
  for (Index p = 0; p < table.values.size() && gaps.empty(); ++p)
    if (!std::isfinite(table.values[p])) gaps = place_in(table, p);
  if (!gaps.empty() && !options.gaps)
    throw std::invalid_argument(
        fmt::format("{}: {} holds no value at {}: a table that is asked for any argument needs one at every point",
                    name, table.quantity, gaps));
  std::vector<std::string> doubts = table_doubts(name, table);
  table.values = (options.scale * table.values).array() + options.shift;
  table.errors *= std::abs(options.scale);
  try {
    const auto function = std::make_shared<TableFunction>(name, table, options.shape, options.beyond);
    function->description_ =
        begun_description(read, name) + (gaps.empty() ? ")" : fmt::format("; no value at {})", gaps));
    function->doubts_ = std::move(doubts);
    function->unit_ = unit;
    function->zero_ = zero_of(name, table);
    return function;
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("{}: {}", name, error.what()));
  }
}

DepartureWatch::DepartureWatch() : outer_(std::exchange(watch, this)) {}

DepartureWatch::~DepartureWatch() {
  watch = outer_;
}

}  // namespace valleyflux
