#pragma once

#include <Eigen/Core>

/// Eigen's matrix functions, compiled once for all tests: they take long to compile.
Eigen::MatrixXd matrix_exponential(const Eigen::MatrixXd& matrix);
Eigen::MatrixXd matrix_root(const Eigen::MatrixXd& matrix);
