#pragma once

#include <Eigen/Core>

namespace valleyflux {

/// Eigenvalues of a small generator with its eigenvectors, most slowly decaying first (0, then by falling real part).
struct SlowModes {
  Eigen::VectorXcd eigenvalue;  // n
  Eigen::MatrixXcd right;       // n x n, by column, largest entry 1: functions u of the states, Q u = eigenvalue u
  Eigen::MatrixXcd left;        // n x n, by column, left^T right = identity: Q^T p = eigenvalue p
};

/// A small generator: rates (n x n >= 0, from row to column; the diagonal is not looked at) and exits (n; size 0:
/// none).
struct SmallGenerator {
  Eigen::MatrixXd rates;
  Eigen::VectorXd exit = {};
};

/// Modes of a generator Q, or, with `mass` (n x n), of mass^-1 Q. Computed in 200 decimal digits: every eigenvalue
/// keeps the relative accuracy of the rates, whatever their spread. Throws SolverError if the eigenvectors are
/// dependent.
SlowModes slow_modes(const SmallGenerator& generator);
SlowModes slow_modes(const SmallGenerator& generator, const Eigen::MatrixXd& mass);

}  // namespace valleyflux
