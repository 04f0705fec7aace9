#include "solver/evolution/evolve.hpp"

#include "solver/evolution/evolution_account.hpp"
#include "solver/evolution/explicit_evolve.hpp"
#include "solver/evolution/exponential_evolve.hpp"
#include "solver/evolution/implicit_evolve.hpp"
#include "solver/evolution/valley_currents.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

constexpr std::array steppers{std::pair{Stepper::automatic, "auto"}, std::pair{Stepper::tr_bdf2, "tr_bdf2"},
                              std::pair{Stepper::backward_euler, "backward_euler"},
                              std::pair{Stepper::dopri5, "dopri5"}, std::pair{Stepper::exponential, "exponential"}};

void evolve_implicitly(const Generator& generator, const LinearEngine& engine, const ValleyCurrents& currents,
                       const EvolveOptions& options, EvolutionAccount& account, EvolutionState& state) {
  ImplicitEvolution steps(generator, engine, currents, options, state.sums.stepper, state);
  const double spacing = options.until / static_cast<double>(options.frames);
  if (account.replay(options.frames, spacing)) {
    steps.restore();
  } else {
    steps.choose_rung();
    account.show(0.0);
    account.keep();
  }
  while (state.frame < options.frames) {
    steps.advance(account);
    account.show(spacing * static_cast<double>(++state.frame));
    account.keep();
  }
}

void evolve_explicitly(const Generator& generator, const ValleyCurrents& currents, const EvolveOptions& options,
                       EvolutionAccount& account, EvolutionState& state) {
  const double expected_steps = expected_explicit_steps(generator, options.until);
  if (expected_steps > static_cast<double>(options.max_steps))
    throw SolverError(
        fmt::format("dopri5 would need about {:.3g} steps (at most {} are allowed): the problem is stiff, "
                    "use stepper = \"exponential\"",
                    expected_steps, options.max_steps));
  ExplicitStepper stepper(generator, currents, options.local_error());
  const double spacing = options.until / static_cast<double>(options.frames);
  if (account.replay(options.frames, spacing)) {
    stepper.start_with(state.step);
  } else {
    state.step = stepper.last_step();
    account.show(0.0);
    account.keep();
  }
  while (state.frame < options.frames) {
    const ExplicitAdvance advance = stepper.advance(state.probability, spacing);
    state.sums.steps += advance.steps;
    state.sums.rejected += advance.rejected;
    account.accept(advance.outflow);
    state.step = stepper.last_step();
    account.show(spacing * static_cast<double>(++state.frame));
    account.keep();
  }
}

}  // namespace

std::string_view name_of(Stepper stepper) {
  for (const auto& [known, name] : steppers)
    if (known == stepper) return name;
  throw std::invalid_argument("no such stepper");
}

Stepper stepper_named(std::string_view name) {
  for (const auto& [known, known_name] : steppers)
    if (name == known_name) return known;
  throw std::invalid_argument(
      fmt::format("stepper must be auto, exponential, tr_bdf2, backward_euler or dopri5 (got \"{}\")", name));
}

Stepper chosen_stepper(Stepper stepper, const Generator& generator, double until) {
  if (stepper != Stepper::automatic) return stepper;
  constexpr double cheap_explicit_steps = 300.0;  // of six products each: about one factorisation with its solves
  return expected_explicit_steps(generator, until) < cheap_explicit_steps ? Stepper::dopri5 : Stepper::exponential;
}

Evolution evolve(const Generator& generator, const LinearEngine& engine, const Eigen::VectorXd& initial,
                 const ValleyParts& valleys, const EvolveOptions& options, const FrameObserver& observer,
                 const EvolutionRecord& record, ShiftedSolver known) {
  if (!(options.until > 0) || !std::isfinite(options.until))
    throw std::invalid_argument(fmt::format("until must be positive and finite (got {})", options.until));
  if (options.frames < 1)
    throw std::invalid_argument(fmt::format("frames must be at least 1 (got {})", options.frames));
  if (const double tolerance = options.local_error(); !(tolerance > 1e-14) || !(tolerance < 1.0))
    throw std::invalid_argument(fmt::format("tolerance must lie between 1e-14 and 1 (got {})", tolerance));
  if (initial.size() != generator.states)
    throw std::invalid_argument(
        fmt::format("{} states need as many probabilities (got {})", generator.states, initial.size()));
  if (!(initial.minCoeff() >= 0) || !(std::abs(initial.sum() - 1.0) < 1e-10))
    throw std::invalid_argument("initial probabilities must be nonnegative and sum to 1");

  EvolutionState state;
  Evolution& evolution = state.sums;
  evolution.stepper = chosen_stepper(options.stepper, generator, options.until);
  const ValleyCurrents currents(generator, valleys, options.exits);
  EvolutionAccount account(currents, initial, state, observer, record);
  if (evolution.stepper == Stepper::dopri5)
    evolve_explicitly(generator, currents, options, account, state);
  else if (evolution.stepper == Stepper::exponential)
    evolve_exponentially(generator, engine, currents, options, account, state, std::move(known));
  else
    evolve_implicitly(generator, engine, currents, options, account, state);
  return evolution;
}

}  // namespace valleyflux
