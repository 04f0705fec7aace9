#pragma once

#include "problems/expressions/expression.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

/// The polynomial c_0 + c_1 u + c_2 u^2 + ... of another expression, by Horner's rule. Throws std::invalid_argument
/// without coefficients.
Expression polynomial(const std::vector<double>& coefficients, const Expression& u);

/// The sum over coefficients(i, j) u[0]^i u[1]^j, likewise; coefficients are n x 1 for one expression u, n x m for two.
Expression polynomial(const Eigen::MatrixXd& coefficients, const std::vector<Expression>& u);

}  // namespace valleyflux
