#pragma once

#include "problems/expressions/expression_graph.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace valleyflux {

/// height exp(q(x - centre)), q(u) = sum_ij form_ij u_i u_j: a Gaussian, or what grows along some directions.
struct Hill {
  static constexpr int most_dimensions = 3;

  double height;
  std::array<double, most_dimensions> centre{};
  std::array<std::array<double, most_dimensions>, most_dimensions> form{};  // symmetric
};

/// A function as hills and the rest, but for a constant.
struct HillSum {
  std::vector<Hill> hills;
  GraphNode rest;
};

/// Splits off what a function has for terms of the form c exp(q), q a quadratic function of up to three variables with
/// one stationary point, |q| <= 20 there. Without such terms the function itself is the rest.
HillSum split_hills(ExpressionGraph& graph, GraphNode function);

/// Minus the gradient of hills (at least one), into force[k * stride + p] or, where `adds`, added to it, at the points
/// x[k * stride + p] (coordinate k < dimension of point p < count). Every processor gives the same bits.
void hill_force(const std::vector<Hill>& hills, bool adds, int dimension, const double* x, double* force,
                std::ptrdiff_t count, std::ptrdiff_t stride);

}  // namespace valleyflux
