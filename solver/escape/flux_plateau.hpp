#pragma once

#include "solver/linear_solver.hpp"

#include <Eigen/Core>

#include <span>

namespace valleyflux {

/// Escape rate from the plateau of outflux / probability of a valley, gamma = j / P(V) (Xie, Sato & Sugiyama 2020,
/// Eq. 10), of the density that evolves while the process is killed at its target.
struct FluxPlateau {
  double rate = 0.0;      // per unit of time
  double residual = 0.0;  // relative change over the last step, in which the time elapsed grew 1000-fold at most
  double time = 0.0;      // elapsed when the plateau was reached
  int steps = 0;
};

struct FluxPlateauOptions {
  double tolerance = 1e-9;  // relative change over one step that counts as a plateau
  int max_steps = 400;
};

/// Evolves `initial` (states) by backward Euler steps that grow 1000-fold from the fastest time scale on, the state
/// being renormalised after each: subtraction-free, so positive and right for any barrier. labels: valley of each
/// state. Throws SolverError if no plateau is reached.
FluxPlateau flux_plateau(const Generator& killed, const LinearEngine& engine, const Eigen::VectorXd& initial,
                         std::span<const int> labels, int valley, const FluxPlateauOptions& options = {});

}  // namespace valleyflux
