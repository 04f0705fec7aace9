#include "problems/valleys/stable_point.hpp"

#include "grids/dense_algebra.hpp"
#include "problems/valleys/eigen_decomposition.hpp"

namespace valleyflux {

std::optional<StablePoint> stable_point_near(const Drift& drift, const Eigen::VectorXd& guess) {
  const Index d = drift.dimension();
  Eigen::VectorXd x = guess;
  Eigen::MatrixXd force, jacobian;
  const auto sample = [&](const Eigen::VectorXd& at) {
    drift.sample(at, force, &jacobian);
    return force.allFinite() && jacobian.allFinite();
  };
  // Steps so short that the flow is followed downhill: the fastest direction relaxes within ten of them.
  constexpr int flow_steps = 300, newton_steps = 60, halvings = 40;
  constexpr double part = 0.1;
  for (int k = 0; k < flow_steps; ++k) {
    if (!sample(x)) return std::nullopt;
    const double stiffness = jacobian.norm();
    if (!(stiffness > 0)) return std::nullopt;
    x += part / stiffness * force.col(0);
  }
  for (int k = 0; k < newton_steps; ++k) {
    if (!sample(x)) return std::nullopt;
    const double before = force.norm();
    const Eigen::VectorXd move = solve_dense(jacobian.reshaped(d, d), -force.col(0));
    if (!move.allFinite()) return std::nullopt;
    double size = 1.0;
    for (int h = 0; h < halvings && !(sample(x + size * move) && force.norm() <= before); ++h) size *= 0.5;
    if (!(force.norm() <= before)) break;
    x += size * move;
    if (size * move.norm() <= 1e-14 * (1.0 + x.norm())) break;
  }
  if (!sample(x)) return std::nullopt;
  StablePoint point{x, jacobian.reshaped(d, d), std::nullopt};
  constexpr double round_off = 1e-9;
  if (force.norm() > round_off * (1.0 + jacobian.norm() * x.norm())) return std::nullopt;
  if (!(real_eigen(point.jacobian).values.maxCoeff() < 0)) return std::nullopt;
  if (drift.potential()) {
    FieldSamples samples;
    drift.potential()->sample(x, 0, samples);
    point.height = samples.value[0];
  }
  return point;
}

}  // namespace valleyflux
