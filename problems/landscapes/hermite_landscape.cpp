#include "problems/landscapes/hermite_landscape.hpp"

#include "problems/landscapes/interpolable_table.hpp"
#include "problems/landscapes/samples_of_derivatives.hpp"
#include "problems/landscapes/table_extension.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

/// Polynomials on the unit interval, [3 * end + k] = coefficients of 1, t, ... t^5 of the one whose k-th derivative at
/// this end is 1, the others up to the second being 0 at both.
constexpr std::array<std::array<double, 6>, 6> quintics{{{1, 0, 0, -10, 15, -6},
                                                         {0, 1, 0, -6, 8, -3},
                                                         {0, 0, 0.5, -1.5, 1.5, -0.5},
                                                         {0, 0, 0, 10, -15, 6},
                                                         {0, 0, 0, -4, 7, -3},
                                                         {0, 0, 0, 0.5, -1, 0.5}}};

using QuinticWeights = std::array<std::array<double, 6>, 4>;  // [derivative][polynomial]

QuinticWeights quintic_weights(double t) {
  QuinticWeights weights{};
  for (std::size_t polynomial = 0; polynomial < quintics.size(); ++polynomial) {
    std::array<double, 6> c = quintics[polynomial];
    for (auto& of_derivative : weights) {
      double value = 0.0;
      for (std::size_t k = c.size(); k-- > 0;) value = value * t + c[k];
      of_derivative[polynomial] = value;
      for (std::size_t k = 1; k < c.size(); ++k) c[k - 1] = static_cast<double>(k) * c[k];
      c.back() = 0.0;
    }
  }
  return weights;
}

/// Points of a table along one axis, which differences are taken of in units of the spacing.
struct Line {
  Index origin, stride, points;
  bool periodic;

  Index at(Index k) const { return origin + stride * (periodic ? (k + points) % points : k); }

  /// The second derivative at its k-th point, from values and slopes of three points: of the polynomial of the fifth
  /// degree through them.
  double curvature(const Eigen::VectorXd& value, const Eigen::VectorXd& slope, Index k) const {
    const Index last = points - 1;
    if (periodic || (k > 0 && k < last))
      return 2.0 * (value[at(k + 1)] - 2.0 * value[at(k)] + value[at(k - 1)]) -
             0.5 * (slope[at(k + 1)] - slope[at(k - 1)]);
    const Index inwards = k == 0 ? 1 : -1;
    const Index end = at(k), next = at(k + inwards), after = at(k + 2 * inwards);
    return -11.5 * value[end] + 8.0 * value[next] + 3.5 * value[after] -
           static_cast<double>(inwards) * (6.0 * slope[end] + 8.0 * slope[next] + slope[after]);
  }

  /// The derivative at its k-th point, from five values.
  double derivative(const Eigen::VectorXd& value, Index k) const {
    constexpr std::array<std::array<double, 5>, 3> weights{
        {{-25, 48, -36, 16, -3}, {-3, -10, 18, -6, 1}, {1, -8, 0, 8, -1}}};  // twelfths, at the first, second, third
    const Index from_end = points - 1 - k;
    const bool turned = !periodic && from_end < 2;
    const Index place = periodic ? 2 : std::min<Index>({k, from_end, 2});
    const Index direction = turned ? -1 : 1;
    double sum = 0.0;
    for (Index j = 0; j < 5; ++j)
      sum += weights[static_cast<std::size_t>(place)][static_cast<std::size_t>(j)] *
             value[at(k + direction * (j - place))];
    return static_cast<double>(direction) * sum / 12.0;
  }
};

std::vector<Line> lines_along(const std::vector<TabulatedValues::Axis>& axes, std::size_t axis) {
  const Index across = axes.size() == 2 ? axes[1 - axis].points : 1;
  std::vector<Line> lines;
  for (Index k = 0; k < across; ++k)
    lines.push_back(
        {axis == 0 ? k * axes[0].points : k, axis == 0 ? 1 : axes[0].points, axes[axis].points, axes[axis].periodic});
  return lines;
}

/// of_point(line, k) at every point.
template <class OfPoint>
Eigen::VectorXd along(const std::vector<Line>& lines, OfPoint of_point) {
  Eigen::VectorXd all(static_cast<Index>(lines.size()) * lines[0].points);
  for (const Line& line : lines)
    for (Index k = 0; k < line.points; ++k) all[line.at(k)] = of_point(line, k);
  return all;
}

/// Simpson's rule over two intervals, against the change of the values: an error of a hundredth where five points make
/// a wave.
void require_slopes_of(const TabulatedValues& table, const Eigen::VectorXd& slope, std::size_t axis) {
  constexpr double most = 0.1;  // of the changes, root mean square
  double changes = 0.0, misses = 0.0, worst = -1.0, change_there = 0.0, integral_there = 0.0;
  Index from = 0, to = 0;
  for (const Line& line : lines_along(table.axes, axis))
    for (Index k = 1; k + 1 < line.points; ++k) {
      const double change = table.values[line.at(k + 1)] - table.values[line.at(k - 1)];
      const double integral = (slope[line.at(k - 1)] + 4.0 * slope[line.at(k)] + slope[line.at(k + 1)]) / 3.0;
      changes += change * change;
      misses += (integral - change) * (integral - change);
      if (!(std::abs(integral - change) > worst)) continue;
      worst = std::abs(integral - change);
      change_there = change;
      integral_there = integral;
      from = line.at(k - 1);
      to = line.at(k + 1);
    }
  if (misses <= most * most * changes) return;
  throw std::invalid_argument(fmt::format(
      "the gradient along {} is not that of {}: from {} to {} values change by "
      "{:.4g}, by the gradient {:.4g}",
      table.axes[axis].name, table.quantity, place_in(table, from), place_in(table, to), change_there, integral_there));
}

class HermiteLandscape final : public Landscape {
 public:
  HermiteLandscape(const TabulatedValues& table, std::vector<Eigen::VectorXd> slopes) : axes_(table.axes) {
    const bool plane = axes_.size() == 2;
    nodes_.resize(plane ? 9 : 3, table.values.size());
    const std::vector<Line> along_x = lines_along(axes_, 0);
    const Eigen::VectorXd &f = table.values, &f_x = slopes[0];
    const auto curved = [](const std::vector<Line>& lines, const Eigen::VectorXd& value, const Eigen::VectorXd& slope) {
      return along(lines, [&](const Line& line, Index k) { return line.curvature(value, slope, k); });
    };
    const auto sloped = [](const std::vector<Line>& lines, const Eigen::VectorXd& value) {
      return along(lines, [&](const Line& line, Index k) { return line.derivative(value, k); });
    };
    nodes_.row(0) = f;
    nodes_.row(1) = f_x;
    const Eigen::VectorXd f_xx = curved(along_x, f, f_x);
    nodes_.row(2) = f_xx;
    if (!plane) return;
    const std::vector<Line> along_y = lines_along(axes_, 1);
    const Eigen::VectorXd& f_y = slopes[1];
    const Eigen::VectorXd f_xy = 0.5 * (sloped(along_x, f_y) + sloped(along_y, f_x));
    const Eigen::VectorXd f_xxy = curved(along_x, f_y, f_xy);
    nodes_.row(3) = f_y;
    nodes_.row(4) = f_xy;
    nodes_.row(5) = f_xxy;
    nodes_.row(6) = curved(along_y, f, f_y);
    nodes_.row(7) = curved(along_y, f_x, f_xy);
    nodes_.row(8) = curved(along_y, f_xx, f_xxy);
  }

  int dimension() const override { return static_cast<int>(axes_.size()); }
  std::optional<LandscapeDomain> domain() const override { return domain_of(axes_, {}); }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double /*time*/) const override {
    sample_derivatives(points, order, samples, [&](Index p) { return derivatives(points.col(p), order); });
  }

 private:
  /// The interval that a coordinate lies in: its ends, and what they weigh.
  struct Place {
    std::array<Index, 2> node{};
    QuinticWeights weights{};
  };

  static Place place(const TabulatedValues::Axis& axis, double x) {
    const Index n = axis.points;
    double s = (x - axis.first) / axis.spacing;
    if (axis.periodic) s -= static_cast<double>(n) * std::floor(s / static_cast<double>(n));
    const Index start = std::clamp<Index>(static_cast<Index>(std::floor(s)), 0, axis.periodic ? n - 1 : n - 2);
    return {{start, (start + 1) % n}, quintic_weights(s - static_cast<double>(start))};
  }

  TableDerivatives derivatives(const Eigen::Ref<const Eigen::VectorXd>& point, int order) const {
    const bool plane = axes_.size() == 2;
    const Place x = place(axes_[0], point[0]), y = plane ? place(axes_[1], point[1]) : Place{};
    const auto of_axis = [](const Place& at, int derivative, const auto& part) {  // part(node, derivative there)
      const auto& weight = at.weights[static_cast<std::size_t>(derivative)];
      double sum = 0.0;
      for (std::size_t end = 0; end < 2; ++end)
        for (std::size_t k = 0; k < 3; ++k) sum += weight[3 * end + k] * part(at.node[end], static_cast<Index>(k));
      return sum;
    };
    TableDerivatives result{};
    double unit_y = 1.0;
    for (int b = 0; b <= (plane ? order : 0); ++b) {
      double unit_x = 1.0;
      for (int a = 0; a + b <= order; ++a) {
        const auto row = [&](Index j, Index of_y) {
          return of_axis(x, a, [&](Index i, Index of_x) { return nodes_(of_x + 3 * of_y, i + axes_[0].points * j); });
        };
        result[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] =
            (plane ? of_axis(y, b, row) : row(0, 0)) / (unit_x * unit_y);
        unit_x *= axes_[0].spacing;
      }
      if (plane) unit_y *= axes_[1].spacing;
    }
    return result;
  }

  std::vector<TabulatedValues::Axis> axes_;
  Eigen::MatrixXd nodes_;  // [i + 3 j]: d^(i+j) L / dx^i dy^j of every point, in units of the spacings
};

}  // namespace

std::shared_ptr<const Landscape> hermite_landscape(const TabulatedValues& table,
                                                   const std::vector<Eigen::VectorXd>& slopes) {
  require_interpolable(table);
  if (slopes.size() != table.axes.size())
    throw std::invalid_argument(fmt::format("the gradient of a table of {} axes has as many components (got {})",
                                            table.axes.size(), slopes.size()));
  if (table.errors.size() > 0)
    throw std::invalid_argument("values with standard errors are not interpolated with a gradient: give one of both");
  std::vector<Eigen::VectorXd> scaled = slopes;
  for (std::size_t axis = 0; axis < slopes.size(); ++axis) {
    if (slopes[axis].size() != table.values.size())
      throw std::invalid_argument(
          fmt::format("the table holds {} slopes of {} values", slopes[axis].size(), table.values.size()));
    for (Index p = 0; p < table.values.size(); ++p)
      if (!std::isfinite(table.values[p]) || !std::isfinite(slopes[axis][p]))
        throw std::invalid_argument(
            fmt::format("a table with a gradient needs value and slope at every point: {} "
                        "has none at {}",
                        std::isfinite(table.values[p]) ? "the gradient" : table.quantity, place_in(table, p)));
    scaled[axis] *= table.axes[axis].spacing;
    require_slopes_of(table, scaled[axis], axis);
  }
  return std::make_shared<HermiteLandscape>(table, std::move(scaled));
}

}  // namespace valleyflux
