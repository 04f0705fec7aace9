#pragma once

#include "solver/linear_solver.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// Eigenvalues of a generator Q nearest to a shift with their vectors in the weighted norm: x = w^(1/2) u of Q u =
/// eigenvalue u and y = w^(-1/2) p of Q^T p = eigenvalue p, largest real part first, of a pair the positive imaginary
/// part first.
struct ShiftInvertModes {
  Eigen::VectorXcd eigenvalue;  // n
  Eigen::VectorXd bound;   // n: |r| |x| |y| / |y^T x| of the residual r of x, and as much of round-off; in detailed
                           // balance an eigenvalue lies within (Parlett 1998), otherwise to first order
  Eigen::MatrixXcd right;  // states x n: x, norm 1
  Eigen::MatrixXcd left;   // states x n: y, y^T x = 1
};

/// Of (shift - Q)^-1, symmetrised by `root`, the roots of the weights (states of weight 0 are left out): by the
/// iteration of Lanczos where Q is reversible (in detailed balance with the weights), by those of Arnoldi for Q and Q^T
/// otherwise. The first `known` ones are left without vectors and bounds; `wanted` to find, the first `kept` and the
/// second of a last pair given. solver: of shift - Q. Throws SolverError where the iteration does not converge.
ShiftInvertModes shift_invert(const LinearSolver& solver, double shift, const Eigen::VectorXd& root, bool reversible,
                              Eigen::Index wanted, Eigen::Index kept, Eigen::Index known = 0);

}  // namespace valleyflux
