#pragma once

#include <cstddef>

namespace valleyflux {

/// Minus the gradient of a landscape at blocks of points: x[k * stride + p] is coordinate k of point p, and
/// force[k * stride + p] becomes -dL/dx_k there, for `count` points (a multiple of program_block, as stride is). By the
/// processor's vectors, in one pass over the points; every processor gives the same bits.
using BlockForce = void (*)(const double* x, double* force, std::ptrdiff_t count, std::ptrdiff_t stride);

/// Of the built-in landscape "muller_brown".
void muller_brown_force(const double* x, double* force, std::ptrdiff_t count, std::ptrdiff_t stride);

}  // namespace valleyflux
