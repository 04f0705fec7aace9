#pragma once

#include "solver/elimination/elimination.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// Quasi-stationary law of a killed process: Q^T p = -rate p, p >= 0, sum p = 1.
struct QuasiStationary {
  double rate = 0.0;            // principal eigenvalue of -Q, per unit of time
  Eigen::VectorXd probability;  // states
  int iterations = 0;
};

struct QuasiStationaryOptions {
  double tolerance = 4e-15;  // relative change of the rate over one iteration
  int max_iterations = 20000;
};

/// Inverse iteration with a subtraction-free factorisation of -Q: every number keeps its relative accuracy, and the
/// iteration converges like the ratio of the two smallest eigenvalues (at once for a metastable set). `start`: states,
/// nonnegative. Throws SolverError if it does not converge.
QuasiStationary quasi_stationary(const Elimination& elimination, const Eigen::Ref<const Eigen::VectorXd>& start,
                                 const QuasiStationaryOptions& options = {});

}  // namespace valleyflux
