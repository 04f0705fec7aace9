#include "problems/valleys/flow.hpp"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <utility>

namespace valleyflux {

namespace {

/// The largest rate at which the linearised motion decays.
double fastest_decay(const Tensor<1>& jacobian) {
  return -jacobian(0, 0);
}

double fastest_decay(const Tensor<2>& jacobian) {
  const double mean = 0.5 * jacobian.trace(), half_difference = 0.5 * (jacobian(0, 0) - jacobian(1, 1));
  return std::sqrt(std::max(0.0, half_difference * half_difference + jacobian(0, 1) * jacobian(1, 0))) - mean;
}

}  // namespace

template <int Dim>
std::vector<char> Flow<Dim>::held_by_stability(const std::vector<Progressing>& flows) const {
  Eigen::MatrixXd points(Dim, static_cast<Index>(flows.size())), force, jacobian;
  for (std::size_t n = 0; n < flows.size(); ++n)
    points.col(static_cast<Index>(n)) = grid_.wrapped_point(confined(flows[n].y.cwiseProduct(box_)));
  drift_.sample(points, force, &jacobian);
  std::vector<char> held;
  for (std::size_t n = 0; n < flows.size(); ++n) {
    const Tensor<Dim> here = jacobian.col(static_cast<Index>(n)).reshaped(Dim, Dim);
    held.push_back(here.allFinite() && flows[n].step * fastest_decay(here) > 1.0);
  }
  return held;
}

/// Rosenbrock's pair of orders 2 and 3 of Shampine & Reichelt (1997), L-stable: what has decayed holds no step back.
template <int Dim>
void Flow<Dim>::integrate_stiffly(const Eigen::Ref<const Positions>& starts, std::vector<Progressing> flows,
                                  double tolerance, const Known& known, std::atomic<std::int64_t>* steps_left,
                                  std::vector<int>& ends) const {
  constexpr int most_attempts = 5000, patience = 60;
  constexpr double smallest_move = 1e-15, finest = 1e-8;
  tolerance = std::max(tolerance, finest);  // of low order: smaller errors take too many steps
  const double d = 1.0 / (2.0 + std::sqrt(2.0)), e32 = 6.0 + std::sqrt(2.0);
  const double at_rest = 10.0 * tolerance;
  for (Progressing& flow : flows) {
    flow.resting = flow.y;
    flow.rested = 0;
  }
  Positions stage;
  Eigen::MatrixXd points, v0, v1, v2, force, jacobian;
  for (int attempt = 0; attempt < most_attempts && !flows.empty(); ++attempt) {
    const auto count = static_cast<Index>(flows.size());
    use_steps(steps_left, count, starts.col(flows.front().start));
    stage.resize(Dim, count);
    for (Index n = 0; n < count; ++n) stage.col(n) = flows[static_cast<std::size_t>(n)].y;
    velocities(stage, points, v0);
    drift_.sample(points, force, &jacobian);
    std::vector<Tensor<Dim>> inverse;
    Positions k1(Dim, count), k2(Dim, count);
    for (Index n = 0; n < count; ++n) {
      const Progressing& flow = flows[static_cast<std::size_t>(n)];
      Tensor<Dim> scaled =
          box_.cwiseInverse().asDiagonal() * jacobian.col(n).reshaped(Dim, Dim).eval() * box_.asDiagonal();
      for (int k = 0; k < Dim; ++k)
        if (v0(k, n) == 0.0 && force(k, n) != 0.0) scaled.row(k).setZero();  // held back by a wall
      inverse.push_back((Tensor<Dim>::Identity() - flow.step * d * scaled).inverse());
      k1.col(n) = inverse.back() * v0.col(n);
      stage.col(n) = flow.y + 0.5 * flow.step * k1.col(n);
    }
    velocities(stage, points, v1);
    for (Index n = 0; n < count; ++n) {
      const Progressing& flow = flows[static_cast<std::size_t>(n)];
      k2.col(n) = inverse[static_cast<std::size_t>(n)] * (v1.col(n) - k1.col(n)) + k1.col(n);
      stage.col(n) = flow.y + flow.step * k2.col(n);
    }
    velocities(stage, points, v2);
    std::vector<Progressing> going_on;
    for (Index n = 0; n < count; ++n) {
      Progressing flow = flows[static_cast<std::size_t>(n)];
      const Point<Dim> k3 = inverse[static_cast<std::size_t>(n)] *
                            (v2.col(n) - e32 * (k2.col(n) - v1.col(n)) - 2.0 * (k1.col(n) - v0.col(n)));
      const double excess = (flow.step / 6.0 * (k1.col(n) - 2.0 * k2.col(n) + k3)).cwiseAbs().maxCoeff() / tolerance;
      const bool accepted = excess <= 1.0;  // false for NaN
      const double factor = std::isfinite(excess) ? 0.8 * std::pow(std::max(excess, 1e-10), -1.0 / 3.0) : 0.2;
      if (!accepted && flow.step * v0.col(n).norm() < smallest_move) continue;  // F is not finite here
      flow.step *= std::clamp(factor, 0.2, 5.0);
      if (accepted) {
        const Point<Dim> reached = stage.col(n).cwiseProduct(box_);
        int& end = ends[static_cast<std::size_t>(flow.start)];
        end = end_at(reached, known);
        if (end != unknown) continue;
        end = -1;
        flow.y = confined(reached).cwiseQuotient(box_);
        push_off_unstable(tolerance, flow.y);
        if ((flow.y - flow.resting).cwiseAbs().maxCoeff() > at_rest) {
          flow.resting = flow.y;
          flow.rested = 0;
        } else if (++flow.rested > patience) {
          continue;
        }
      }
      going_on.push_back(flow);
    }
    flows = std::move(going_on);
  }
}

template class Flow<1>;
template class Flow<2>;

}  // namespace valleyflux
