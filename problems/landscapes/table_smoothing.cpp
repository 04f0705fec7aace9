#include "problems/landscapes/table_smoothing.hpp"

#include "problems/landscapes/table_extension.hpp"
#include "problems/valleys/eigen_decomposition.hpp"

#include <algorithm>
#include <array>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>
#include <utility>

namespace valleyflux {

namespace {

/// Orthonormal basis of an axis (points x points) in which its squared third differences are numbers. Ends are free:
/// parabolas have none.
struct AxisBasis {
  Eigen::MatrixXd vectors;
  Eigen::ArrayXd roughness;  // of each vector, the cube root of its squared third differences

  explicit AxisBasis(const TabulatedValues::Axis& axis) {
    const Index n = axis.points;
    constexpr std::array difference{-1.0, 3.0, -3.0, 1.0};
    const Index rows = axis.periodic ? n : n - 3;
    Eigen::MatrixXd third = Eigen::MatrixXd::Zero(rows, n);
    for (Index i = 0; i < rows; ++i)
      for (Index k = 0; k < 4; ++k) third(i, (i + k) % n) += difference[static_cast<std::size_t>(k)];
    const EigenDecomposition eigen = symmetric_eigen(third.transpose() * third);
    vectors = eigen.vectors;
    roughness = eigen.values.array().max(0.0).pow(1.0 / 3.0);
    constexpr double round_off = 1e-5;  // of the largest: that of an eigenvalue of zero, by its cube root
    roughness = (roughness < round_off * roughness.maxCoeff()).select(0.0, roughness);
  }
};

}  // namespace

TableSmoothing::TableSmoothing(const std::vector<TabulatedValues::Axis>& axes) {
  const AxisBasis along_x(axes[0]);
  columns_ = along_x.vectors;
  rows_ = Eigen::MatrixXd::Ones(1, 1);
  Eigen::ArrayXd roughness = Eigen::ArrayXd::Zero(1);
  if (axes.size() == 2) {
    const bool same = axes[0].points == axes[1].points && axes[0].periodic == axes[1].periodic;
    const AxisBasis along_y = same ? along_x : AxisBasis(axes[1]);
    rows_ = along_y.vectors;
    roughness = along_y.roughness;
  }
  penalty_ =
      (along_x.roughness.replicate(1, rows_.cols()) + roughness.transpose().replicate(columns_.cols(), 1)).cube();
}

/// Of the table with its missing values continued, as far as they weigh.
Eigen::MatrixXd TableSmoothing::coefficients_of(TabulatedValues table) const {
  extend_beyond_data(table, held_points(table));
  return columns_.transpose() * table.values.reshaped(columns_.rows(), rows_.rows()) * rows_;
}

SmoothedTable TableSmoothing::filtered(const TabulatedValues& given, const Eigen::MatrixXd& coefficients,
                                       double strength) const {
  SmoothedTable result{given, strength};
  const Eigen::ArrayXXd share = filter(strength);
  const Eigen::MatrixXd kept = (share * coefficients.array()).matrix();
  const Eigen::VectorXd values = (columns_ * kept * rows_.transpose()).reshaped();
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
