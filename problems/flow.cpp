#include "problems/flow.hpp"

#include "problems/lyapunov.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace valleyflux {

namespace {

/// Directions in which a sphere is probed.
template <int Dim>
std::vector<Point<Dim>> directions() {
  std::vector<Point<Dim>> units;
  if constexpr (Dim == 1) {
    units = {Point<1>(-1.0), Point<1>(1.0)};
  } else {
    constexpr int count = 24;
    for (int m = 0; m < count; ++m) {
      const double angle = 2.0 * std::numbers::pi * m / count;
      units.push_back(Point<Dim>(std::cos(angle), std::sin(angle)));
    }
  }
  return units;
}

/// The direction in which the flow leaves an unstable point fastest, towards lower coordinates.
template <int Dim>
Point<Dim> leaving_direction(const Tensor<Dim>& jacobian) {
  const Eigen::EigenSolver<Tensor<Dim>> solver(jacobian);
  Index fastest = 0;
  solver.eigenvalues().real().maxCoeff(&fastest);
  Point<Dim> direction = solver.eigenvectors().col(fastest).real().normalized();
  for (int k = 0; k < Dim; ++k)
    if (std::abs(direction[k]) > 1e-8) return direction[k] > 0 ? Point<Dim>(-direction) : direction;
  return direction;
}

}  // namespace

template <int Dim>
Flow<Dim>::Flow(Drift drift, Grid<Dim> grid, const std::vector<CriticalPoint<Dim>>& critical_points)
    : drift_(std::move(drift)), grid_(std::move(grid)) {
  for (int k = 0; k < Dim; ++k) box_[k] = grid_.axis(k).max() - grid_.axis(k).min();
  for (const auto& point : critical_points) (point.index == 0 ? stable_ : unstable_).push_back(point);
  if constexpr (Dim == 1) {
    std::vector<std::pair<double, int>> zeros;
    for (const auto& point : unstable_) zeros.emplace_back(point.position[0], -1);
    for (std::size_t k = 0; k < stable_.size(); ++k) zeros.emplace_back(stable_[k].position[0], static_cast<int>(k));
    std::sort(zeros.begin(), zeros.end());
    for (const auto& [position, stable] : zeros) {
      zeros_.push_back(position);
      zero_stable_.push_back(stable);
    }
    const Axis& axis = grid_.axis(0);
    Eigen::MatrixXd middle(1, static_cast<Index>(zeros_.size()) + 1), force;
    for (std::size_t i = 0; i <= zeros_.size(); ++i) {
      double low = i > 0 ? zeros_[i - 1] : axis.min(), high = i < zeros_.size() ? zeros_[i] : axis.max();
      if (axis.periodic() && !zeros_.empty() && (i == 0 || i == zeros_.size())) {
        low = zeros_.back() - box_[0];
        high = zeros_.front();
      }
      middle(0, static_cast<Index>(i)) = grid_.wrapped_point(Point<1>(0.5 * (low + high)))[0];
    }
    drift_.sample(middle, force);
    for (Index i = 0; i < force.cols(); ++i) upwards_.push_back(force(0, i) > 0 ? 1 : force(0, i) < 0 ? -1 : 0);
  } else {
    for (const auto& point : stable_) traps_.push_back(trap_around(point));
  }
}

template <int Dim>
typename Flow<Dim>::Trap Flow<Dim>::trap_around(const CriticalPoint<Dim>& stable) const {
  const Tensor<Dim> jacobian = -(box_.cwiseInverse().asDiagonal() * stable.hessian * box_.asDiagonal());
  Trap trap{Tensor<Dim>::Identity(), 0.0};
  bool linear = false;  // whether the linearised flow attracts: then metric decreases like -|y|^2
  if (!stable.degenerate)
    if (const auto metric = solve_lyapunov<Dim>(jacobian.transpose(), Tensor<Dim>::Identity()))
      if (Eigen::LLT<Tensor<Dim>>(*metric).info() == Eigen::Success) {
        trap.metric = *metric;
        linear = true;
      }
  const Eigen::SelfAdjointEigenSolver<Tensor<Dim>> solver(trap.metric);
  const Tensor<Dim> to_sphere = solver.operatorInverseSqrt();  // |u| = 1 -> metric 1
  const double widest = 1.0 / std::sqrt(solver.eigenvalues()[0]);
  double largest = 0.5;
  for (const auto* others : {&stable_, &unstable_})
    for (const auto& other : *others) {
      const double distance =
          grid_.difference(other.position, stable.position).cwiseQuotient(box_).norm();
      if (distance > 0) largest = std::min(largest, 0.9 * distance);
    }
  const std::vector<Point<Dim>> units = directions<Dim>();
  const auto count = static_cast<Index>(units.size());
  Eigen::MatrixXd points(Dim, count), force;
  for (double radius = 1e-4; radius <= largest; radius *= 1.15) {
    for (Index m = 0; m < count; ++m) {
      const Point<Dim> y = radius / widest * to_sphere * units[static_cast<std::size_t>(m)];
      points.col(m) = grid_.wrapped_point(stable.position + y.cwiseProduct(box_));
      if (!grid_.contains(points.col(m))) return trap;
    }
    drift_.sample(points, force);
    for (Index m = 0; m < count; ++m) {
      const Point<Dim> y = radius / widest * to_sphere * units[static_cast<std::size_t>(m)];
      const Point<Dim> velocity = force.col(m).cwiseQuotient(box_);
      const double change = 2.0 * y.dot(trap.metric * velocity);
      if (!(change < (linear ? -0.2 * y.squaredNorm() : 0.0))) return trap;
    }
    trap.level = (radius / widest) * (radius / widest);
  }
  return trap;
}

template <int Dim>
int Flow<Dim>::end_of(const Point<Dim>& x, double tolerance, const Known& known) const {
  const Point<Dim> inside = grid_.wrapped_point(x);
  if (!grid_.contains(inside) || stable_.empty()) return -1;
  if constexpr (Dim == 1) return end_on_line(inside[0]);
  else return end_by_integration(inside, tolerance, known);
}

template <int Dim>
int Flow<Dim>::end_on_line(double x) const {
  const int count = static_cast<int>(zeros_.size());
  int interval = static_cast<int>(std::upper_bound(zeros_.begin(), zeros_.end(), x) - zeros_.begin());
  int direction = upwards_[static_cast<std::size_t>(interval)];
  if (interval > 0 && zeros_[static_cast<std::size_t>(interval) - 1] == x) {
    const int here = zero_stable_[static_cast<std::size_t>(interval) - 1];
    if (here >= 0) return here;
    --interval;
    direction = upwards_[static_cast<std::size_t>(interval)];
  }
  if (direction == 0) return -1;
  int zero = direction > 0 ? interval : interval - 1;
  // A zero that the flow runs into from one side only is passed: the least noise leads on.
  for (int passed = 0; passed <= count; ++passed, zero += direction) {
    if (grid_.axis(0).periodic()) zero = (zero + count) % count;
    else if (zero < 0 || zero >= count) return -1;
    if (zero_stable_[static_cast<std::size_t>(zero)] >= 0) return zero_stable_[static_cast<std::size_t>(zero)];
  }
  return -1;
}

template <int Dim>
int Flow<Dim>::end_by_integration(const Point<Dim>& x, double tolerance, const Known& known) const {
  namespace odeint = boost::numeric::odeint;
  using State = std::array<double, Dim>;  // position in units of the box
  constexpr double arrived = 1e-11, push = 1e-9;
  constexpr int most_steps = 20000, patience = 30;

  Eigen::MatrixXd point(Dim, 1), force;
  const auto position = [&](const State& y) {
    return Point<Dim>(Eigen::Map<const Point<Dim>>(y.data()).cwiseProduct(box_));
  };
  /// Back onto the walls; whether that changed anything.
  const auto confined = [&](Point<Dim>& at) {
    bool moved = false;
    for (int k = 0; k < Dim; ++k) {
      const Axis& axis = grid_.axis(k);
      if (axis.periodic()) continue;
      const double before = at[k];
      at[k] = std::clamp(at[k], axis.min(), axis.max());
      moved = moved || at[k] != before;
    }
    return moved;
  };
  const auto velocity = [&](const State& y, State& dydt, double) {
    Point<Dim> at = position(y);
    confined(at);
    point.col(0) = grid_.wrapped_point(at);
    drift_.sample(point, force);
    for (int k = 0; k < Dim; ++k) {
      const Axis& axis = grid_.axis(k);
      double f = force(k, 0);
      const bool held = !axis.periodic() &&
                        ((axis.lower() == Boundary::reflecting && at[k] <= axis.min() && f < 0) ||
                         (axis.upper() == Boundary::reflecting && at[k] >= axis.max() && f > 0));
      dydt[static_cast<std::size_t>(k)] = held ? 0.0 : f / box_[k];
    }
  };
  const auto through_absorbing_wall = [&](const Point<Dim>& at) {
    for (int k = 0; k < Dim; ++k) {
      const Axis& axis = grid_.axis(k);
      if (axis.periodic()) continue;
      if (axis.lower() == Boundary::absorbing && at[k] <= axis.min()) return true;
      if (axis.upper() == Boundary::absorbing && at[k] >= axis.max()) return true;
    }
    return false;
  };

  auto stepper = odeint::make_controlled(tolerance, 0.0, odeint::runge_kutta_dopri5<State>());
  State y, start_velocity;
  Eigen::Map<Point<Dim>>(y.data()) = x.cwiseQuotient(box_);
  velocity(y, start_velocity, 0.0);
  double time = 0.0;
  double step = 1e-3 / std::max(Eigen::Map<Point<Dim>>(start_velocity.data()).norm(), 1e-300);
  State resting = y;  // where the flow was `rested` steps ago
  int rested = 0;
  for (int steps = 0; steps < most_steps; ++steps) {
    Point<Dim> at = position(y);
    if (!at.allFinite() || through_absorbing_wall(at)) return -1;
    for (std::size_t k = 0; k < stable_.size(); ++k) {
      const Point<Dim> offset = grid_.difference(at, stable_[k].position).cwiseQuotient(box_);
      if (offset.dot(traps_[k].metric * offset) < traps_[k].level || offset.norm() < 1e-8) return static_cast<int>(k);
    }
    if (known) {
      const int answer = known(grid_.wrapped_point(at));
      if (answer != unknown) return answer;
    }
    for (const auto& point_left : unstable_)
      if (grid_.difference(at, point_left.position).cwiseQuotient(box_).norm() < arrived) {
        const Tensor<Dim> jacobian =
            -(box_.cwiseInverse().asDiagonal() * point_left.hessian * box_.asDiagonal());
        Eigen::Map<Point<Dim>>(y.data()) += push * leaving_direction<Dim>(jacobian);
        stepper.stepper().reset();
      }
    double moved_by = 0.0;
    for (std::size_t k = 0; k < Dim; ++k) moved_by = std::max(moved_by, std::abs(y[k] - resting[k]));
    ++rested;
    if (moved_by > 1e-10) resting = y, rested = 0;
    if (rested > patience) return -1;

    int halvings = 0;
    while (stepper.try_step(velocity, y, time, step) == odeint::fail)
      if (++halvings > 200) return -1;
    Point<Dim> moved = position(y);
    if (!through_absorbing_wall(moved) && confined(moved)) {
      Eigen::Map<Point<Dim>>(y.data()) = moved.cwiseQuotient(box_);
      stepper.stepper().reset();
    }
  }
  return -1;
}

template class Flow<1>;
template class Flow<2>;

}  // namespace valleyflux
