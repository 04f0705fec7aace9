#include "problems/valleys/relaxation.hpp"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <optional>

namespace valleyflux {

namespace {

template <int Dim>
struct Motion {
  Index start;
  Point<Dim> x, force;
  Tensor<Dim> jacobian;
  Point<Dim> step = Point<Dim>::Zero();
  double tau = 0.0;      // 0 before the first step
  double longest = 0.0;  // step so far
};

/// The largest real part of the eigenvalues of a Jacobian.
double fastest_growth(const Tensor<1>& jacobian) {
  return jacobian(0, 0);
}

double fastest_growth(const Tensor<2>& jacobian) {
  const double mean = 0.5 * jacobian.trace(), half_difference = 0.5 * (jacobian(0, 0) - jacobian(1, 1));
  return mean + std::sqrt(std::max(0.0, half_difference * half_difference + jacobian(0, 1) * jacobian(1, 0)));
}

/// The next step. Where the motion unfolds along a direction tau must not reach over the time of that: an implicit step
/// would turn round and find the saddle.
template <int Dim>
void set_step(Motion<Dim>& motion) {
  const double fastest = fastest_growth(motion.jacobian);
  constexpr double first = 0.1;
  if (motion.tau == 0.0) {
    const double rate = motion.jacobian.norm();
    motion.tau = rate > 0 ? first / rate : first * std::max(motion.x.norm(), first) / motion.force.norm();
  }
  if (fastest > 0) motion.tau = std::min(motion.tau, 0.5 / fastest);
  const Tensor<Dim> matrix = Tensor<Dim>::Identity() / motion.tau - motion.jacobian;
  motion.step = matrix.inverse() * motion.force;
}

}  // namespace

template <int Dim>
bool same_zero(const Point<Dim>& a, const Point<Dim>& b) {
  constexpr double relative = 1e-8, absolute = 1e-11;
  return (a - b).norm() <= relative * std::max(a.norm(), b.norm()) + absolute;
}

template <int Dim>
std::vector<Point<Dim>> resting_points(const Drift& drift, const Eigen::Matrix<double, Dim, Eigen::Dynamic>& starts) {
  constexpr int most_attempts = 3000;
  constexpr double at_rest = 1e-10, least_move = 1e-14, far_away = 1e12;
  constexpr double growth = 4.0, mismatch = 0.5;
  std::vector<std::optional<Point<Dim>>> rests(static_cast<std::size_t>(starts.cols()));
  std::vector<Motion<Dim>> motions;
  Eigen::MatrixXd points = starts, force, jacobian;
  drift.sample(points, force, &jacobian);
  for (Index n = 0; n < starts.cols(); ++n) {
    if (!force.col(n).allFinite() || !jacobian.col(n).allFinite() || force.col(n).isZero(0)) continue;
    motions.push_back({n, starts.col(n), force.col(n), jacobian.col(n).reshaped(Dim, Dim)});
    set_step(motions.back());
  }
  for (int attempt = 0; attempt < most_attempts && !motions.empty(); ++attempt) {
    points.resize(Dim, static_cast<Index>(motions.size()));
    for (Index n = 0; n < points.cols(); ++n) {
      const Motion<Dim>& motion = motions[static_cast<std::size_t>(n)];
      points.col(n) = motion.x + motion.step;
    }
    drift.sample(points, force, &jacobian);
    std::vector<Motion<Dim>> going_on;
    for (Index n = 0; n < points.cols(); ++n) {
      Motion<Dim> motion = motions[static_cast<std::size_t>(n)];
      const Point<Dim> expected = motion.force + motion.jacobian * motion.step, there = force.col(n);
      const bool linear = there.allFinite() && jacobian.col(n).allFinite() &&
                          (there - expected).norm() <= mismatch * motion.force.norm();
      const double length = motion.step.norm();
      if (!linear) {
        if (!(length > least_move * motion.x.norm())) continue;
        motion.tau /= growth;
      } else {
        motion.x = points.col(n);
        motion.longest = std::max(motion.longest, length);
        motion.force = there;
        motion.jacobian = jacobian.col(n).reshaped(Dim, Dim);
        motion.tau *= growth;
        if (motion.x.norm() > far_away) continue;
        const bool stable = fastest_growth(motion.jacobian) <= 0;
        const bool small = length <= at_rest * motion.x.norm() || length <= least_move * motion.longest;
        if (there.isZero(0) || (small && motion.tau * motion.jacobian.norm() > growth)) {
          // A plateau is no place of rest, nor is a saddle that was met exactly.
          if (stable && !motion.jacobian.isZero(0)) rests[static_cast<std::size_t>(motion.start)] = motion.x;
          continue;
        }
      }
      set_step(motion);
      if (motion.step.allFinite()) going_on.push_back(motion);
    }
    motions = std::move(going_on);
  }
  std::vector<Point<Dim>> distinct;
  for (const auto& rest : rests)
    if (rest &&
        std::none_of(distinct.begin(), distinct.end(), [&](const auto& known) { return same_zero(*rest, known); }))
      distinct.push_back(*rest);
  return distinct;
}

template std::vector<Point<1>> resting_points(const Drift&, const Eigen::Matrix<double, 1, Eigen::Dynamic>&);
template std::vector<Point<2>> resting_points(const Drift&, const Eigen::Matrix<double, 2, Eigen::Dynamic>&);
template bool same_zero(const Point<1>&, const Point<1>&);
template bool same_zero(const Point<2>&, const Point<2>&);

}  // namespace valleyflux
