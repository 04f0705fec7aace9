#include "tests/matrix_functions.hpp"

#include <unsupported/Eigen/MatrixFunctions>

Eigen::MatrixXd matrix_exponential(const Eigen::MatrixXd& matrix) {
  return matrix.exp();
}

Eigen::MatrixXd matrix_root(const Eigen::MatrixXd& matrix) {
  return matrix.sqrt();
}
