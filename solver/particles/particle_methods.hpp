#pragma once

#include "solver/particles/particle_estimate.hpp"
#include "solver/results.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// What the methods langevin, sgd and splitting are told.
struct ParticleMethods {
  ParticleOptions particles;
  struct Steps {
    double step, time_limit;
  };
  std::optional<Steps> sgd;  // of the method sgd, where they differ
  SplittingOptions splitting;
  std::optional<Expression> reaction_coordinate;  // of splitting; nothing: the committor
};

/// The options as langevin and splitting mean them, and as sgd does.
ParticleOptions options_of(const ParticleMethods& methods);
ParticleOptions sgd_options_of(const ParticleMethods& methods);

/// Where the progress of particles is told, and asked whether to go on; members may be left empty.
struct ParticleReports {
  std::function<void(double fraction, const std::string& stage)> progress;
  std::function<bool()> interrupted;
  std::function<void(const EscapeTimes&)> escape_times;
};

/// Tells progress, and whether to go on.
bool goes_on(const ParticleReports& reports, double fraction, const std::string& stage);
/// Tells the times of exits.
void tell_times(const ParticleReports& reports, const std::string& from, const std::string& to,
                const std::string& method, const FirstExits& exits);

/// A reaction coordinate, and its largest value in the set that paths return to.
struct SplittingCoordinate {
  ReactionCoordinate coordinate;
  double origin;
};

/// An escape by a method, both named, with what particles are told. coordinate: made where it is asked for; may throw
/// SolverError.
struct ParticleTask {
  const std::string& method;
  const ParticleEscape& escape;
  const std::string& from;
  const std::string& to;
  std::function<SplittingCoordinate()> coordinate;
  const ParticleMethods& methods;
  const ParticleReports& reports;

  bool goes_on(double fraction, const std::string& stage) const {
    return valleyflux::goes_on(reports, fraction, stage);
  }
};

/// A rate, and what users are to be warned of.
struct Measured {
  Estimate estimate;  // names of valley, target and method are left to the caller
  std::vector<std::string> warnings;
};

/// A method that measures by particles.
using ParticleMethod = Measured (*)(const ParticleTask&);

/// Particles that are watched until they escape.
Measured escape_of_particles(const ParticleTask& task, const ParticleOptions& options);

/// Adds what a task has found, with its warnings, to the results.
void add_measured(const ParticleTask& task, Measured found, Results& results);

}  // namespace valleyflux
