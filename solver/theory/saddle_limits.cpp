#include "solver/theory/saddle_limits.hpp"

#include "grids/side_by_side.hpp"
#include "problems/valleys/eigen_decomposition.hpp"
#include "solver/paths/path.hpp"
#include "solver/solver_error.hpp"
#include "solver/theory/closed_forms.hpp"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

SaddleLimit limit_of(const Dynamics& dynamics, const Point<1>& minimum, const Point<1>& saddle) {
  const LaplaceRate rate = laplace_rate(dynamics, minimum[0], saddle[0]);
  constexpr double quadrature = 1e-9;
  return {rate.log_rate, rate.exponent, quadrature * rate.exponent, quadrature * rate.exponent, {}, ""};
}

/// Where the law is Boltzmann's the exponent is L's, the path the one of relaxation turned round, and the prefactor
/// that of Langer (1969): lambda / (2 pi) sqrt(det H_a / |det H_b|), lambda the positive eigenvalue of F's Jacobian, -M
/// H, at the saddle; of the ratio of the determinants det M is taken out again.
SaddleLimit limit_of_law(const Dynamics& dynamics, const BoltzmannLaw& law, const Point<2>& minimum,
                         const Point<2>& saddle) {
  Eigen::Matrix2d ends;
  ends << minimum, saddle;
  Eigen::MatrixXd force, jacobian;
  dynamics.drift.sample(ends, force, &jacobian);
  FieldSamples field;
  law.landscape->sample(ends, 2, field);
  const double at_minimum = field.hessian.col(0).reshaped(2, 2).determinant(),
               at_saddle = field.hessian.col(1).reshaped(2, 2).determinant();
  if (!(at_minimum > 0)) throw std::invalid_argument("the Hessian at the minimum is not positive definite");
  if (!(at_saddle < 0))
    throw std::invalid_argument("the Hessian at the saddle must have exactly one negative eigenvalue");
  const double unstable = real_eigen(jacobian.col(1).reshaped(2, 2)).values.maxCoeff();
  if (!(unstable > 0)) throw std::invalid_argument("the mobility vanishes at the saddle");

  SaddleLimit limit;
  limit.exponent = (field.value[1] - field.value[0]) / law.kT;
  limit.log_rate =
      std::log(unstable / (2.0 * std::numbers::pi)) + 0.5 * std::log(at_minimum / -at_saddle) - *limit.exponent;
  if (const auto relaxation = relaxation_between(dynamics, minimum, saddle)) {
    constexpr Index points = 257;
    ActionPath path;
    path.points = evenly_spaced(*relaxation, points);
    law.landscape->sample(path.points, 0, field);
    path.action = (field.value.array() - field.value[0]) / law.kT;
    path.exponent = *limit.exponent;
    limit.paths = {std::move(path)};
  } else {
    limit.failure = "the saddle relaxes into another minimum, one that was merged: there is more than one step to it";
  }
  return limit;
}

SaddleLimit limit_of(const Dynamics& dynamics, const Point<2>& minimum, const Point<2>& saddle) {
  if (const auto law = boltzmann_law(dynamics); law && dynamics.drift.mobility())
    return limit_of_law(dynamics, *law, minimum, saddle);
  SaddleLimit limit;
  limit.paths = paths_to_saddle(dynamics, minimum, saddle);
  for (const ActionPath& path : limit.paths) {
    if (!limit.exponent || path.exponent < *limit.exponent) limit.exponent = path.exponent;
    limit.error = std::max(limit.error, path.error);
  }
  try {
    std::vector<PathRate> rates(limit.paths.size());
    side_by_side(rates.size(), [&](std::size_t k) { rates[k] = path_rate(dynamics, limit.paths[k]); });
    double highest = rates.front().log_rate, sum = 0.0;
    for (const PathRate& rate : rates) {
      highest = std::max(highest, rate.log_rate);
      limit.rate_error = std::max(limit.rate_error, rate.error);
    }
    for (const PathRate& rate : rates) sum += std::exp(rate.log_rate - highest);
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
  std::unique_lock lock_of_all(lock_);
  Known& known = known_[{valley, saddle}];
  lock_of_all.unlock();
  const std::lock_guard lock(known.lock);
  if (known.limit) return *known.limit;
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
  return known.limit.emplace(std::move(limit));
}

template class SaddleLimits<1>;
template class SaddleLimits<2>;

}  // namespace valleyflux
