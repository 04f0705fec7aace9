#pragma once

#include "solver/particles/first_exits.hpp"
#include "solver/particles/splitting.hpp"
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

/// A rate by splitting, with what it rests on.
struct SplittingReport {
  Estimate estimate;  // method "splitting"; from and to are left to the caller
  SplittingEstimate splitting;
  std::vector<std::string> warnings;
};

/// Splits paths from the core of `escape.from` to the target (see adaptive_splitting). For langevin half as many runs
/// are made at twice the step. Warns where the two differ by more than chance, and where no path gets to the target.
/// Throws as adaptive_splitting does.
template <int Dim>
SplittingReport splitting_estimate(const Problem<Dim>& problem, const Escape& escape,
                                   const ReactionCoordinate& coordinate, const ParticleOptions& options,
                                   const SplittingOptions& splitting, const SplittingObserver& observer = {});

extern template SplittingReport splitting_estimate(const Problem<1>&, const Escape&, const ReactionCoordinate&,
                                                   const ParticleOptions&, const SplittingOptions&,
                                                   const SplittingObserver&);
extern template SplittingReport splitting_estimate(const Problem<2>&, const Escape&, const ReactionCoordinate&,
                                                   const ParticleOptions&, const SplittingOptions&,
                                                   const SplittingObserver&);
extern template ParticleEstimate particle_estimate(const Problem<1>&, const Escape&, const ParticleOptions&,
                                                   const ParticleObserver&);
extern template ParticleEstimate particle_estimate(const Problem<2>&, const Escape&, const ParticleOptions&,
                                                   const ParticleObserver&);

}  // namespace valleyflux
