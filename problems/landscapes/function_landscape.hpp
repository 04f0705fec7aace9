#pragma once

#include "problems/expressions/formula.hpp"
#include "problems/landscapes/landscape.hpp"

#include <Eigen/Core>

#include <functional>
#include <memory>

namespace valleyflux {

/// The landscape of formulas (one of them, or std::invalid_argument is thrown).
std::shared_ptr<const Landscape> formula_landscape(GraphFunctions formula);

/// A landscape in one to three dimensions by a C++ function, differentiated exactly and made into a program for blocks
/// of points, as an expression is:
///   landscape([](auto x) { return pow(x, 4) / 4 - x * x / 2; })
///   landscape([](auto x, auto y) { return pow(x * x - 1, 2) + y * y; })
/// What such a function may do: problems/expressions/symbol.hpp. It knows no time: what depends on it is derived from
/// Landscape (VectorField, DiffusionModel).
template <CoordinateFunction Function>
std::shared_ptr<const Landscape> landscape(const Function& function) {
  return formula_landscape(formulas(function));
}

/// The same in any number of dimensions, by a function of the vector of coordinates:
///   landscape(10, [](const auto& x) { auto sum = 0 * x[0]; for (const auto& c : x) sum += c * c; return sum; })
template <VectorFunction Function>
std::shared_ptr<const Landscape> landscape(int dimension, const Function& function) {
  return formula_landscape(formulas(dimension, function));
}

/// A landscape and its derivatives given as functions of a point x (d), for what cannot be called with symbols: code
/// that asks for values, tables, other libraries. They may be called from several threads at once and must not throw.
struct LandscapeFunctions {
  std::function<double(const Eigen::VectorXd& x)> value;
  std::function<Eigen::VectorXd(const Eigen::VectorXd& x)> gradient;    // d
  std::function<Eigen::MatrixXd(const Eigen::VectorXd& x)> hessian;     // d x d
  std::function<Eigen::MatrixXd(const Eigen::VectorXd& x)> third = {};  // d x d^2: (i, j + d k); of SGD noise and of
                                                                        // theory:laplace alone
};

/// Throws std::invalid_argument for a dimension below 1 or without value, gradient or Hessian. Sampled, it throws
/// std::invalid_argument for derivatives of another shape and for third ones that are not given.
std::shared_ptr<const Landscape> landscape(int dimension, LandscapeFunctions functions);

}  // namespace valleyflux
