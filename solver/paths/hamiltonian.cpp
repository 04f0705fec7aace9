#include "solver/paths/hamiltonian.hpp"

#include "problems/dynamics/diffusion_model.hpp"

namespace valleyflux {

HamiltonianSamples sample_hamiltonian(const Dynamics& dynamics, const Eigen::Ref<const Eigen::MatrixXd>& points) {
  HamiltonianSamples samples;
  dynamics.drift.sample(points, samples.force, &samples.jacobian);
  dynamics.diffusion->sample(points, true, samples.noise);
  return samples;
}

Eigen::VectorXd position_slope(const HamiltonianSamples& samples, Eigen::Index k, const Eigen::VectorXd& p) {
  const Eigen::Index d = p.size();
  Eigen::VectorXd slope = samples.jacobian.col(k).reshaped(d, d).transpose() * p;
  for (Eigen::Index j = 0; j < d; ++j)
    slope[j] += p.dot(samples.noise.gradient.col(k).segment(j * d * d, d * d).reshaped(d, d) * p);
  return slope;
}

Eigen::MatrixXd mixed_slope(const HamiltonianSamples& samples, Eigen::Index k, const Eigen::VectorXd& p) {
  const Eigen::Index d = p.size();
  Eigen::MatrixXd slope = samples.jacobian.col(k).reshaped(d, d);
  for (Eigen::Index j = 0; j < d; ++j)
    slope.col(j) += 2.0 * (samples.noise.gradient.col(k).segment(j * d * d, d * d).reshaped(d, d) * p);
  return slope;
}

}  // namespace valleyflux
