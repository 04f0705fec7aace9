#pragma once

#include "problems/losses/loss.hpp"
#include "solver/particles/particle_options.hpp"

#include <Eigen/Core>

#include <cstdint>

namespace valleyflux {

struct TrainingOptions {
  double eta = 0.1;  // learning rate at the start, > 0; falls linearly to zero
  std::uint32_t batch_size = 1;
  std::uint64_t steps = 0;
  std::uint64_t seed = 1;
  Minibatch minibatch = Minibatch::with_replacement;
};

/// Where SGD over minibatches gets to from theta (d). Throws std::invalid_argument for a bad learning rate or
/// minibatch, SolverError where the parameters stop being numbers.
Eigen::VectorXd trained_by_sgd(const Loss& loss, Eigen::VectorXd theta, const TrainingOptions& options);

}  // namespace valleyflux
