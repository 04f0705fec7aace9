#include "solver/methods/estimator.hpp"

namespace valleyflux {

/// Particles moved by the dynamics asked for.
Estimator langevin_method() {
  return {.particles = [](const ParticleTask& task) { return escape_of_particles(task, options_of(task.methods)); }};
}

}  // namespace valleyflux
