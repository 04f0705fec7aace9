#pragma once

#include "solver/particles/particle_estimate.hpp"
#include "solver/results.hpp"

#include <functional>
#include <optional>
#include <string>

namespace valleyflux {

/// What the methods langevin, sgd and splitting are told.
struct ParticleMethods {
  ParticleOptions particles;
  std::optional<double> sgd_step;  // of the method sgd, where that differs
  SplittingOptions splitting;
  std::optional<Expression> reaction_coordinate;  // of splitting; nothing: the committor
};

bool by_particles(const std::string& method);

/// The options as one of these methods means them.
ParticleOptions options_of(const ParticleMethods& methods, const std::string& method);

/// Where the progress of particles is told, and asked whether to go on; members may be left empty.
struct ParticleReports {
  std::function<void(double fraction, const std::string& stage)> progress;
  std::function<bool()> interrupted;
  std::function<void(const EscapeTimes&)> escape_times;
};

/// Measures an escape by langevin or sgd, and adds what was found, with its warnings, to the results. from, to: names.
void measure_by_particles(const ParticleEscape& escape, const std::string& from, const std::string& to,
                          const std::string& method, const ParticleMethods& methods, const ParticleReports& reports,
                          Results& results);

/// A reaction coordinate, and its largest value in the set that paths return to.
struct SplittingCoordinate {
  ReactionCoordinate coordinate;
  double origin;
};

/// The same by splitting. A coordinate that cannot be made (SolverError) is a warning, and a rate that is not there.
void measure_by_splitting(const ParticleEscape& escape, const std::string& from, const std::string& to,
                          const std::function<SplittingCoordinate()>& coordinate, const ParticleMethods& methods,
                          const ParticleReports& reports, Results& results);

}  // namespace valleyflux
