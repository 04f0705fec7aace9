#pragma once

#include "solver/discretisation/generator.hpp"
#include "solver/evolution/evolution_account.hpp"
#include "solver/evolution/evolve.hpp"
#include "solver/linear_solver.hpp"

namespace valleyflux {

/// Takes the state through all frames by Krylov spaces, each of which leads to as many frames as it can: the next one
/// to four times as many where that was easy, to a fourth where it was too hard. A space is accepted when
///   - its last two vectors have changed no density by more than the tolerance in L1 (an estimate from
///     above: the change that the last vector made is the error before it),
///   - its last vector has changed no state of its first and last frame by more than the root of that, against w,
///   - what is negative adds up to round-off (it becomes zero),
///   - probability and what has left add up to what there was, to the tolerance (then made exact by a factor).
/// Where none leads to the next frame TR-BDF2 makes the rest: a packet that drifts far while it stays narrow.
void evolve_exponentially(const Generator& generator, const LinearEngine& engine, const ValleyCurrents& currents,
                          const EvolveOptions& options, EvolutionAccount& account, EvolutionState& state,
                          ShiftedSolver known);

}  // namespace valleyflux
