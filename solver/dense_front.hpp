#pragma once

#include <Eigen/Core>

#include <cstddef>
#include <memory>

namespace valleyflux {

/// Dense front of a subtraction-free elimination: p states to be eliminated (pivots), then b that stay (boundary),
/// m = p + b. Column-major arrays of rates q_ij >= 0:
///   left  m x p: columns of the pivots;   top  p x b: rows of the pivots;   rest  b x b.
/// After `eliminate`: left holds q_is below the diagonal, q_sj / d_s above it and 1 / d_s on it; top holds q_sj / d_s;
/// rest the rates between the states that stay; exit of those is updated.
struct DenseFront {
  std::ptrdiff_t pivots = 0, boundary = 0;
  std::unique_ptr<double[]> left, top;

  std::ptrdiff_t size() const { return pivots + boundary; }
};

/// Eliminates the pivots (Grassmann, Taksar & Heyman 1985, by blocks): nothing is ever subtracted; diagonals are the sums
/// of what remains of a row. exit: m. Parallel tasks are made for large fronts; the result does not depend on them.
/// Returns the first pivot without any way out (its d_s is zero or not finite), or -1; with `last_is_absorbing` the
/// last pivot may be without (its 1 / d_s is set to 1).
std::ptrdiff_t eliminate(DenseFront& front, double* rest, double* exit, bool last_is_absorbing);

}  // namespace valleyflux
