#include "solver/theory/saddle_limits.hpp"

#include "solver/solver_error.hpp"
#include "solver/theory/closed_forms.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace valleyflux {

namespace {

SaddleLimit limit_of(const Dynamics& dynamics, const Point<1>& minimum, const Point<1>& saddle) {
  const LaplaceRate rate = laplace_rate(dynamics, minimum[0], saddle[0]);
  constexpr double quadrature = 1e-9;
  return {rate.log_rate, rate.exponent, quadrature * rate.exponent, quadrature * rate.exponent, {}, ""};
}

SaddleLimit limit_of(const Dynamics& dynamics, const Point<2>& minimum, const Point<2>& saddle) {
  SaddleLimit limit;
  limit.paths = paths_to_saddle(dynamics, minimum, saddle);
  for (const ActionPath& path : limit.paths) {
    if (!limit.exponent || path.exponent < *limit.exponent) limit.exponent = path.exponent;
    limit.error = std::max(limit.error, path.error);
  }
  try {
    std::vector<double> logs;
    for (const ActionPath& path : limit.paths) {
      const PathRate rate = path_rate(dynamics, path);
      logs.push_back(rate.log_rate);
      limit.rate_error = std::max(limit.rate_error, rate.error);
    }
    const double highest = *std::max_element(logs.begin(), logs.end());
    double sum = 0.0;
    for (const double log_rate : logs) sum += std::exp(log_rate - highest);
    limit.log_rate = highest + std::log(sum);
  } catch (const SolverError& error) {
    limit.failure = error.what();
  } catch (const std::invalid_argument& error) {
    limit.failure = error.what();
  }
  return limit;
}

}  // namespace

template <int Dim>
const SaddleLimit& SaddleLimits<Dim>::of(int valley, std::size_t saddle) {
  const auto known = known_.find({valley, saddle});
  if (known != known_.end()) return known->second;
  const auto& minimum = problem_.valleys.at(static_cast<std::size_t>(valley)).minimum.value();
  // On a periodic axis the saddle that counts is its image next to the minimum.
  const Point<Dim> image =
      minimum.position + problem_.grid.difference(problem_.critical_points.at(saddle).position, minimum.position);
  SaddleLimit limit;
  try {
    limit = limit_of(problem_.dynamics, minimum.position, image);
  } catch (const std::invalid_argument& error) {
    limit.failure = error.what();
  } catch (const SolverError& error) {
    limit.failure = error.what();
  }
  return known_.emplace(std::pair{valley, saddle}, std::move(limit)).first->second;
}

template class SaddleLimits<1>;
template class SaddleLimits<2>;

}  // namespace valleyflux
