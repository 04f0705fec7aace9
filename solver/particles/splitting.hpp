#pragma once

#include "solver/particles/exit_surface.hpp"
#include "solver/particles/particle_options.hpp"
#include "solver/particles/particle_system.hpp"
#include "solver/particles/reaction_coordinate.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace valleyflux {

struct SplittingOptions {
  std::uint32_t replicas = 100;  // paths that are followed together, >= 2
  std::uint32_t runs = 64;       // independent repetitions, >= 2: what the interval rests on
};

/// A rate by adaptive multilevel splitting, for barriers that no direct simulation would ever cross.
struct SplittingEstimate {
  double probability = 0.0;  // to reach the target from the first level before the origin; mean over the runs
  double first_time = 0.0;   // mean time from the start into recurrent loops, or to a target before them
  double loop_time = 0.0;    // mean time from one crossing of it to the next one, by way of the origin
  double path_time = 0.0;    // mean time from the first level to the target on the paths that get there
  /// 1 / mean time of first passage to the target, an absorbing wall included: 1 / (first time + s ((1 / p - 1) loop
  /// time + path time)) (Cerou, Guyader, Lelievre & Pommier 2011), s how often the loops become recurrent before a
  /// target is met, which is 1 unless one is near. Nothing if no path of any run got there.
  std::optional<double> rate;
  double relative_error = 0.0;   // standard error of log(rate), from the spread of the runs
  double low = 0.0, high = 0.0;  // 95 % interval: Student's on log(rate)
  std::uint32_t runs = 0;        // that were finished
  std::uint32_t extinct = 0;     // runs all of whose paths fell back at once: their probability is 0
  double steps = 0.0;            // made in all
  bool complete = true;          // false where the observer ended it
};

/// Told from time to time how many runs are finished; returns whether to go on.
using SplittingObserver = std::function<bool(std::uint32_t runs)>;

/// Particles start at `start` (d), whose value of the coordinate lies at or below `origin`: {coordinate <= origin} is
/// the set that they return to. A first level is laid where a tenth of the excursions from there get to; each run then
/// follows its replicas from crossings of that level: those that got least far are replaced by branches of others, at
/// the first state beyond what they reached (Cerou & Guyader 2007; for chains of steps, ties included, as Brehier,
/// Gazeau, Goudenege, Lelievre & Rousset 2016: unbiased). The target is reached behind `surface`, or across it within a
/// step as in first_exits. The same for every number of threads. Throws std::invalid_argument for bad options,
/// SolverError as ParticleBlock::step does, and where no path gets on although 1e9 steps were made.
SplittingEstimate adaptive_splitting(const ParticleSystem& system, const std::vector<double>& start,
                                     const ReactionCoordinate& coordinate, double origin, const ExitSurface& surface,
                                     const ParticleOptions& options, const SplittingOptions& splitting,
                                     const SplittingObserver& observer = {});

}  // namespace valleyflux
