#include "solver/statistics/pooled_value.hpp"

#include <Eigen/Core>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/tools/roots.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>

namespace valleyflux {

namespace {

struct WeightedMean {
  double value, squares, weight;
};

WeightedMean weighted_mean(const Eigen::ArrayXd& value, const Eigen::ArrayXd& error, double between_squared) {
  const Eigen::ArrayXd weight = 1.0 / (error.square() + between_squared);
  const double mean = (weight * value).sum() / weight.sum();
  return {mean, (weight * (value - mean).square()).sum(), weight.sum()};
}

}  // namespace

PooledValue pooled_value(const std::vector<MeasuredOnce>& measured) {
  const auto n = static_cast<Eigen::Index>(measured.size());
  if (n < 2) throw std::invalid_argument("a mean over measurements needs 2 of them at least");
  Eigen::ArrayXd value(n), error(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const MeasuredOnce& one = measured[static_cast<std::size_t>(i)];
    if (!(one.standard_error > 0 && std::isfinite(one.standard_error) && std::isfinite(one.value)))
      throw std::invalid_argument("measurements need finite values and positive errors");
    value[i] = one.value;
    error[i] = one.standard_error;
  }
  const double degrees = static_cast<double>(n) - 1.0;
  const auto excess = [&](double between_squared) {
    return weighted_mean(value, error, between_squared).squares - degrees;
  };
  double between_squared = 0.0;
  if (excess(0.0) > 0) {
    // At the plain variance of the values the weighted squares are below n - 1 already.
    const double most = (value - value.mean()).square().sum() / degrees;
    std::uintmax_t steps = 200;
    const auto bracket =
        boost::math::tools::toms748_solve(excess, 0.0, most, boost::math::tools::eps_tolerance<double>(48), steps);
    between_squared = 0.5 * (bracket.first + bracket.second);
  }
  const WeightedMean mean = weighted_mean(value, error, between_squared);
  constexpr double two_sided = 0.975;
  const double spread = std::max(1.0, mean.squares / degrees);
  const double reach =
      boost::math::quantile(boost::math::students_t(degrees), two_sided) * std::sqrt(spread / mean.weight);
  return {mean.value, mean.value - reach, mean.value + reach, std::sqrt(between_squared), static_cast<int>(n)};
}

}  // namespace valleyflux
