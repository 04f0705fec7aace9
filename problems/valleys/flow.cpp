#include "problems/valleys/flow.hpp"

#include "problems/valleys/eigen_decomposition.hpp"
#include "problems/valleys/lyapunov.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>
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
  Point<Dim> direction = real_eigen(jacobian).vectors.col(Dim - 1);
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
Tensor<Dim> Flow<Dim>::scaled_jacobian(const CriticalPoint<Dim>& point) const {
  return -(box_.cwiseInverse().asDiagonal() * point.hessian * box_.asDiagonal());
}

template <int Dim>
typename Flow<Dim>::Trap Flow<Dim>::trap_around(const CriticalPoint<Dim>& stable) const {
  const Tensor<Dim> jacobian = scaled_jacobian(stable);
  Trap trap{Tensor<Dim>::Identity(), 0.0};
  bool linear = false;  // whether the linearised flow attracts: then metric decreases like -|y|^2
  if (!stable.degenerate)
    if (const auto metric = solve_lyapunov<Dim>(jacobian.transpose(), Tensor<Dim>::Identity()))
      if (symmetric_eigen(*metric).values[0] > 0) {
        trap.metric = *metric;
        linear = true;
      }
  const EigenDecomposition eigen = symmetric_eigen(trap.metric);
  const Tensor<Dim> to_sphere =
      with_eigenvalues(eigen, eigen.values.cwiseSqrt().cwiseInverse());  // |u| = 1 -> metric 1
  const double widest = 1.0 / std::sqrt(eigen.values[0]);
  double largest = 0.5;
  for (const auto* others : {&stable_, &unstable_})
    for (const auto& other : *others) {
      const double distance = grid_.difference(other.position, stable.position).cwiseQuotient(box_).norm();
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
  return ends_of(x, tolerance, known).front();
}

template <int Dim>
std::vector<int> Flow<Dim>::ends_of(const Eigen::Ref<const Eigen::Matrix<double, Dim, Eigen::Dynamic>>& starts,
                                    double tolerance, const Known& known, std::atomic<std::int64_t>* steps_left) const {
  std::vector<int> ends(static_cast<std::size_t>(starts.cols()), -1);
  if (stable_.empty()) return ends;
  if constexpr (Dim == 1) {
    for (Index n = 0; n < starts.cols(); ++n) {
      const Point<1> inside = grid_.wrapped_point(starts.col(n));
      if (grid_.contains(inside)) ends[static_cast<std::size_t>(n)] = end_on_line(inside[0]);
    }
  } else {
    integrate(starts, tolerance, known, steps_left, ends);
  }
  return ends;
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
    if (grid_.axis(0).periodic())
      zero = (zero + count) % count;
    else if (zero < 0 || zero >= count)
      return -1;
    if (zero_stable_[static_cast<std::size_t>(zero)] >= 0) return zero_stable_[static_cast<std::size_t>(zero)];
  }
  return -1;
}

template <int Dim>
void Flow<Dim>::velocities(const Positions& y, Eigen::MatrixXd& points, Eigen::MatrixXd& velocity) const {
  points.resize(Dim, y.cols());
  for (Index n = 0; n < y.cols(); ++n) points.col(n) = grid_.wrapped_point(confined(y.col(n).cwiseProduct(box_)));
  drift_.sample(points, velocity);
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid_.axis(k);
    for (Index n = 0; n < y.cols(); ++n) {
      double& v = velocity(k, n);
      const bool held = (axis.lower() == Boundary::reflecting && points(k, n) <= axis.min() && v < 0) ||
                        (axis.upper() == Boundary::reflecting && points(k, n) >= axis.max() && v > 0);
      v = held ? 0.0 : v / box_[k];
    }
  }
}

template <int Dim>
Point<Dim> Flow<Dim>::confined(Point<Dim> x) const {
  for (int k = 0; k < Dim; ++k)
    if (!grid_.axis(k).periodic()) x[k] = std::clamp(x[k], grid_.axis(k).min(), grid_.axis(k).max());
  return x;
}

template <int Dim>
bool Flow<Dim>::absorbed(const Point<Dim>& x) const {
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid_.axis(k);
    if (axis.lower() == Boundary::absorbing && x[k] <= axis.min()) return true;
    if (axis.upper() == Boundary::absorbing && x[k] >= axis.max()) return true;
  }
  return false;
}

template <int Dim>
int Flow<Dim>::end_at(const Point<Dim>& x, const Known& known) const {
  constexpr double arrived = 1e-8;
  if (!x.allFinite() || absorbed(x)) return -1;
  for (std::size_t k = 0; k < stable_.size(); ++k) {
    const Point<Dim> offset = grid_.difference(x, stable_[k].position).cwiseQuotient(box_);
    if (offset.dot(traps_[k].metric * offset) < traps_[k].level || offset.norm() < arrived) return static_cast<int>(k);
  }
  return known ? known(grid_.wrapped_point(x)) : unknown;
}

template <int Dim>
void Flow<Dim>::push_off_unstable(double tolerance, Eigen::Ref<Point<Dim>> y) const {
  // Steps hover about a saddle at a distance of the order of their error.
  for (const auto& point : unstable_)
    if (grid_.difference(y.cwiseProduct(box_), point.position).cwiseQuotient(box_).norm() < 10.0 * tolerance)
      y += 100.0 * tolerance * leaving_direction<Dim>(scaled_jacobian(point));
}

/// Fehlberg's Runge-Kutta pair of orders 4 and 5, every flow with its own steps, the drift sampled for all flows at
/// once.
template <int Dim>
void Flow<Dim>::integrate(const Eigen::Ref<const Positions>& starts, double tolerance, const Known& known,
                          std::atomic<std::int64_t>* steps_left, std::vector<int>& ends) const {
  constexpr double a[6][5] = {{},
                              {1.0 / 4},
                              {3.0 / 32, 9.0 / 32},
                              {1932.0 / 2197, -7200.0 / 2197, 7296.0 / 2197},
                              {439.0 / 216, -8.0, 3680.0 / 513, -845.0 / 4104},
                              {-8.0 / 27, 2.0, -3544.0 / 2565, 1859.0 / 4104, -11.0 / 40}};
  constexpr double b[6] = {16.0 / 135, 0.0, 6656.0 / 12825, 28561.0 / 56430, -9.0 / 50, 2.0 / 55};
  constexpr double error_weight[6] = {1.0 / 360, 0.0, -128.0 / 4275, -2197.0 / 75240, 1.0 / 50, 2.0 / 55};
  constexpr int most_attempts = 20000, patience = 200, looked_at_stiffness = 500;
  constexpr double first_move = 1e-3, smallest_move = 1e-15;
  const double at_rest = 10.0 * tolerance;

  std::vector<Progressing> runs, stiff;
  for (Index n = 0; n < starts.cols(); ++n) {
    const Point<Dim> inside = grid_.wrapped_point(starts.col(n));
    if (!grid_.contains(inside)) continue;
    Point<Dim> y = inside.cwiseQuotient(box_);
    const int end = end_at(inside, known);
    ends[static_cast<std::size_t>(n)] = end == unknown ? -1 : end;
    push_off_unstable(tolerance, y);
    if (end == unknown) runs.push_back({n, y, y});
  }

  Positions stage;
  Eigen::MatrixXd points;
  std::array<Eigen::MatrixXd, 6> v;
  for (int attempt = 0; attempt < most_attempts && !runs.empty(); ++attempt) {
    const auto count = static_cast<Index>(runs.size());
    use_steps(steps_left, count, starts.col(runs.front().start));
    for (std::size_t s = 0; s < 6; ++s) {
      stage.resize(Dim, count);
      for (Index n = 0; n < count; ++n) {
        const Progressing& run = runs[static_cast<std::size_t>(n)];
        stage.col(n) = run.y;
        for (std::size_t r = 0; r < s; ++r) stage.col(n) += run.step * a[s][r] * v[r].col(n);
      }
      velocities(stage, points, v[s]);
      if (s > 0) continue;
      for (Index n = 0; n < count; ++n) {
        Progressing& run = runs[static_cast<std::size_t>(n)];
        if (run.step == 0.0) run.step = first_move / std::max(v[0].col(n).norm(), 1e-300);
      }
    }
    std::vector<Progressing> going_on;
    for (Index n = 0; n < count; ++n) {
      Progressing run = runs[static_cast<std::size_t>(n)];
      int& end = ends[static_cast<std::size_t>(run.start)];
      Point<Dim> change = Point<Dim>::Zero(), error = Point<Dim>::Zero();
      for (std::size_t s = 0; s < 6; ++s) {
        change += run.step * b[s] * v[s].col(n);
        error += run.step * error_weight[s] * v[s].col(n);
      }
      const double excess = error.cwiseAbs().maxCoeff() / tolerance;
      const bool accepted = excess <= 1.0;  // false for NaN
      const double factor = std::isfinite(excess) ? 0.9 * std::pow(std::max(excess, 1e-10), -0.2) : 0.2;
      if (!accepted && run.step * v[0].col(n).norm() < smallest_move) continue;  // F is not finite here
      run.step *= std::clamp(factor, 0.2, 5.0);
      if (accepted) {
        const Point<Dim> reached = (run.y + change).cwiseProduct(box_);
        end = end_at(reached, known);
        if (end != unknown) continue;
        end = -1;
        run.y = confined(reached).cwiseQuotient(box_);
        push_off_unstable(tolerance, run.y);
        if ((run.y - run.resting).cwiseAbs().maxCoeff() > at_rest) {
          run.resting = run.y;
          run.rested = 0;
        } else if (++run.rested > patience) {
          if (held_by_stability({run}).front()) stiff.push_back(run);
          continue;
        }
      }
      going_on.push_back(run);
    }
    runs = std::move(going_on);
    if ((attempt + 1) % looked_at_stiffness != 0 || runs.empty()) continue;
    const std::vector<char> held = held_by_stability(runs);
    going_on.clear();
    for (std::size_t n = 0; n < runs.size(); ++n) (held[n] ? stiff : going_on).push_back(runs[n]);
    runs = std::move(going_on);
  }
  if (!stiff.empty()) integrate_stiffly(starts, std::move(stiff), tolerance, known, steps_left, ends);
}

template <int Dim>
void Flow<Dim>::use_steps(std::atomic<std::int64_t>* steps_left, Index count, const Point<Dim>& start) {
  if (steps_left && (*steps_left -= count) < 0)
    throw std::invalid_argument(
        fmt::format("too many flows to the minima do not end (one of them from ({:.6g})): define the valleys by "
                    "[[valley]], or merge shallow ones by valleys.depth",
                    fmt::join(start, ", ")));
}

template class Flow<1>;
template class Flow<2>;

}  // namespace valleyflux
