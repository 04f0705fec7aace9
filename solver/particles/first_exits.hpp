#pragma once

#include "problems/problem.hpp"
#include "solver/escape/escape.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace valleyflux {

/// What moves the particles.
///   langevin: the stochastic differential equation in the problem's interpretation, by Euler and Maruyama: first order
///     in the step; exits between the ends of a step are found by the probability that a Brownian bridge touches the
///     surface (Gobet 2000; exact for flat surfaces and constant coefficients).
///   sgd: the chain x' = x + step F + sqrt(2 step D) zeta itself (Xie et al. 2020, Eq. 1: step is the learning rate
///   eta,
///     D = eta C / 2, so that the noise of a step is eta C^(1/2) zeta); what happens between its states has no meaning.
enum class ParticleDynamics { langevin, sgd };

struct ParticleOptions {
  std::uint32_t particles = 10000;  // > 0
  double step = 1e-3;               // of time, > 0
  std::uint64_t seed = 1;
  ParticleDynamics dynamics = ParticleDynamics::langevin;
  double time_limit = std::numeric_limits<double>::infinity();  // > 0: longer lives are cut off there
};

/// Times of first exit, in the unit of the problem.
struct FirstExits {
  std::vector<double> time;   // by particle; of those that have not escaped the time they were watched for
  std::vector<char> escaped;  // by particle
  double steps = 0.0;         // made in all
  bool complete = true;       // false where the observer ended it: some are watched less than asked for, or not at all
};

/// Told from time to time how many particles are done and how many of them have escaped, and for how long all were
/// watched; returns whether to go on. Those that are not done then count as watched up to there.
using ParticleObserver = std::function<bool(std::uint32_t done, std::uint32_t escapes, double time_at_risk)>;

/// Lets particles start at the minimum of the valley `escape.from` and watches them until they reach the target of the
/// escape. Reflecting walls throw them back, absorbing ones end their way. Particle i is the same whatever the number
/// of threads. Throws std::invalid_argument for bad options and SolverError, naming a step that would do, if a step
/// throws a particle across the box or to where the coefficients are not finite.
template <int Dim>
FirstExits first_exits(const Problem<Dim>& problem, const Escape& escape, const ParticleOptions& options,
                       const ParticleObserver& observer = {});

extern template FirstExits first_exits(const Problem<1>&, const Escape&, const ParticleOptions&,
                                       const ParticleObserver&);
extern template FirstExits first_exits(const Problem<2>&, const Escape&, const ParticleOptions&,
                                       const ParticleObserver&);

}  // namespace valleyflux
