#include "solver/paths/minimum_action_path.hpp"

#include "grids/side_by_side.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/require_coefficients.hpp"
#include "problems/valleys/eigen_decomposition.hpp"
#include "solver/paths/hamiltonian.hpp"
#include "solver/paths/path.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <Eigen/Cholesky>

#include <algorithm>
#include <array>
#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <optional>
#include <stdexcept>

namespace valleyflux {

namespace {

using Eigen::Index;

/// x' over the columns (unit: per column), of fourth order, third at the ends.
Eigen::MatrixXd slope_along(const Eigen::MatrixXd& x) {
  const Index n = x.cols();
  Eigen::MatrixXd slope(x.rows(), n);
  for (Index k = 2; k + 2 < n; ++k)
    slope.col(k) = (8.0 * (x.col(k + 1) - x.col(k - 1)) - (x.col(k + 2) - x.col(k - 2))) / 12.0;
  const auto beside = [&](Index k, Index step) -> Eigen::VectorXd {
    return static_cast<double>(step) *
           (-2.0 * x.col(k - step) - 3.0 * x.col(k) + 6.0 * x.col(k + step) - x.col(k + 2 * step)) / 6.0;
  };
  const auto at_end = [&](Index k, Index step) -> Eigen::VectorXd {
    return static_cast<double>(step) *
           (-11.0 * x.col(k) + 18.0 * x.col(k + step) - 9.0 * x.col(k + 2 * step) + 2.0 * x.col(k + 3 * step)) / 6.0;
  };
  slope.col(0) = at_end(0, 1);
  slope.col(1) = beside(1, 1);
  slope.col(n - 2) = beside(n - 2, -1);
  slope.col(n - 1) = at_end(n - 1, -1);
  return slope;
}

/// Everything at the points of a path.
struct PathState {
  HamiltonianSamples samples;
  Eigen::MatrixXd slope;     // x'
  Eigen::VectorXd speed;     // lambda = |F|_D / |x'|_D
  Eigen::MatrixXd momentum;  // p = D^-1 (lambda x' - F) / 2
};

PathState state_of(const Dynamics& dynamics, const Eigen::MatrixXd& x) {
  const Index d = x.rows(), n = x.cols();
  PathState state{sample_hamiltonian(dynamics, x), slope_along(x), Eigen::VectorXd(n), Eigen::MatrixXd(d, n)};
  for (Index k = 0; k < n; ++k) {
    const Eigen::LLT<Eigen::MatrixXd> noise(state.samples.noise.tensor.col(k).reshaped(d, d));
    const Eigen::VectorXd force = state.samples.force.col(k), along = state.slope.col(k);
    if (noise.info() != Eigen::Success || !force.allFinite())
      throw std::invalid_argument(fmt::format("the noise is singular, or the drift not finite, at ({:.6g}) on a path",
                                              fmt::join(x.col(k).data(), x.col(k).data() + d, ", ")));
    const double force_size = noise.matrixL().solve(force).norm(), slope_size = noise.matrixL().solve(along).norm();
    state.speed[k] = slope_size > 0 ? force_size / slope_size : 0.0;
    state.momentum.col(k) = 0.5 * noise.solve(Eigen::VectorXd(state.speed[k] * along - force));
  }
  return state;
}

/// Where the smallest eigenvalue of D vanishes on the way, compared with the largest anywhere on it.
void require_noise(const Dynamics& dynamics, const Eigen::MatrixXd& x) {
  if (dynamics.diffusion->constant()) return;  // singular everywhere or nowhere: its factor tells
  const Index d = x.rows(), n = x.cols();
  const PathSpline curve(x);
  const auto between = [&](double u) { return curve.at(curve.length() * u / static_cast<double>(n - 1)); };
  DiffusionSamples noise;
  const auto least_at = [&](const Eigen::VectorXd& place) {
    dynamics.diffusion->sample(place, false, noise);
    return symmetric_eigen(noise.tensor.reshaped(d, d)).values[0];
  };
  Eigen::VectorXd least(n);
  double largest = 0.0;
  for (Index k = 0; k < n; ++k) {
    dynamics.diffusion->sample(x.col(k), false, noise);
    const EigenDecomposition eigen = symmetric_eigen(noise.tensor.reshaped(d, d));
    least[k] = eigen.values[0];
    largest = std::max(largest, eigen.values[d - 1]);
  }
  for (Index k = 0; k < n; ++k) {
    if ((k > 0 && least[k] > least[k - 1]) || (k + 1 < n && least[k] > least[k + 1])) continue;
    double low = std::max(static_cast<double>(k) - 1.0, 0.0),
           high = std::min(static_cast<double>(k) + 1.0, double(n - 1));
    constexpr int thirds = 90;
    for (int j = 0; j < thirds; ++j) {
      const double a = low + (high - low) / 3.0, b = high - (high - low) / 3.0;
      if (least_at(between(a)) < least_at(between(b)))
        high = b;
      else
        low = a;
    }
    const double middle = 0.5 * (low + high);
    const Eigen::VectorXd place = between(middle);
    constexpr double round_off = 1e-10;
    if (!(least_at(place) < round_off * largest)) continue;
    // With y the distance from the place the exponent is int 2 g / (kappa y) dy, cut off where other noise takes over:
    // g the drift across it, kappa the slope of D there.
    dynamics.diffusion->sample(place, false, noise);
    const Eigen::VectorXd across = symmetric_eigen(noise.tensor.reshaped(d, d)).vectors.col(0);
    const double beside = 0.05;  // of the distance between two points
    const Eigen::VectorXd before = between(middle - beside), after = between(middle + beside);
    const double kappa = (least_at(before) + least_at(after)) / std::abs(across.dot(after - before));
    Eigen::MatrixXd force;
    dynamics.drift.sample(place, force);
    throw std::invalid_argument(fmt::format(
        "the noise is singular at ({:.6g}): the exponent of the low-noise limit is infinite there (with other "
        "noise D0 beside, it grows like {:.4g} times the logarithm of 1 / D0)",
        fmt::join(place.data(), place.data() + d, ", "), 2.0 * std::abs(across.dot(force.col(0))) / kappa));
  }
}

/// (1 - tau lambda_k^2 d^2/dk^2) y = rhs inside, both ends fixed: tridiagonal, the same for every coordinate.
void smooth(const Eigen::VectorXd& strength, Eigen::MatrixXd& y) {
  const Index n = y.cols();
  Eigen::VectorXd upper(n);
  upper[0] = 0.0;
  for (Index k = 1; k + 1 < n; ++k) {
    const double s = strength[k], pivot = 1.0 + 2.0 * s - s * upper[k - 1];
    upper[k] = s / pivot;
    y.col(k) = (y.col(k) + s * y.col(k - 1)) / pivot;
  }
  for (Index k = n - 2; k > 0; --k) y.col(k) += upper[k] * y.col(k + 1);
}

/// Descends until the points rest; n points stay n.
Eigen::MatrixXd relaxed_path(const Dynamics& dynamics, Eigen::MatrixXd x, const ActionPathOptions& options) {
  const Index d = x.rows(), n = x.cols();
  double caution = 1.0;
  double last_movement = std::numeric_limits<double>::infinity();
  for (int iteration = 0; iteration < options.most_iterations; ++iteration) {
    const PathState state = state_of(dynamics, x);
    // The explicit terms are stable for steps below about the square of the shortest time of the dynamics.
    double fastest = 0.0;
    for (Index k = 0; k < n; ++k)
      fastest = std::max(fastest, mixed_slope(state.samples, k, state.momentum.col(k)).norm());
    const double tau = 0.5 * caution / (fastest * fastest);
    const Eigen::VectorXd speed_slope = slope_along(state.speed.transpose()).transpose();
    Eigen::MatrixXd next = x;
    for (Index k = 1; k + 1 < n; ++k) {
      const Eigen::VectorXd p = state.momentum.col(k);
      next.col(k) +=
          tau * (2.0 * (state.samples.noise.tensor.col(k).reshaped(d, d) * position_slope(state.samples, k, p)) -
                 state.speed[k] * (mixed_slope(state.samples, k, p) * state.slope.col(k)) +
                 state.speed[k] * speed_slope[k] * state.slope.col(k));
    }
    smooth(tau * state.speed.cwiseAbs2(), next);
    next = evenly_spaced(next, n);
    const double length = (n - 1) * (x.col(1) - x.col(0)).norm();
    const double movement = (next - x).colwise().norm().maxCoeff() / length / caution;
    if (!std::isfinite(movement))
      throw SolverError("the minimum-action path does not converge: it leaves for infinity");
    x = std::move(next);
    if (movement < options.tolerance) return x;
    // A descent that does not descend is unstable: shorter steps.
    constexpr int between_checks = 200;
    if (iteration % between_checks == between_checks - 1) {
      if (movement > 0.99 * last_movement) caution *= 0.5;
      last_movement = movement;
      if (caution < 1e-4) break;
    }
  }
  throw SolverError(fmt::format("the minimum-action path did not converge in {} iterations", options.most_iterations));
}

ActionPath measured(const Dynamics& dynamics, Eigen::MatrixXd x) {
  const PathState state = state_of(dynamics, x);
  const Index n = x.cols();
  ActionPath path;
  path.momentum = state.momentum;
  path.action = Eigen::VectorXd::Zero(n);
  const Eigen::VectorXd density = state.momentum.cwiseProduct(state.slope).colwise().sum();
  // int of the cubic through four neighbours, over one interval (fourth order).
  for (Index k = 1; k < n; ++k) {
    const Index first = std::clamp(k - 2, Index{0}, n - 4);
    const std::array<double, 4> y{density[first], density[first + 1], density[first + 2], density[first + 3]};
    const double piece = k - 1 == first       ? (9 * y[0] + 19 * y[1] - 5 * y[2] + y[3]) / 24.0
                         : k - 1 == first + 1 ? (-y[0] + 13 * y[1] + 13 * y[2] - y[3]) / 24.0
                                              : (y[0] - 5 * y[1] + 19 * y[2] + 9 * y[3]) / 24.0;
    path.action[k] = path.action[k - 1] + piece;
  }
  path.exponent = path.action[n - 1];
  path.points = std::move(x);
  return path;
}

}  // namespace

ActionPath minimum_action_path(const Dynamics& dynamics, const Eigen::VectorXd& a, const Eigen::VectorXd& b,
                               const Eigen::MatrixXd& start, const ActionPathOptions& options) {
  require_autonomous(dynamics);
  constexpr Index coarsest = 33;
  Eigen::MatrixXd x = start.cols() == 0 ? straight_path(a, b, coarsest) : start;
  x.col(0) = a;
  x.col(x.cols() - 1) = b;
  std::optional<ActionPath> path;
  for (Index n = std::min(coarsest, options.points);; n = std::min(2 * n - 1, options.points)) {
    x = evenly_spaced(x, n);
    require_noise(dynamics, x);
    x = relaxed_path(dynamics, std::move(x), options);
    const double before = path ? path->exponent : std::numeric_limits<double>::quiet_NaN();
    path = measured(dynamics, x);
    path->error = std::abs(path->exponent - before);
    if (n == options.points) break;
  }
  return *path;
}

std::optional<Eigen::MatrixXd> relaxation_between(const Dynamics& dynamics, const Eigen::VectorXd& stable,
                                                  const Eigen::VectorXd& saddle) {
  const Index d = stable.size();
  const double distance = (saddle - stable).norm();
  Eigen::MatrixXd force, jacobian;
  dynamics.drift.sample(saddle, force, &jacobian);
  const EigenDecomposition eigen = real_eigen(-jacobian.reshaped(d, d));
  Index unstable = 0;
  eigen.values.minCoeff(&unstable);
  const Eigen::VectorXd direction = eigen.vectors.col(unstable);
  using State = std::vector<double>;
  namespace odeint = boost::numeric::odeint;
  const auto at = [d](const State& x) { return Eigen::Map<const Eigen::VectorXd>(x.data(), d); };
  const auto flow = [&](const State& x, State& velocity, double) {
    dynamics.drift.sample(at(x), force);
    std::copy_n(force.data(), d, velocity.begin());
  };
  constexpr int steps_of_distance = 400, most_tries = 200000;
  constexpr double tolerance = 1e-7;  // of a step, in units of the distance
  constexpr double at_rest = 1e-6;    // of the velocity that the distance would have at the saddle
  const double step = distance / steps_of_distance;
  const auto from_stable = [&](const State& x) { return (at(x) - stable).norm(); };
  for (const double side : {1.0, -1.0}) {
    std::vector<Eigen::VectorXd> way{saddle};
    const Eigen::VectorXd beside = saddle + side * step * direction;
    State x(beside.begin(), beside.end());
    // Across a narrow valley the flow is stiff: steps as short as it needs.
    auto stepper = odeint::make_controlled(tolerance * distance, 0.0, odeint::runge_kutta_dopri5<State>());
    double time = 0.0, stride = 0.01 / -eigen.values[unstable];
    for (int k = 0; k < most_tries && from_stable(x) > 2.0 * step; ++k) {
      if ((at(x) - way.back()).norm() >= step) way.emplace_back(at(x));
      stepper.try_step(flow, x, time, stride);
      if (!std::isfinite(from_stable(x)) || !(stride > 0)) break;
      if (force.norm() < at_rest * -eigen.values[unstable] * distance) break;  // it rests elsewhere
    }
    if (!(from_stable(x) <= 2.0 * step)) continue;
    way.push_back(stable);
    Eigen::MatrixXd path(d, static_cast<Index>(way.size()));
    for (std::size_t k = 0; k < way.size(); ++k) path.col(path.cols() - 1 - static_cast<Index>(k)) = way[k];
    return path;
  }
  return std::nullopt;
}

Eigen::MatrixXd relaxation_path(const Dynamics& dynamics, const Eigen::VectorXd& stable,
                                const Eigen::VectorXd& saddle) {
  constexpr Index of_line = 17;
  const auto found = relaxation_between(dynamics, stable, saddle);
  return found ? *found : straight_path(stable, saddle, of_line);
}

std::vector<ActionPath> paths_to_saddle(const Dynamics& dynamics, const Eigen::VectorXd& stable,
                                        const Eigen::VectorXd& saddle, const ActionPathOptions& options) {
  constexpr Index first_points = 65;
  const Eigen::MatrixXd relaxation = evenly_spaced(relaxation_path(dynamics, stable, saddle), first_points);
  if (stable.size() != 2) return {minimum_action_path(dynamics, stable, saddle, relaxation, options)};
  // On a symmetric path the descent cannot tell that one beside it is better.
  const Eigen::MatrixXd slope = slope_along(relaxation);
  const double length = (first_points - 1) * (relaxation.col(1) - relaxation.col(0)).norm();
  const std::array<double, 3> sides{0.0, 1.0, -1.0};
  std::array<std::optional<ActionPath>, 3> found;
  side_by_side(found.size(), [&](std::size_t n) {
    const double side = sides[n];
    if (side == 0.0) {
      found[n] = minimum_action_path(dynamics, stable, saddle, relaxation, options);
      return;
    }
    Eigen::MatrixXd beside = relaxation;
    constexpr double bulge = 0.1;
    for (Index k = 0; k < first_points; ++k) {
      const Eigen::Vector2d normal = Eigen::Vector2d(-slope(1, k), slope(0, k)).normalized();
      beside.col(k) +=
          side * bulge * length * std::sin(std::numbers::pi * static_cast<double>(k) / (first_points - 1)) * normal;
    }
    try {
      found[n] = minimum_action_path(dynamics, stable, saddle, beside, options);
    } catch (const SolverError&) {
      // From a start so far off the descent may fail; the first path stands.
    }
  });
  double least = found[0]->exponent;
  for (const std::optional<ActionPath>& path : found)
    if (path) least = std::min(least, path->exponent);
  // Paths that mirror each other have the same exponent to the round-off of the descent; a near miss, far inside the
  // tube around the least one, is no second path in the low-noise limit.
  constexpr double same_exponent = 1e-6, same_place = 1e-3;
  std::vector<ActionPath> distinct;
  for (std::optional<ActionPath>& path : found) {
    if (!path || path->exponent > least + same_exponent * least) continue;
    const bool known = std::any_of(distinct.begin(), distinct.end(), [&](const ActionPath& other) {
      return (other.points - path->points).colwise().norm().maxCoeff() < same_place * length;
    });
    if (!known) distinct.push_back(std::move(*path));
  }
  return distinct;
}

}  // namespace valleyflux
