#pragma once

#include "solver/losses/loss_method.hpp"
#include "solver/results.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// Rates of a loss whose coordinates are separate (Loss::coordinate). They leave the box independently of each
/// other, but for the samples that they have in common: their rates add.

/// First exit from the box by the Fokker-Planck equation in one dimension each, D = eta C / (2 B) + D0: method
/// quasi_stationary, or, of one coordinate that can leave alone, mean_first_passage from the start.
Estimate coordinate_exit_rate(const LossProblem& problem, const std::string& method);

/// The closed forms asked for ("theory" for all that apply, or the name of one) of the way over the barrier next to the
/// start, at theory_s, with what they assume in vain among the warnings; theory:kramers is that of the injected noise
/// alone.
std::vector<Estimate> coordinate_closed_forms(const LossProblem& problem, const std::string& method, double theory_s,
                                              std::vector<std::string>& warnings);
/// The same for any loss. Throws std::invalid_argument for one whose coordinates are not separate.
std::vector<Estimate> closed_forms_of_loss(const LossTask& task);

}  // namespace valleyflux
