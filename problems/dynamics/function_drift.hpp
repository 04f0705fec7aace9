#pragma once

#include "problems/dynamics/drift.hpp"
#include "problems/expressions/formula.hpp"

#include <Eigen/Core>

#include <functional>

namespace valleyflux {

/// The drift of formulas, one for each variable (std::invalid_argument is thrown for another number of them).
Drift formula_drift(GraphFunctions formulas);

/// A drift that need be no gradient, in one to three dimensions, by a C++ function of the coordinates that returns its
/// components; its Jacobian is exact (see function_landscape.hpp):
///   drift([](auto x, auto y) { return std::array{x - x * x * x - 10 * x * y * y, -(1 + x * x) * y}; })
template <CoordinateFunction Function>
Drift drift(const Function& function) {
  return formula_drift(formulas(function));
}

/// The same in any number of dimensions, by a function of the vector of coordinates.
template <VectorFunction Function>
Drift drift(int dimension, const Function& function) {
  return formula_drift(formulas(dimension, function));
}

/// A drift and its derivatives given as functions of a point x (d). They may be called from several threads at once and
/// must not throw.
struct DriftFunctions {
  std::function<Eigen::VectorXd(const Eigen::VectorXd& x)> value;        // d
  std::function<Eigen::MatrixXd(const Eigen::VectorXd& x)> jacobian;     // d x d: (i, j) = dF_i/dx_j
  std::function<Eigen::MatrixXd(const Eigen::VectorXd& x)> second = {};  // d x d^2: (i, j + d k) = d2F_i/dx_j dx_k; of
                                                                         // theory:laplace alone
};

/// Throws std::invalid_argument for a dimension below 1 or without value or Jacobian. Sampled, it throws
/// std::invalid_argument for values of another shape and for second derivatives that are not given.
Drift drift(int dimension, DriftFunctions functions);

}  // namespace valleyflux
