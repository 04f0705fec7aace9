#include "tests/matrix_exponential.hpp"

#include <unsupported/Eigen/MatrixFunctions>

Eigen::MatrixXd matrix_exponential(const Eigen::MatrixXd& matrix) {
  return matrix.exp();
}
