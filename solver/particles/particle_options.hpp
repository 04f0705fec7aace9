#pragma once

#include "solver/particles/random_numbers.hpp"

#include <cstdint>
#include <limits>

namespace valleyflux {

/// What moves the particles.
///   langevin: the stochastic differential equation in its interpretation.
///   sgd: the chain x' = x + step F + sqrt(2 step D) zeta itself (Xie et al. 2020, Eq. 1: step is the learning rate
///     eta, D = eta C / 2, so that the noise of a step is eta C^(1/2) zeta); what happens between its states has no
///     meaning.
enum class ParticleDynamics { langevin, sgd };

/// How a step of langevin is made.
///   euler_maruyama: weak order 1.
///   platen: the derivative-free scheme of weak order 2 (Kloeden & Platen 1992, Eq. 15.1.3; for constant D Heun's, for
///     which alone D may have rank below d), at 2 evaluations of the coefficients a step for constant D, 4 in one
///     dimension and 4 d + 2 in others.
enum class ParticleScheme { euler_maruyama, platen };

/// Where the noise of sgd comes from.
///   gaussian: normal numbers of covariance 2 step D.
///   with_replacement, without_replacement: the gradient of `batch_size` terms, drawn anew for every step, of a
///   landscape
///     that is an average over data; D does not matter then.
enum class Minibatch { gaussian, with_replacement, without_replacement };

struct ParticleOptions {
  std::uint32_t particles = 10000;  // > 0
  double step = 1e-3;               // of time, > 0
  std::uint64_t seed = 1;
  ParticleDynamics dynamics = ParticleDynamics::langevin;
  double time_limit = std::numeric_limits<double>::infinity();  // >= step: longer lives are cut off there
  ParticleScheme scheme = ParticleScheme::euler_maruyama;
  NoisePrecision noise = NoisePrecision::full;
  Minibatch minibatch = Minibatch::gaussian;
  std::uint32_t batch_size = 1;  // of minibatches, > 0
};

/// Throws std::invalid_argument unless 0 < step < infinity.
void require_step(double step);

}  // namespace valleyflux
