#pragma once

#include "solver/discretisation/generator.hpp"
#include "solver/evolution/evolution_account.hpp"
#include "solver/evolution/evolve.hpp"
#include "solver/linear_solver.hpp"

#include <memory>

namespace valleyflux {

/// TR-BDF2 or backward Euler, in steps of lengths spacing / 2^level: a ladder on which factorisations are met again.
class ImplicitEvolution {
 public:
  /// method: tr_bdf2 or backward_euler. All are referred to.
  ImplicitEvolution(const Generator& generator, const LinearEngine& engine, const ValleyCurrents& currents,
                    const EvolveOptions& options, Stepper method, EvolutionState& state);
  ~ImplicitEvolution();

  /// Chooses the first rung, near the fastest time scale that the state can have.
  void choose_rung();
  /// Makes the factorisations of state.factorised again; they were counted then.
  void restore();
  /// Takes the state to the next frame. Throws SolverError if the steps run out or fall too low.
  void advance(EvolutionAccount& account);

 private:
  class Steps;
  const Generator& generator_;
  const EvolveOptions& options_;
  EvolutionState& state_;
  bool first_order_;
  double spacing_;
  std::unique_ptr<Steps> steps_;
};

}  // namespace valleyflux
