#include "solver/dense_front.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

// Hot loops are compiled for AVX2 and FMA beside the baseline, and chosen when the program is loaded. Sanitizers
// instrument code that runs before they are set up otherwise.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define VALLEYFLUX_WIDE __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define VALLEYFLUX_WIDE
#endif

namespace valleyflux {

namespace {

using Size = std::ptrdiff_t;
typedef double Vector4 __attribute__((vector_size(32), aligned(8), may_alias));

constexpr Size tile_rows = 8, tile_columns = 6;  // of C kept in registers
constexpr Size depth_block = 192;                // of A and B packed at once
constexpr Size row_block = 192, column_block = 96;
constexpr Size panel_width = 32;

/// C (8 x 6) += A (8 x depth, packed) B (depth x 6, packed).
inline __attribute__((always_inline)) void tile(Size depth, const double* a, const double* b, double* c, Size ldc) {
  Vector4 low[tile_columns], high[tile_columns];
  for (Size j = 0; j < tile_columns; ++j) {
    low[j] = *reinterpret_cast<const Vector4*>(c + j * ldc);
    high[j] = *reinterpret_cast<const Vector4*>(c + j * ldc + 4);
  }
  for (Size k = 0; k < depth; ++k) {
    const Vector4 a0 = *reinterpret_cast<const Vector4*>(a + k * tile_rows);
    const Vector4 a1 = *reinterpret_cast<const Vector4*>(a + k * tile_rows + 4);
#pragma GCC unroll 6
    for (Size j = 0; j < tile_columns; ++j) {
      const double bj = b[k * tile_columns + j];
      const Vector4 spread = {bj, bj, bj, bj};
      low[j] += a0 * spread;
      high[j] += a1 * spread;
    }
  }
  for (Size j = 0; j < tile_columns; ++j) {
    *reinterpret_cast<Vector4*>(c + j * ldc) = low[j];
    *reinterpret_cast<Vector4*>(c + j * ldc + 4) = high[j];
  }
}

/// C (rows x columns) += A (rows x depth) B (depth x columns), one block that fits the caches.
VALLEYFLUX_WIDE void multiply_block(Size rows, Size columns, Size depth, const double* a, Size lda, const double* b,
                                    Size ldb, double* c, Size ldc) {
  alignas(64) thread_local double packed_a[row_block * depth_block];
  alignas(64) thread_local double packed_b[column_block * depth_block];
  double* pa = packed_a;
  double* pb = packed_b;
  for (Size i = 0; i < rows; i += tile_rows) {
    const Size count = std::min(tile_rows, rows - i);
    double* to = pa + i * depth;
    for (Size k = 0; k < depth; ++k) {
      const double* from = a + i + k * lda;
      if (count == tile_rows) std::memcpy(to + k * tile_rows, from, tile_rows * sizeof(double));
      else
        for (Size r = 0; r < tile_rows; ++r) to[k * tile_rows + r] = r < count ? from[r] : 0.0;
    }
  }
  for (Size j = 0; j < columns; j += tile_columns) {
    const Size count = std::min(tile_columns, columns - j);
    double* to = pb + j * depth;
    for (Size r = 0; r < tile_columns; ++r) {
      const double* from = b + (j + r) * ldb;
      for (Size k = 0; k < depth; ++k) to[k * tile_columns + r] = r < count ? from[k] : 0.0;
    }
  }
  for (Size j = 0; j < columns; j += tile_columns)
    for (Size i = 0; i < rows; i += tile_rows) {
      const Size height = std::min(tile_rows, rows - i), width = std::min(tile_columns, columns - j);
      double* at = c + i + j * ldc;
      if (height == tile_rows && width == tile_columns) {
        tile(depth, pa + i * depth, pb + j * depth, at, ldc);
        continue;
      }
      double edge[tile_rows * tile_columns] = {};
      for (Size q = 0; q < width; ++q)
        for (Size r = 0; r < height; ++r) edge[r + q * tile_rows] = at[r + q * ldc];
      tile(depth, pa + i * depth, pb + j * depth, edge, tile_rows);
      for (Size q = 0; q < width; ++q)
        for (Size r = 0; r < height; ++r) at[r + q * ldc] = edge[r + q * tile_rows];
    }
}

/// C += A B. Blocks of columns are tasks when there is enough to do; each entry is summed in the same order always.
void multiply(Size rows, Size columns, Size depth, const double* a, Size lda, const double* b, Size ldb, double* c,
              Size ldc) {
  if (rows == 0 || columns == 0 || depth == 0) return;
  const auto column_strip = [=](Size j) {
    for (Size k = 0; k < depth; k += depth_block)
      for (Size i = 0; i < rows; i += row_block)
        multiply_block(std::min(row_block, rows - i), std::min(column_block, columns - j),
                       std::min(depth_block, depth - k), a + i + k * lda, lda, b + k + j * ldb, ldb, c + i + j * ldc,
                       ldc);
  };
  const double work = static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(depth);
  if (work < 4e6) {
    for (Size j = 0; j < columns; j += column_block) column_strip(j);
    return;
  }
#pragma omp taskloop default(shared) grainsize(1)
  for (Size strip = 0; strip < (columns + column_block - 1) / column_block; ++strip) column_strip(strip * column_block);
}

/// x (rows first ... last - 1 of each column) := rows of the panel turned into q_sj / d_s, forward substitution.
VALLEYFLUX_WIDE void finish_rows(const double* left, Size ld, Size first, Size last, double* x, Size ldx, Size columns) {
  for (Size j = 0; j < columns; ++j) {
    double* column = x + j * ldx;
    for (Size t = first; t < last; ++t) {
      const double w = column[t] *= left[t + t * ld];
      const double* q = left + t * ld;
      for (Size s = t + 1; s < last; ++s) column[s] += q[s] * w;
    }
  }
}

/// Columns first ... last - 1 below the panel: q_is += sum over earlier pivots t of the panel of q_it W_ts.
VALLEYFLUX_WIDE void finish_columns(double* left, Size ld, Size first, Size last, Size rows) {
  constexpr Size chunk = 256;
  for (Size start = last; start < rows; start += chunk) {
    const Size end = std::min(rows, start + chunk);
    for (Size s = first + 1; s < last; ++s) {
      double* to = left + s * ld;
      for (Size t = first; t < s; ++t) {
        const double w = left[t + s * ld];
        const double* from = left + t * ld;
        for (Size i = start; i < end; ++i) to[i] += from[i] * w;
      }
    }
  }
}

/// The diagonal block of the panel. beyond[i]: sum of row i beyond the panel plus its exit rate, carried like a column.
VALLEYFLUX_WIDE Size eliminate_diagonal_block(double* left, Size ld, Size first, Size last, double* beyond,
                                              Size absorbing) {
  for (Size s = first; s < last; ++s) {
    double d = beyond[s];
    for (Size j = s + 1; j < last; ++j) d += left[s + j * ld];
    const double inverse = s == absorbing ? 1.0 : 1.0 / d;
    if (s != absorbing && (!(d > 0.0) || !std::isfinite(d) || !std::isfinite(inverse))) return s;
    left[s + s * ld] = inverse;
    const double* column = left + s * ld;
    const double w = beyond[s] * inverse;
    for (Size i = s + 1; i < last; ++i) beyond[i] += column[i] * w;
    for (Size j = s + 1; j < last; ++j) {
      double* to = left + j * ld;
      const double wj = to[s] *= inverse;
      for (Size i = s + 1; i < last; ++i) to[i] += column[i] * wj;  // the diagonal is never read
    }
  }
  return -1;
}

VALLEYFLUX_WIDE void sum_rows(const double* from, Size ld, Size columns, Size first, Size last, double* sums) {
  for (Size j = 0; j < columns; ++j)
    for (Size i = first; i < last; ++i) sums[i] += from[i + j * ld];
}

}  // namespace

std::ptrdiff_t eliminate(DenseFront& front, double* rest, double* exit, bool last_is_absorbing) {
  const Size p = front.pivots, b = front.boundary, m = front.size();
  double* left = front.left.get();
  double* top = front.top.get();
  std::vector<double> beyond(static_cast<std::size_t>(p));
  for (Size first = 0; first < p; first += panel_width) {
    const Size last = std::min(p, first + panel_width);
    std::copy(exit + first, exit + last, beyond.begin() + first);
    sum_rows(left + last * m, m, p - last, first, last, beyond.data());
    sum_rows(top, p, b, first, last, beyond.data());
    const Size failed =
        eliminate_diagonal_block(left, m, first, last, beyond.data(), last_is_absorbing ? p - 1 : Size{-1});
    if (failed >= 0) return failed;
    finish_rows(left, m, first, last, left + last * m, m, p - last);
    finish_rows(left, m, first, last, top, p, b);
    finish_rows(left, m, first, last, exit, m, 1);
    finish_columns(left, m, first, last, m);
    multiply(m - last, p - last, last - first, left + last + first * m, m, left + first + last * m, m,
             left + last + last * m, m);
    multiply(p - last, b, last - first, left + last + first * m, m, top + first, p, top + last, p);
    multiply(m - last, 1, last - first, left + last + first * m, m, exit + first, m, exit + last, m);
  }
  multiply(b, b, p, left + p, m, top, p, rest, b);
  return -1;
}

}  // namespace valleyflux
