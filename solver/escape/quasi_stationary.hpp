#pragma once

#include "solver/linear_solver.hpp"

#include <Eigen/Core>

#include <memory>

namespace valleyflux {

/// Quasi-stationary law of a killed process: Q^T p = -rate p, p >= 0, sum p = 1.
struct QuasiStationary {
  double rate = 0.0;             // principal eigenvalue of -Q, per unit of time
  double low = 0.0, high = 0.0;  // that enclose it
  Eigen::VectorXd probability;   // states
  int eliminations = 0;          // beyond the one given
};

struct QuasiStationaryOptions {
  double tolerance = 1e-12;  // (high - low) / rate; of an engine that is less precise what it yields
  int max_eliminations = 40;
};

/// Principal eigenvalue of A = -Q, by positive functions u of the states: the smallest and the largest ratio
/// (A u)_i / u_i enclose it (Collatz 1942; Wielandt 1950), so that no iteration is taken for converged where it only
/// stands still, as between nearly equal wells. Inverse iteration first, which converges like the ratio of the two
/// smallest eigenvalues (at once for a metastable set); where that would take longer Noda's iteration (1971), shifted
/// by the lower bound s: with U = diag(u), U^-1 (A - s) U is again a generator with exit rates (A u)_i / u_i - s >= 0,
/// free of subtractions elsewhere, and converges quadratically. solver: of `killed` by `engine`, unshifted; its memory
/// is used for the shifted ones. times: A^-1 1, the mean times to be killed from the states. Throws SolverError where
/// numbers leave the range of double precision.
QuasiStationary quasi_stationary(const Generator& killed, const LinearEngine& engine,
                                 std::unique_ptr<LinearSolver> solver, const Eigen::VectorXd& times,
                                 const QuasiStationaryOptions& options = {});

}  // namespace valleyflux
