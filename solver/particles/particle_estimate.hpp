#pragma once

#include "solver/particles/first_exits.hpp"
#include "solver/particles/splitting.hpp"
#include "solver/results.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace valleyflux {

/// An escape as particles see it, in any number of dimensions.
struct ParticleEscape {
  ParticleSystem system;
  std::vector<double> start;  // d: where they set out
  /// The surface of the target, known as far away as a step of this length can matter.
  std::function<std::shared_ptr<const ExitSurface>(double step)> surface;
  bool first_exit = false;
};

/// The escape of a problem on a grid. Throws as escape_start and escape_target do.
template <int Dim>
ParticleEscape particle_escape(const Problem<Dim>& problem, const Escape& escape);

/// A rate measured by particles, with what it rests on.
struct ParticleEstimate {
  Estimate estimate;  // from and to are left to the caller
  FirstExits exits;
  std::vector<std::string> warnings;
};

/// The rate that exit times within `time_limit` tell (see escape_statistics). process: what moved them, for the note.
/// Warns where the times are not exponential, and where nobody escapes: the estimate has no rate then, but an upper
/// bound.
Estimate exits_estimate(const FirstExits& exits, const std::string& method, const std::string& process,
                        double time_limit, std::vector<std::string>& warnings);

/// Watches particles escape (see first_exits) and says at what rate they do, `method` by name. For langevin dynamics
/// half as many particles again move at twice the step: the note tells by how much the rate changes, an estimate of the
/// step's own error. Warns where that change is larger than its statistical error, where the times are not exponential,
/// and where nobody escapes: the estimate has no rate then, but an upper bound. Throws as first_exits does.
ParticleEstimate particle_estimate(const ParticleEscape& escape, const std::string& method,
                                   const ParticleOptions& options, const ParticleObserver& observer = {});

/// A rate by splitting, with what it rests on.
struct SplittingReport {
  Estimate estimate;  // method, from and to are left to the caller
  SplittingEstimate splitting;
  std::vector<std::string> warnings;
};

/// Splits paths from {coordinate <= origin} to the target (see adaptive_splitting). For langevin half as many runs are
/// made at twice the step. Warns where the two differ by more than chance, and where no path gets to the target. Throws
/// as adaptive_splitting does.
SplittingReport splitting_estimate(const ParticleEscape& escape, const ReactionCoordinate& coordinate, double origin,
                                   const ParticleOptions& options, const SplittingOptions& splitting,
                                   const SplittingObserver& observer = {});

extern template ParticleEscape particle_escape(const Problem<1>&, const Escape&);
extern template ParticleEscape particle_escape(const Problem<2>&, const Escape&);

}  // namespace valleyflux
