#pragma once

#include "solver/discretisation/generator.hpp"
#include "solver/evolution/valley_currents.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// Steps of at most 1 / (largest total rate) that an explicit method needs for a time `until`.
double expected_explicit_steps(const Generator& generator, double until);

struct ExplicitAdvance {
  long steps = 0, rejected = 0;
  Eigen::VectorXd outflow;  // integral of ValleyCurrents::outflux over the time advanced
};

/// Boost.Odeint's controlled Dormand-Prince 5(4) on dp/dt = Q^T p together with the integrals of the currents. Steps
/// are limited so that the step's polynomial in Q has nonnegative entries; what round-off alone makes negative is given
/// back by the neighbour with the most probability, as a current like any other.
class ExplicitStepper {
 public:
  ExplicitStepper(const Generator& generator, const ValleyCurrents& currents, double tolerance);
  /// Replaces p (states) by the probabilities `time` later. Throws SolverError if a probability falls below zero by
  /// more than round-off.
  ExplicitAdvance advance(Eigen::VectorXd& p, double time);

  /// The length that the next advance tries first, and setting it: of a stepper that goes on in the place of another.
  double last_step() const { return last_step_; }
  void start_with(double step) { last_step_ = step; }

 private:
  const Generator& generator_;
  const ValleyCurrents& currents_;
  double tolerance_;
  double longest_;
  double last_step_;
};

}  // namespace valleyflux
