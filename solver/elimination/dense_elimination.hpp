#pragma once

#include <Eigen/Core>

namespace valleyflux {

/// Subtraction-free elimination (see elimination.hpp) of a process in which every state may lead to every other one:
/// rates (n x n, from row to column; the diagonal is not looked at) and exits (n), all >= 0; A = diag(row sums + exits)
/// - rates. Of a Markov chain in discrete time these are the probabilities of a step. Every entry of every answer has
/// full relative accuracy when the right-hand side is nonnegative.
class DenseElimination {
 public:
  /// Throws NoWayOut (elimination.hpp) where A is singular, std::invalid_argument unless the sizes agree.
  DenseElimination(Eigen::MatrixXd rates, Eigen::VectorXd exit);

  /// u = A^-1 f and p = A^-T f.
  Eigen::VectorXd solve(Eigen::VectorXd f) const;
  Eigen::VectorXd solve_forward(Eigen::VectorXd f) const;

 private:
  Eigen::MatrixXd rates_;  // as they were when the state with the higher number was eliminated
  Eigen::VectorXd total_;  // d
};

/// The stationary probabilities of an irreducible process without exits (Grassmann, Taksar & Heyman 1985); sum 1.
/// Throws NoWayOut if it is not.
Eigen::VectorXd dense_stationary(Eigen::MatrixXd rates);

}  // namespace valleyflux
