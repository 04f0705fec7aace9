#include "grids/dense_algebra.hpp"

#include <Eigen/LU>
#include <Eigen/QR>

#include <cmath>

namespace valleyflux {

Eigen::VectorXd solve_dense(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right) {
  return matrix.partialPivLu().solve(right);
}

Eigen::VectorXd solve_transposed(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right) {
  return matrix.transpose().partialPivLu().solve(right);
}

Eigen::VectorXd solve_singular(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right) {
  return matrix.fullPivLu().solve(right);
}

Eigen::MatrixXd inverse_of(const Eigen::MatrixXd& matrix) {
  return matrix.partialPivLu().inverse();
}

Eigen::MatrixXcd transposed_inverse_of(const Eigen::MatrixXcd& matrix) {
  return matrix.transpose().partialPivLu().inverse();
}

double log_determinant(const Eigen::MatrixXd& matrix) {
  return std::log(std::abs(matrix.partialPivLu().determinant()));
}

LeastSquares least_squares(const Eigen::MatrixXd& matrix, const Eigen::VectorXd& right) {
  const Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> solver(matrix);
  return {solver.solve(right), solver.rank()};
}

}  // namespace valleyflux
