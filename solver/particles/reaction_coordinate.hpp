#pragma once

#include "problems/expressions/expression.hpp"
#include "problems/problem.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/escape/escape.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace valleyflux {

/// A function of the place that grows on the way to the target: any such function gives an unbiased probability, the
/// committor the one of smallest variance. For points side by side: x[k * stride + p] is coordinate k of point p,
/// value[p] becomes the function there, for `count` points (a multiple of program_block, as stride is). Callable from
/// several threads at once.
using ReactionCoordinate =
    std::function<void(const double* x, double* value, std::ptrdiff_t count, std::ptrdiff_t stride)>;

/// At one point (d).
double value_at(const ReactionCoordinate& coordinate, const std::vector<double>& x);

/// An expression as a reaction coordinate.
ReactionCoordinate expression_coordinate(const Expression& expression);

/// The logarithm of the committor between the core of `escape.from` and the target of the escape, on the grid of a
/// problem as the escape sees it (escape_problem), linear between the cells. Throws SolverError where there is none.
template <int Dim>
ReactionCoordinate committor_coordinate(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                        const Escape& escape);

/// The largest value in the core of a valley: at its cells and at the minimum.
template <int Dim>
double largest_in_core(const Problem<Dim>& problem, int valley, const ReactionCoordinate& coordinate);

extern template ReactionCoordinate committor_coordinate(const Problem<1>&, const Discretisation<1>&, const Escape&);
extern template ReactionCoordinate committor_coordinate(const Problem<2>&, const Discretisation<2>&, const Escape&);
extern template double largest_in_core(const Problem<1>&, int, const ReactionCoordinate&);
extern template double largest_in_core(const Problem<2>&, int, const ReactionCoordinate&);

}  // namespace valleyflux
