#pragma once

#include <Eigen/Core>

/// Eigen's exponential of a matrix, compiled once for all tests: it takes long to compile.
Eigen::MatrixXd matrix_exponential(const Eigen::MatrixXd& matrix);
