#include "solver/particles/escape_statistics.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace valleyflux {

namespace {

double chi_squared_quantile(double probability, double degrees) {
  return boost::math::quantile(boost::math::chi_squared(degrees), probability);
}

double lilliefors(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  const auto n = static_cast<double>(times.size());
  const double mean = std::accumulate(times.begin(), times.end(), 0.0) / n;
  double largest = 0.0;
  for (std::size_t k = 0; k < times.size(); ++k) {
    const double expected = -std::expm1(-times[k] / mean), below = static_cast<double>(k) / n;
    largest = std::max({largest, expected - below, below + 1.0 / n - expected});
  }
  return (largest - 0.2 / n) * (std::sqrt(n) + 0.26 + 0.5 / std::sqrt(n));
}

/// Standard error of the mean, over the mean.
double relative_error_of_mean(const std::vector<double>& times) {
  const auto n = static_cast<double>(times.size());
  const double mean = std::accumulate(times.begin(), times.end(), 0.0) / n;
  double squares = 0.0;
  for (const double time : times) squares += (time - mean) * (time - mean);
  return std::sqrt(squares / (n - 1.0) / n) / mean;
}

}  // namespace

EscapeStatistics escape_statistics(const FirstExits& exits) {
  EscapeStatistics result;
  result.particles = static_cast<std::uint32_t>(exits.time.size());
  result.escapes = static_cast<std::uint32_t>(std::count(exits.escaped.begin(), exits.escaped.end(), 1));
  result.time_at_risk = std::accumulate(exits.time.begin(), exits.time.end(), 0.0);
  const auto k = static_cast<double>(result.escapes);
  const double twice = 2.0 * result.time_at_risk;
  if (!(twice > 0)) return result;
  const bool all = result.escapes == result.particles;
  if (result.escapes == 0) {
    result.high = -2.0 * std::log(0.05) / twice;
    return result;
  }
  result.rate = all && k > 2 ? (k - 2.0) / result.time_at_risk : k / result.time_at_risk;
  result.low = chi_squared_quantile(0.025, 2.0 * k) / twice;
  result.high = chi_squared_quantile(0.975, all ? 2.0 * k : 2.0 * k + 2.0) / twice;
  result.normal_error = 1.96 * *result.rate / std::sqrt(k);
  constexpr std::uint32_t fewest = 5;
  if (all && result.escapes >= fewest) result.exponentiality = lilliefors(exits.time);
  result.log_rate_error = std::sqrt(boost::math::trigamma(k));
  if (!result.exponential()) {
    const double error = relative_error_of_mean(exits.time);
    if (error > 0) result.log_rate_error = error;
  }
  return result;
}

}  // namespace valleyflux
