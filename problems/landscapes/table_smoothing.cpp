#include "problems/landscapes/table_smoothing.hpp"

#include "problems/landscapes/table_extension.hpp"
#include "problems/valleys/eigen_decomposition.hpp"

#include <algorithm>
#include <array>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace valleyflux {

namespace {

constexpr double half = std::numbers::sqrt2 / 2.0;  // of two mirror images, so that lengths stay

/// Of the squared third differences along an axis (points x points). Ends are free: parabolas have none.
Eigen::MatrixXd squared_third_differences(const TabulatedValues::Axis& axis) {
  const Index n = axis.points;
  constexpr std::array difference{-1.0, 3.0, -3.0, 1.0};
  Eigen::MatrixXd squares = Eigen::MatrixXd::Zero(n, n);
  for (Index first = 0; first < (axis.periodic ? n : n - 3); ++first)
    for (Index i = 0; i < 4; ++i)
      for (Index k = 0; k < 4; ++k)
        squares((first + i) % n, (first + k) % n) +=
            difference[static_cast<std::size_t>(i)] * difference[static_cast<std::size_t>(k)];
  return squares;
}

}  // namespace

TableSmoothing::AxisBasis::AxisBasis(const TabulatedValues::Axis& axis) {
  const Index n = axis.points, odd = n / 2, even = n - odd;
  const Eigen::MatrixXd squares = squared_third_differences(axis);
  // Rows of the first half, and what comes to them from columns of the second one.
  Eigen::MatrixXd of_even = squares.topLeftCorner(even, even);
  Eigen::MatrixXd of_odd = squares.topLeftCorner(odd, odd);
  const Eigen::MatrixXd mirrored = squares.topRightCorner(even, odd).rowwise().reverse();
  of_even.leftCols(odd) += mirrored;
  of_odd -= mirrored.topRows(odd);
  if (even > odd) {  // the point in the middle is its own mirror image, and counts once
    of_even.row(odd) *= half;
    of_even.col(odd) /= half;
  }
  const EigenDecomposition of_evens = symmetric_eigen(of_even), of_odds = symmetric_eigen(of_odd);
  even_ = of_evens.vectors;
  odd_ = of_odds.vectors;
  Eigen::ArrayXd values(n);
  values << of_evens.values, of_odds.values;
  roughness = values.max(0.0).pow(1.0 / 3.0);
  constexpr double round_off = 1e-5;  // of the largest: that of an eigenvalue of zero, by its cube root
  roughness = (roughness < round_off * roughness.maxCoeff()).select(0.0, roughness);
}
Eigen::MatrixXd TableSmoothing::AxisBasis::coefficients(const Eigen::MatrixXd& values) const {
  const Index odd = odd_.rows(), even = even_.rows();
  const Eigen::MatrixXd first = values.topRows(odd), second = values.bottomRows(odd).colwise().reverse();
  Eigen::MatrixXd sums(even, values.cols());
  sums.topRows(odd) = half * (first + second);
  if (even > odd) sums.row(odd) = values.row(odd);
  Eigen::MatrixXd result(even + odd, values.cols());
  result.topRows(even).noalias() = even_.transpose() * sums;
  result.bottomRows(odd).noalias() = odd_.transpose() * (half * (first - second));
  return result;
}

Eigen::MatrixXd TableSmoothing::AxisBasis::within(const Part& part, const Eigen::MatrixXd& coefficients) const {
  Eigen::MatrixXd kept(part.evens + part.odds, coefficients.cols());
  kept << coefficients.topRows(part.evens), coefficients.middleRows(even_.rows(), part.odds);
  return kept;
}

Eigen::MatrixXd TableSmoothing::AxisBasis::values(const Part& part, const Eigen::MatrixXd& coefficients) const {
  const Index odd = odd_.rows(), even = even_.rows();
  const Eigen::MatrixXd sums = even_.leftCols(part.evens) * coefficients.topRows(part.evens),
                        differences = odd_.leftCols(part.odds) * coefficients.bottomRows(part.odds);
  Eigen::MatrixXd result(even + odd, coefficients.cols());
  result.topRows(odd) = half * (sums.topRows(odd) + differences);
  if (even > odd) result.row(odd) = sums.row(odd);
  result.bottomRows(odd) = half * (sums.topRows(odd) - differences).colwise().reverse();
  return result;
}

TableSmoothing::AxisBasis::Part TableSmoothing::AxisBasis::smoother_than(double limit) const {
  const auto count = [limit](const auto& ascending) {
    return static_cast<Index>(std::upper_bound(ascending.begin(), ascending.end(), limit) - ascending.begin());
  };
  return {count(roughness.head(even_.rows())), count(roughness.tail(odd_.rows()))};
}

TableSmoothing::TableSmoothing(const std::vector<TabulatedValues::Axis>& axes) {
  bases_.emplace_back(axes[0]);
  Eigen::ArrayXd across = Eigen::ArrayXd::Zero(1);
  if (axes.size() == 2) {
    const bool same = axes[0].points == axes[1].points && axes[0].periodic == axes[1].periodic;
    bases_.push_back(same ? bases_[0] : AxisBasis(axes[1]));
    across = bases_[1].roughness;
  }
  const Eigen::ArrayXd& along = bases_[0].roughness;
  penalty_ = (along.replicate(1, across.size()) + across.transpose().replicate(along.size(), 1)).cube();
}

/// Of the table with its missing values continued, as far as they weigh.
Eigen::MatrixXd TableSmoothing::coefficients_of(TabulatedValues table) const {
  fill_missing(table, extend_beyond_data);
  const Eigen::MatrixXd along = bases_[0].coefficients(table.values.reshaped(penalty_.rows(), penalty_.cols()));
  return bases_.size() == 1 ? along : bases_[1].coefficients(along.transpose()).transpose();
}

Eigen::VectorXd TableSmoothing::values_of(const Eigen::MatrixXd& coefficients, double strength) const {
  constexpr double negligible = 1e-6;  // of the scatter: a hundredth of it is left in smoothed values
  const double limit = std::cbrt(1.0 / (negligible * strength));
  const AxisBasis::Part along = bases_[0].smoother_than(limit);
  const Eigen::MatrixXd kept = bases_[0].within(along, coefficients);
  if (bases_.size() == 1) return bases_[0].values(along, kept);
  const AxisBasis::Part across = bases_[1].smoother_than(limit);
  const Eigen::MatrixXd lines = bases_[1].values(across, bases_[1].within(across, kept.transpose()));
  return bases_[0].values(along, lines.transpose()).reshaped();
}

SmoothedTable TableSmoothing::filtered(const TabulatedValues& given, const Eigen::MatrixXd& coefficients,
                                       double strength) const {
  SmoothedTable result{given, strength};
  const Eigen::ArrayXXd share = filter(strength);
  const Eigen::VectorXd values = values_of((share * coefficients.array()).matrix(), strength);
  double sum = 0.0;
  Index count = 0;
  for (Index p = 0; p < values.size(); ++p) {
    if (!std::isfinite(given.values[p])) continue;
    const double change = values[p] - given.values[p];
    result.table.values[p] = values[p];
    result.largest = std::max(result.largest, std::abs(change));
    sum += change * change;
    ++count;
  }
  result.rms = std::sqrt(sum / static_cast<double>(count));
  // The changes take this share of the values' freedom.
  if (result.rms > 0) result.noise = result.rms / std::sqrt(1.0 - share.mean());
  return result;
}

SmoothedTable TableSmoothing::smoothed(const TabulatedValues& table) const {
  const Eigen::MatrixXd coefficients = coefficients_of(table);
  const auto cross_validation = [&](double power) {
    const Eigen::ArrayXXd taken = 1.0 - filter(std::pow(10.0, power));
    const double left = taken.mean();
    return (taken * coefficients.array()).square().mean() / (left * left);
  };
  // From no smoothing to a parabola: powers of ten, then Brent's method about the best.
  constexpr int weakest = -6, strongest = 16, digits = 20;
  int best = weakest;
  double least = std::numeric_limits<double>::infinity();
  for (int power = weakest; power <= strongest; ++power)
    if (const double value = cross_validation(power); value < least) {
      least = value;
      best = power;
    }
  const double power = boost::math::tools::brent_find_minima(cross_validation, best - 1.0, best + 1.0, digits).first;
  return filtered(table, coefficients, std::pow(10.0, power));
}

SmoothedTable TableSmoothing::smoothed(const TabulatedValues& table, double strength) const {
  return filtered(table, coefficients_of(table), strength);
}

}  // namespace valleyflux
