#include "problems/landscapes/spline_landscape.hpp"

#include "problems/landscapes/interpolable_table.hpp"
#include "problems/landscapes/redrawn_table.hpp"
#include "problems/landscapes/samples_of_derivatives.hpp"
#include "problems/landscapes/table_extension.hpp"

#include <fmt/format.h>

#include <Eigen/SparseLU>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace valleyflux {

namespace {

/// Solves for the coefficients of the cardinal cubic B-splines centred at the nodes -1 ... n (periodic: 0 ... n-1):
/// (c_{i-1} + 4 c_i + c_{i+1}) / 6 = f_i.
class Interpolation {
 public:
  Interpolation(Index points, bool periodic) : points_(points), periodic_(periodic) {
    const Index n = coefficients();
    std::vector<Eigen::Triplet<double>> entries;
    for (Index i = 0; i < points; ++i)
      for (int k = -1; k <= 1; ++k) {
        const Index column = periodic ? (i + k + points) % points : i + k + 1;
        entries.emplace_back(i, column, k == 0 ? 4.0 / 6.0 : 1.0 / 6.0);
      }
    if (!periodic) {
      // Not-a-knot: the third derivative is the same on both sides of the second node and of the last but one.
      constexpr std::array fourth_difference{1.0, -4.0, 6.0, -4.0, 1.0};
      for (Index k = 0; k < 5; ++k) {
        entries.emplace_back(points, k, fourth_difference[static_cast<std::size_t>(k)]);
        entries.emplace_back(points + 1, n - 5 + k, fourth_difference[static_cast<std::size_t>(k)]);
      }
    }
    Eigen::SparseMatrix<double> matrix(n, n);
    matrix.setFromTriplets(entries.begin(), entries.end());
    solver_.compute(matrix);
  }

  Index coefficients() const { return periodic_ ? points_ : points_ + 2; }

  /// Columns of values (points x m) to columns of coefficients.
  Eigen::MatrixXd operator()(const Eigen::MatrixXd& values) const {
    Eigen::MatrixXd right = Eigen::MatrixXd::Zero(coefficients(), values.cols());
    right.topRows(points_) = values;
    return solver_.solve(right);
  }

 private:
  Index points_;
  bool periodic_;
  Eigen::SparseLU<Eigen::SparseMatrix<double>> solver_;
};

/// The four basis functions that do not vanish at the fraction t of an interval, and their derivatives in t.
using Weights = std::array<std::array<double, 4>, 4>;  // [derivative][basis function]

Weights weights_at(double t) {
  const double s = 1.0 - t;
  return {{{s * s * s / 6.0, (4.0 - 6.0 * t * t + 3.0 * t * t * t) / 6.0, (4.0 - 6.0 * s * s + 3.0 * s * s * s) / 6.0,
            t * t * t / 6.0},
           {-0.5 * s * s, 0.5 * (3.0 * t * t - 4.0 * t), 0.5 * (4.0 * s - 3.0 * s * s), 0.5 * t * t},
           {s, 3.0 * t - 2.0, 3.0 * s - 2.0, t},
           {-1.0, 3.0, -3.0, 1.0}}};
}

class SplineLandscape final : public Landscape {
 public:
  /// held: by point, whether it holds a value; empty where all do.
  SplineLandscape(double level, Eigen::MatrixXd coefficients, std::vector<char> held, const TabulatedValues& given,
                  TablePreparation prepare)
      : axes_(given.axes),
        level_(level),
        coefficients_(std::move(coefficients)),
        held_(std::move(held)),
        prepare_(std::move(prepare)) {
    if (given.errors.size() > 0) uncertain_ = given;
  }

  int dimension() const override { return static_cast<int>(axes_.size()); }

  std::optional<LandscapeDomain> domain() const override { return domain_of(axes_, held_); }

  std::shared_ptr<const Landscape> redrawn(std::uint64_t seed) const override {
    if (!uncertain_) return nullptr;
    return spline_landscape(redrawn_table(*uncertain_, seed), prepare_);
  }

  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
              double /*time*/) const override {
    sample_derivatives(points, order, samples, [&](Index p) { return derivatives(points.col(p), order); });
  }

 private:
  struct Place {
    std::array<Index, 4> index;
    Weights weights;
  };

  static Place place(const TabulatedValues::Axis& axis, double x) {
    double s = (x - axis.first) / axis.spacing;
    const Index n = axis.points;
    if (axis.periodic) s -= static_cast<double>(n) * std::floor(s / static_cast<double>(n));
    auto interval = static_cast<Index>(std::floor(s));
    interval = axis.periodic ? std::min(interval, n - 1) : std::clamp<Index>(interval, 0, n - 2);
    Place place;
    place.weights = weights_at(s - static_cast<double>(interval));
    for (Index k = 0; k < 4; ++k)  // nodes interval - 1 ... interval + 2
      place.index[static_cast<std::size_t>(k)] = axis.periodic ? (interval - 1 + k + n) % n : interval + k;
    return place;
  }

  TableDerivatives derivatives(const Eigen::Ref<const Eigen::VectorXd>& point, int order) const {
    const Index d = dimension();
    std::array<Place, 2> at{};
    for (Index k = 0; k < d; ++k) at[static_cast<std::size_t>(k)] = place(axes_[static_cast<std::size_t>(k)], point[k]);
    TableDerivatives derivative{};
    for (int b = 0; b <= (d == 2 ? order : 0); ++b)
      for (int a = 0; a + b <= order; ++a) {
        double sum = 0.0;
        for (std::size_t j = 0; j < (d == 2 ? 4u : 1u); ++j) {
          double row = 0.0;
          for (std::size_t i = 0; i < 4; ++i)
            row += at[0].weights[static_cast<std::size_t>(a)][i] *
                   coefficients_(at[0].index[i], d == 2 ? at[1].index[j] : 0);
          sum += d == 2 ? at[1].weights[static_cast<std::size_t>(b)][j] * row : row;
        }
        for (int k = 0; k < a; ++k) sum /= axes_[0].spacing;
        for (int k = 0; k < b; ++k) sum /= axes_[1].spacing;
        derivative[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] = sum;
      }
    derivative[0][0] += level_;
    return derivative;
  }

  std::vector<TabulatedValues::Axis> axes_;
  double level_;  // that the splines stand on
  Eigen::MatrixXd coefficients_;
  std::vector<char> held_;
  TablePreparation prepare_;
  std::optional<TabulatedValues> uncertain_;  // the table, where it has errors
};

}  // namespace

std::shared_ptr<const Landscape> spline_landscape(const TabulatedValues& given, const TablePreparation& prepare) {
  return spline_landscape(given, prepare ? prepare(given) : given, prepare);
}

std::shared_ptr<const Landscape> spline_landscape(const TabulatedValues& given, TabulatedValues table,
                                                  const TablePreparation& prepare) {
  require_interpolable(table);
  const Index count = table.values.size();
  if (table.errors.size() != 0 && table.errors.size() != count)
    throw std::invalid_argument(fmt::format("the table holds {} errors of {} values", table.errors.size(), count));
  // The round-off of a spline through one value would be a landscape of its own.
  const double level = value_everywhere(table).value_or(0.0);
  table.values.array() -= level;
  std::vector<char> held = fill_missing(table, extend_beyond_data);
  const auto& x = table.axes[0];
  Eigen::MatrixXd coefficients = Interpolation(x.points, x.periodic)(table.values.reshaped(x.points, count / x.points));
  if (table.axes.size() == 2) {
    const auto& y = table.axes[1];
    coefficients = Interpolation(y.points, y.periodic)(coefficients.transpose()).transpose().eval();
  }
  return std::make_shared<SplineLandscape>(level, std::move(coefficients), std::move(held), given, prepare);
}

}  // namespace valleyflux
