#pragma once

#include "problems/expressions/postfix_code.hpp"
#include "problems/expressions/taylor.hpp"

#include <vector>

namespace valleyflux {

/// A program's value and derivatives at a block of points: the first basis.doubles() numbers from the pointer
/// returned, which lies in `memory`. x[i * basis.points() + p]: coordinate i of point p. Variables beyond the basis's
/// dimension are not differentiated by.
const double* evaluate(const PostfixProgram& program, const TaylorBasis& basis, const double* x,
                       std::vector<double>& memory);

}  // namespace valleyflux
