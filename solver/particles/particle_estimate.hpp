#pragma once

#include "solver/particles/first_exits.hpp"
#include "solver/results.hpp"

#include <functional>
#include <string>
#include <vector>

namespace valleyflux {

/// A rate measured by particles, with what it rests on.
struct ParticleEstimate {
  Estimate estimate;  // method "langevin" or "sgd"; from and to are left to the caller
  FirstExits exits;
  std::vector<std::string> warnings;
};

/// Watches particles escape (see first_exits) and says at what rate they do. For langevin half as many particles again
/// move at twice the step: the note tells by how much the rate changes, an estimate of the step's own error. Warns
/// where that change is larger than its statistical error, where the times are not exponential, and where nobody
/// escapes: the estimate has no rate then, but an upper bound. Throws as first_exits does.
template <int Dim>
ParticleEstimate particle_estimate(const Problem<Dim>& problem, const Escape& escape, const ParticleOptions& options,
                                   const ParticleObserver& observer = {});

extern template ParticleEstimate particle_estimate(const Problem<1>&, const Escape&, const ParticleOptions&,
                                                   const ParticleObserver&);
extern template ParticleEstimate particle_estimate(const Problem<2>&, const Escape&, const ParticleOptions&,
                                                   const ParticleObserver&);

}  // namespace valleyflux
