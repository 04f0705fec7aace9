#include "problems/landscapes/table_smoothing.hpp"

#include "problems/landscapes/table_extension.hpp"
#include "problems/valleys/eigen_decomposition.hpp"

#include <Eigen/Core>

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

/// A table in the bases of its axes.
class Spectrum {
 public:
  explicit Spectrum(const TabulatedValues& table) {
    const bool plane = table.axes.size() == 2;
    const Index columns = table.axes[0].points, rows = table.values.size() / columns;
    const AxisBasis along_x(table.axes[0]);
    columns_ = along_x.vectors;
    Eigen::ArrayXd roughness = Eigen::ArrayXd::Zero(1);
    rows_ = Eigen::MatrixXd::Ones(1, 1);
    if (plane) {
      const auto& x = table.axes[0];
      const auto& y = table.axes[1];
      const AxisBasis along_y = x.points == y.points && x.periodic == y.periodic ? along_x : AxisBasis(y);
      rows_ = along_y.vectors;
      roughness = along_y.roughness;
    }
    coefficients_ = columns_.transpose() * table.values.reshaped(columns, rows) * rows_;
    penalty_ = (along_x.roughness.replicate(1, rows) + roughness.transpose().replicate(columns, 1)).cube();
  }

  Eigen::ArrayXXd filter(double strength) const { return 1.0 / (1.0 + strength * penalty_); }
  Eigen::VectorXd values(double strength) const {
    const Eigen::MatrixXd kept = (filter(strength) * coefficients_.array()).matrix();
    return (columns_ * kept * rows_.transpose()).reshaped();
  }
  /// Share of the values' freedom that smoothing takes.
  double share_taken(double strength) const { return 1.0 - filter(strength).mean(); }
  double cross_validation(double strength) const {
    const Eigen::ArrayXXd kept = filter(strength);
    const auto n = static_cast<double>(kept.size());
    const double left = 1.0 - kept.sum() / n;
    return ((1.0 - kept) * coefficients_.array()).square().sum() / n / (left * left);
  }

 private:
  Eigen::MatrixXd columns_, rows_, coefficients_;
  Eigen::ArrayXXd penalty_;
};

SmoothedTable filtered(const TabulatedValues& given, const Spectrum& spectrum, double strength) {
  SmoothedTable result{given, strength};
  const Eigen::VectorXd values = spectrum.values(strength);
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
  if (result.rms > 0) result.noise = result.rms / std::sqrt(spectrum.share_taken(strength));
  return result;
}

/// The table with its missing values continued, as far as they weigh.
Spectrum spectrum_of(TabulatedValues table) {
  extend_beyond_data(table, held_points(table));
  return Spectrum(table);
}

}  // namespace

SmoothedTable smoothed(const TabulatedValues& table) {
  const Spectrum spectrum = spectrum_of(table);
  // From no smoothing to a parabola: powers of ten, then Brent's method about the best.
  constexpr int weakest = -6, strongest = 16, digits = 20;
  int best = weakest;
  double least = std::numeric_limits<double>::infinity();
  const auto at = [&](double power) { return spectrum.cross_validation(std::pow(10.0, power)); };
  for (int power = weakest; power <= strongest; ++power)
    if (const double value = at(power); value < least) {
      least = value;
      best = power;
    }
  const double power = boost::math::tools::brent_find_minima(at, best - 1.0, best + 1.0, digits).first;
  return filtered(table, spectrum, std::pow(10.0, power));
}

SmoothedTable smoothed(const TabulatedValues& table, double strength) {
  return filtered(table, spectrum_of(table), strength);
}

}  // namespace valleyflux
