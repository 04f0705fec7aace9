#pragma once

#include "solver/losses/loss_problem.hpp"
#include "solver/results.hpp"

#include <string>

namespace valleyflux {

/// Rate of first exit (quasi_stationary, or mean_first_passage from the start) from a bounded box in one or two
/// parameters by the Fokker-Planck equation, D = eta C / (2 B) + D0 I, with loss and covariance interpolated by
/// polynomials in Chebyshev points. Without a rate, where none comes near the loss (a note says by how much).
Estimate interpolated_exit_rate(const LossProblem& problem, const std::string& method);

}  // namespace valleyflux
