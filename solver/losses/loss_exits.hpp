#pragma once

#include "problems/losses/loss.hpp"
#include "solver/particles/first_exits.hpp"
#include "solver/particles/particle_options.hpp"

#include <Eigen/Core>

#include <memory>

namespace valleyflux {

/// Escape from a box in the space of a loss's parameters.
struct LossEscape {
  std::shared_ptr<const Loss> loss;
  Eigen::VectorXd start;      // d, in the box
  Eigen::VectorXd low, high;  // d: the ends of the box, infinite where it has none
  double injected = 0.0;      // D0 >= 0 of the white noise that is added (SGLD)
};

/// Times at which repetitions of SGD leave the box: theta' = theta - eta g + sqrt(2 eta D0) zeta, with g the gradient
/// over a minibatch of options.batch_size samples drawn anew for every step, eta = options.step and zeta normal (Xie et
/// al. 2020, Eq. 1; Welling & Teh 2011 for the white noise). Time is eta times the number of iterations. Repetition i
/// is the same whatever the number of threads. Throws std::invalid_argument for bad options, a minibatch that is no
/// draw of samples or a start outside the box, and SolverError where the parameters stop being numbers.
FirstExits loss_exits(const LossEscape& escape, const ParticleOptions& options, const ParticleObserver& observer = {});

}  // namespace valleyflux
