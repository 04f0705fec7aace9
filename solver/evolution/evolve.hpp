#pragma once

#include "solver/discretisation/generator.hpp"
#include "solver/evolution/valley_currents.hpp"
#include "solver/linear_solver.hpp"

#include <Eigen/Core>

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace valleyflux {

/// Time integration of dp/dt = Q^T p.
///   tr_bdf2: second order, L-stable (Bank et al. 1985; error estimate after Hosea & Shampine 1996); a step that would
///     make a probability negative is repeated with a smaller one, at last by backward Euler (no linear second-order
///     method is positive for every step, Bolley & Crouzeix 1978).
///   backward_euler: first order, never negative.
///   dopri5: explicit, Boost.Odeint's controlled Dormand-Prince 5(4), steps of at most 1 / (largest rate).
///   exponential: exp(t Q^T) p in Krylov spaces that many frames share (KrylovSpace); the frames after the first that
///     none makes to the tolerance, without probabilities negative beyond round-off, are made by tr_bdf2.
///   automatic: dopri5 for short, non-stiff runs, exponential otherwise.
enum class Stepper { automatic, tr_bdf2, backward_euler, dopri5, exponential };

std::string_view name_of(Stepper stepper);
/// Throws std::invalid_argument for an unknown name.
Stepper stepper_named(std::string_view name);

/// What automatic stands for.
Stepper chosen_stepper(Stepper stepper, const Generator& generator, double until);

struct EvolveOptions {
  double until = 1.0;  // final time, > 0
  long frames = 50;    // states handed to the observer after the first, equally spaced
  Stepper stepper = Stepper::automatic;
  /// Local error of a step, or of a Krylov space, in L1 (the mass is 1). Nothing: where the error of the grid is told
  /// from others (DensityOnGrids), what makes the time integration's a tenth of that; else 1e-6.
  std::optional<double> tolerance = {};
  double local_error() const { return tolerance.value_or(1e-6); }
  bool of_mass = false;  // whether that is a share of the mass that is left; dopri5 does not know it
  long max_steps = 1000000;
  std::vector<ExitRates> exits = {};  // to be told apart in the frames
};

/// The state at one time.
struct EvolutionFrame {
  double time = 0.0;
  Eigen::VectorXd probability;         // states
  Eigen::VectorXd valley_probability;  // valleys
  Eigen::VectorXd valley_outflux;      // net current out of each valley, per unit of time
  Eigen::VectorXd valley_outflow;      // its integral by the stepper's own quadrature: P_v(t) + outflow_v(t) = P_v(0)
  double exited = 0.0;                 // probability that has left through exits
  Eigen::VectorXd exit_flux;           // current through each of the exits told apart
  Eigen::VectorXd exit_outflow;        // its integral by the stepper's own quadrature; they add up to `exited`
};

using FrameObserver = std::function<void(const EvolutionFrame&)>;

struct Evolution {
  Stepper stepper = Stepper::tr_bdf2;                // the one used
  long steps = 0, rejected = 0, factorisations = 0;  // steps of exponential: Krylov spaces
  long positive_frames = 0;                          // of exponential, made by tr_bdf2
  long backward_euler_steps = 0;                     // of tr_bdf2, where nothing else stayed positive
  double mass_error = 0.0;                           // largest |sum p + exited - 1|
  double probability_min = 0.0;                      // smallest entry of any accepted state
  double balance_error = 0.0;   // largest |P_v(t) + outflow_v(t) - P_v(0)|; of exponential within its error
  double error_estimate = 0.0;  // sum of the local error estimates, L1
};

/// Of the exponential: the frames that its last Krylov space leads to, and what the next one tries.
struct SpaceState {
  long begin = 0, end = 0;  // frames (begin, end], from the state at begin
  long next = 0;            // frames of the next one
};

/// All that the steps after a frame depend on: an evolution that goes on from it ends with the same bits.
struct EvolutionState {
  long frame = 0;               // 0 for the start
  Eigen::VectorXd probability;  // states
  Eigen::VectorXd outflow;      // valleys, then what went through exits: integrals since the start
  Evolution sums;               // of the steps so far
  // Of the implicit steppers: the rung, refusals in a row, steps to wait before a longer one is tried, and the shifts
  // of the factorisations that are kept, the last used first.
  int level = 0, refusals = 0, wait = 0, next_wait = 1;
  std::vector<double> factorised;
  double step = 0.0;  // of dopri5
  SpaceState space;   // of exponential
};

/// Keeps an evolution, and gives back one that was kept. Either may be empty.
struct EvolutionRecord {
  std::function<std::optional<EvolutionState>()> next;  // the states of all frames from the first, until none is left
  std::function<void(const EvolutionState&)> keep;      // takes the state of every frame that is new
};

/// Evolves `initial` (states, nonnegative, sum 1) and hands frames at t = 0 and at equally spaced times to `observer`,
/// those that `record` holds first. valleys: whose probabilities are told. known: a factorisation of the generator,
/// made by the engine, that serves where its shift does. Throws std::invalid_argument for bad
/// options and for a record of another evolution, SolverError if the steps run out (with the time reached) or if dopri5
/// would need more than max_steps.
Evolution evolve(const Generator& generator, const LinearEngine& engine, const Eigen::VectorXd& initial,
                 const ValleyParts& valleys, const EvolveOptions& options, const FrameObserver& observer,
                 const EvolutionRecord& record = {}, ShiftedSolver known = {});

}  // namespace valleyflux
