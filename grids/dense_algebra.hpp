#pragma once

#include <Eigen/Core>

namespace valleyflux {

/// Decompositions of dense matrices of any size (d x d), each of which takes seconds to compile: once, here.

/// x of matrix x = right (d), by Gaussian elimination with partial pivoting; not finite where the matrix is singular.
Eigen::VectorXd solve_dense(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right);

/// x of matrix^T x = right.
Eigen::VectorXd solve_transposed(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right);

/// As solve_dense with full pivoting: of a singular matrix one of the solutions, if there is any.
Eigen::VectorXd solve_singular(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right);

/// By partial pivoting; not finite where the matrix is singular.
Eigen::MatrixXd inverse_of(const Eigen::MatrixXd& matrix);
/// matrix^-T.
Eigen::MatrixXcd transposed_inverse_of(const Eigen::MatrixXcd& matrix);

/// log |det|; minus infinity where the matrix is singular.
double log_determinant(const Eigen::MatrixXd& matrix);

/// The shortest x among those that leave the least |matrix x - right|, and the rank of the matrix.
struct LeastSquares {
  Eigen::VectorXd x;
  Eigen::Index rank;
};
LeastSquares least_squares(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right);

}  // namespace valleyflux
