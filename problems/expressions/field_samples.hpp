#pragma once

#include <Eigen/Core>

namespace valleyflux {

/// Values and exact derivatives of a scalar function L at n points in d dimensions. Derivatives above the order
/// asked for keep size zero. All derivatives are exact up to round-off (no finite differences).
struct FieldSamples {
  Eigen::VectorXd value;     // n
  Eigen::MatrixXd gradient;  // d x n:   (i, p) = dL/dx_i
  Eigen::MatrixXd hessian;   // d^2 x n: (i + d j, p) = d2L/dx_i dx_j
  Eigen::MatrixXd third;     // d^3 x n: (i + d j + d^2 k, p) = d3L/dx_i dx_j dx_k
};

}  // namespace valleyflux
