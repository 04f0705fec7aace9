#pragma once

#include <cstddef>

namespace valleyflux {

/// Dense front of a subtraction-free elimination: p states to be eliminated (pivots) and b that stay (the boundary), as
/// three column-major arrays of rates q_ij >= 0. Rows are padded with zeros to whole vectors:
///   left  left_rows() x p: columns of the pivots. Rows: the pivots from 0, the boundary from pivot_rows().
///   top   pivot_rows() x (b + 1): rows of the pivots, columns of the boundary; the last column holds exit rates.
///   rest  boundary_rows() x (b + 1): the same for the rows of the boundary.
struct FrontShape {
  std::ptrdiff_t pivots = 0, boundary = 0;

  std::ptrdiff_t pivot_rows() const { return padded(pivots); }
  std::ptrdiff_t boundary_rows() const { return padded(boundary); }
  std::ptrdiff_t left_rows() const {
    const std::ptrdiff_t rows = pivot_rows() + boundary_rows();
    return rows % 32 == 0 ? rows + 4 : rows;  // columns must not fall on the same few sets of the cache
  }
  std::ptrdiff_t left_size() const { return left_rows() * pivots; }
  std::ptrdiff_t top_size() const { return pivot_rows() * (boundary + 1); }
  std::ptrdiff_t rest_size() const { return boundary_rows() * (boundary + 1); }

 private:
  static std::ptrdiff_t padded(std::ptrdiff_t count) { return (count + 3) / 4 * 4; }
};

/// Eliminates the pivots (Grassmann, Taksar & Heyman 1985, by blocks): nothing is ever subtracted, d_s is the sum of
/// what remains of row s. Afterwards left holds q_is below the diagonal, q_sj / d_s above it and 1 / d_s on it; top
/// holds q_sj / d_s; rest the rates between the states that stay. Large fronts are spread over parallel tasks; the
/// result does not depend on them. Returns the first pivot without any way out (d_s zero or not finite), or -1.
std::ptrdiff_t eliminate(const FrontShape& shape, double* left, double* top, double* rest);

/// The same of a symmetric front, by its lower triangle, with what leaves for one of the boundary's states: `left`
/// (what lies above its diagonal is not looked at) and `rest` without its last column. Afterwards left holds q_is below
/// the diagonal and 1 / d_s on it. Half of the work.
std::ptrdiff_t eliminate_symmetric(const FrontShape& shape, double* left, double* rest);

}  // namespace valleyflux
