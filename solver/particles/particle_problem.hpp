#pragma once

#include "problems/expressions/expression.hpp"
#include "problems/methods.hpp"
#include "solver/escape/escape.hpp"
#include "solver/particles/particle_methods.hpp"
#include "solver/theory/predictions.hpp"

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// What a user says of a valley where there is no grid: all of it by conditions on the coordinates.
struct ParticleValleyDefinition {
  std::string name;
  Expression where;
  std::optional<Expression> core;  // what counts as having arrived; needed for escapes into this valley
  std::vector<double> minimum;     // d: near it
};

struct ParticleValley {
  std::string name;
  Expression where;
  std::optional<Expression> core;
  std::vector<double> minimum;   // d: the stable point itself
  std::optional<double> height;  // of the landscape there
};

/// What an escape may lead to that is no valley: where a condition holds, or a wall of the box; one of the two is set.
struct ParticleTarget {
  std::string name;
  std::optional<Expression> where;
  std::optional<AbsorbingWall> wall;
};

/// A problem in any number of dimensions, for particles alone.
struct ParticleProblem {
  std::string title;
  ParticleSystem system;
  std::vector<ParticleValley> valleys;
  double relaxation_time = 0.0;  // of the slowest direction at the stable points
  std::vector<ParticleTarget> targets = {};
};

/// Finds the minima. Throws ProblemError if dimensions differ, there is no valley, or a valley has no stable point near
/// its minimum, or has it outside or beyond the box.
ParticleProblem make_particle_problem(std::string title, Dynamics dynamics, std::vector<BoxSide> box,
                                      const std::vector<ParticleValleyDefinition>& valleys);

struct ParticleEscapeRequest {
  Escape escape;
  std::vector<std::string> methods = standard_methods(ProblemKind::box);
};

/// Where particles of an escape start and what they arrive in. Throws std::invalid_argument for an escape into a valley
/// without a core (or to any where none has one), and where what it leads to holds the start.
ParticleEscape particle_escape(const ParticleProblem& problem, const Escape& escape);

/// Measures all escapes. Splitting needs methods.reaction_coordinate: paths return to where it is no larger than in
/// five of six places of the valley's local equilibrium. Closed forms are for escapes into another valley, over the
/// pass that the string method finds (pass_predictions.hpp). Throws std::invalid_argument for other methods or a
/// coordinate that is missing, ProblemError for dynamics that depend on time, and what particle_escape and the methods
/// throw.
Results solve_particles(const ParticleProblem& problem, const std::vector<ParticleEscapeRequest>& escapes,
                        const ParticleMethods& methods, const ParticleReports& reports = {},
                        const TheoryOptions& theory = {});

}  // namespace valleyflux
