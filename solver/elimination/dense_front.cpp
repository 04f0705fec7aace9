#include "solver/elimination/dense_front.hpp"

#include "grids/first_failure.hpp"
#include "grids/wide.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

namespace valleyflux {

namespace {

using Size = std::ptrdiff_t;

constexpr Size block = 8;                           // pivots eliminated at once, in registers
constexpr Size panel = 64;                          // pivots between two products of large matrices
constexpr Size row_block = 128, depth_block = 256;  // of a factor packed together, to stay in the second-level cache
constexpr Size strip = 96;                          // columns of a task
constexpr double spread_work = 2e6;                 // multiplications below which a product is not spread

/// C += A B or C = A B for one tile of C, `rows` vectors by `columns`, kept in registers.
template <Size lanes, Size rows, Size columns, bool add>
VALLEYFLUX_INLINE void tile(Size depth, const double* a, Size lda, const double* b, Size ldb, double* c, Size ldc) {
  using V = VectorOf<lanes>;
  V sum[columns][rows];
#pragma GCC unroll 8
  for (Size j = 0; j < columns; ++j)
#pragma GCC unroll 2
    for (Size r = 0; r < rows; ++r) sum[j][r] = add ? *reinterpret_cast<const V*>(c + j * ldc + r * lanes) : V{};
  for (Size k = 0; k < depth; ++k) {
    V left[rows];
#pragma GCC unroll 2
    for (Size r = 0; r < rows; ++r) left[r] = *reinterpret_cast<const V*>(a + k * lda + r * lanes);
#pragma GCC unroll 8
    for (Size j = 0; j < columns; ++j) {
      const double right = b[k + j * ldb];
#pragma GCC unroll 2
      for (Size r = 0; r < rows; ++r) sum[j][r] += left[r] * right;
    }
  }
#pragma GCC unroll 8
  for (Size j = 0; j < columns; ++j)
#pragma GCC unroll 2
    for (Size r = 0; r < rows; ++r) *reinterpret_cast<V*>(c + j * ldc + r * lanes) = sum[j][r];
}

/// A few columns of a product. `packed`: A lies tile after tile instead of by columns.
template <Size lanes, Size columns, bool packed>
VALLEYFLUX_INLINE void tile_columns(Size rows, Size depth, const double* a, Size lda, const double* b, Size ldb,
                                    double* c, Size ldc) {
  Size i = 0;
  for (; i + 2 * lanes <= rows; i += 2 * lanes)
    tile<lanes, 2, columns, true>(depth, packed ? a + i * depth : a + i, packed ? 2 * lanes : lda, b, ldb, c + i, ldc);
  if (i < rows)
    tile<lanes, 1, columns, true>(depth, packed ? a + i * depth : a + i, packed ? lanes : lda, b, ldb, c + i, ldc);
}

template <Size lanes, bool packed>
VALLEYFLUX_INLINE void tiles(Size rows, Size columns, Size depth, const double* a, Size lda, const double* b, Size ldb,
                             double* c, Size ldc) {
  Size j = 0;
  for (; j + 6 <= columns; j += 6)
    tile_columns<lanes, 6, packed>(rows, depth, a, lda, b + j * ldb, ldb, c + j * ldc, ldc);
  b += j * ldb;
  c += j * ldc;
  switch (columns - j) {
    case 5: return tile_columns<lanes, 5, packed>(rows, depth, a, lda, b, ldb, c, ldc);
    case 4: return tile_columns<lanes, 4, packed>(rows, depth, a, lda, b, ldb, c, ldc);
    case 3: return tile_columns<lanes, 3, packed>(rows, depth, a, lda, b, ldb, c, ldc);
    case 2: return tile_columns<lanes, 2, packed>(rows, depth, a, lda, b, ldb, c, ldc);
    case 1: return tile_columns<lanes, 1, packed>(rows, depth, a, lda, b, ldb, c, ldc);
    default: return;
  }
}

/// C (rows x columns) += A (rows x depth) B (depth x columns); rows: whole vectors.
struct Multiply {
  template <Size lanes>
  static VALLEYFLUX_INLINE void run(Size rows, Size columns, Size depth, const double* a, Size lda, const double* b,
                                    Size ldb, double* c, Size ldc) {
    using V = VectorOf<lanes>;
    if (columns < 24 || rows * depth < 4096) {  // packing would not pay
      tiles<lanes, false>(rows, columns, depth, a, lda, b, ldb, c, ldc);
      return;
    }
    alignas(64) static thread_local std::array<double, row_block * depth_block> pack;
    for (Size k0 = 0; k0 < depth; k0 += depth_block)
      for (Size i0 = 0; i0 < rows; i0 += row_block) {
        const Size height = std::min(row_block, rows - i0), thick = std::min(depth_block, depth - k0);
        double* to = pack.data();
        for (Size i = 0; i < height;) {
          const Size vectors = i + 2 * lanes <= height ? 2 : 1;
          const double* from = a + i0 + i + k0 * lda;
          for (Size k = 0; k < thick; ++k, from += lda)
            for (Size r = 0; r < vectors; ++r, to += lanes)
              *reinterpret_cast<V*>(to) = *reinterpret_cast<const V*>(from + r * lanes);
          i += vectors * lanes;
        }
        tiles<lanes, true>(height, columns, thick, pack.data(), 0, b + k0, ldb, c + i0, ldc);
      }
  }
};

void multiply(Size rows, Size columns, Size depth, const double* a, Size lda, const double* b, Size ldb, double* c,
              Size ldc) {
  if (rows > 0 && columns > 0 && depth > 0) run_wide<Multiply>(rows, columns, depth, a, lda, b, ldb, c, ldc);
}

/// What eliminating a block of pivots does to the rest of its rows, W = T X, and columns, X V (8 x 8 each): with L the
/// rates below and U the q_sj / d_s above the diagonal, T = (D - L)^-1 and V = (I - U)^-1, both nonnegative.
struct BlockInverse {
  alignas(64) std::array<double, block * block> rows, columns;
};

using PanelInverse = std::array<BlockInverse, panel / block>;

/// Eliminates one block of at most 8 pivots. beyond[i]: the sum of row i beyond the block, exit rate included; it is
/// carried like a column.
VALLEYFLUX_INLINE Size eliminate_block(double* q, Size ld, Size count, double* beyond, BlockInverse& inverse) {
  // The block, and beside it the unit matrix, which the same operations on rows turn into T.
  double x[2 * block][block] = {};
  double v[block][block] = {};
  for (Size j = 0; j < count; ++j) {
    for (Size i = 0; i < count; ++i) x[j][i] = q[i + j * ld];
    x[block + j][j] = 1.0;
  }
  for (Size s = 0; s < count; ++s) {
    double d = beyond[s];
    for (Size j = s + 1; j < count; ++j) d += x[j][s];
    const double inverse_d = 1.0 / d;
    if (!(d > 0.0) || !std::isfinite(d) || !std::isfinite(inverse_d)) return s;
    double below[block];
    for (Size i = 0; i < block; ++i) below[i] = i > s ? x[s][i] : 0.0;
    const double out = beyond[s] * inverse_d;
    for (Size i = 0; i < block; ++i) beyond[i] += below[i] * out;
    for (Size j = s + 1; j <= block + s; ++j) {
      const double w = x[j][s] *= inverse_d;
      for (Size i = 0; i < block; ++i) x[j][i] += below[i] * w;
    }
    x[s][s] = inverse_d;
    v[s][s] = 1.0;
    for (Size t = 0; t < s; ++t)
      for (Size i = 0; i < block; ++i) v[s][i] += v[t][i] * x[s][t];
  }
  for (Size j = 0; j < count; ++j)
    for (Size i = 0; i < count; ++i) q[i + j * ld] = x[j][i];
  std::copy_n(&x[block][0], block * block, inverse.rows.begin());
  std::copy_n(&v[0][0], block * block, inverse.columns.begin());
  return -1;
}

/// X (8 or 4 rows) := T X in place; T is lower triangular, so that the last rows go first.
template <Size lanes>
VALLEYFLUX_INLINE void apply_to_rows(const BlockInverse& inverse, Size count, double* x, Size ldx, Size columns) {
  const Size height = count > 4 ? 8 : 4;
  const double* t = inverse.rows.data();
  Size j = 0;
  for (; j + 6 <= columns; j += 6)
    for (Size i = height - lanes; i >= 0; i -= lanes)
      tile<lanes, 1, 6, false>(std::min(count, i + lanes), t + i, block, x + j * ldx, ldx, x + i + j * ldx, ldx);
  for (; j < columns; ++j)
    for (Size i = height - lanes; i >= 0; i -= lanes)
      tile<lanes, 1, 1, false>(std::min(count, i + lanes), t + i, block, x + j * ldx, ldx, x + i + j * ldx, ldx);
}

/// X (8 columns or fewer) := X V in place.
template <Size lanes>
VALLEYFLUX_INLINE void apply_to_columns(const BlockInverse& inverse, Size count, double* x, Size ldx, Size rows) {
  const double* v = inverse.columns.data();
  for (Size i = 0; i < rows; i += lanes) {
    if (count == block) {
      tile<lanes, 1, block, false>(block, x + i, ldx, v, block, x + i, ldx);
      continue;
    }
    for (Size j = count - 1; j > 0; --j)
      tile<lanes, 1, 1, false>(j + 1, x + i, ldx, v + j * block, block, x + i + j * ldx, ldx);
  }
}

/// Eliminates the pivots first ... last - 1 among themselves. beyond: what their rows hold beyond the panel.
struct EliminatePanel {
  template <Size lanes>
  static VALLEYFLUX_INLINE Size run(double* left, Size ld, Size first, Size last, double* beyond,
                                    PanelInverse* inverse) {
    double* const corner = left + first + first * ld;
    const Size width = last - first, height = (width + 3) / 4 * 4;
    for (Size s = 0; s < width; s += block) {
      const Size count = std::min(block, width - s), next = s + count;
      double* const diagonal = corner + s + s * ld;
      double* const right = corner + s + next * ld;
      BlockInverse& own = (*inverse)[static_cast<std::size_t>(s / block)];
      tiles<lanes, false>(height - s, count, s, corner + s, ld, corner + s * ld, ld, diagonal, ld);
      const Size rows = std::min(block, height - s);
      if (next < width) tiles<lanes, false>(rows, width - next, s, corner + s, ld, corner + next * ld, ld, right, ld);
      tiles<lanes, false>(rows, 1, s, corner + s, ld, beyond, ld, beyond + s, ld);
      double sums[block] = {};
      for (Size i = 0; i < count; ++i) sums[i] = beyond[s + i];
      for (Size j = next; j < width; ++j)
        for (Size i = 0; i < block; ++i) sums[i] += corner[s + i + j * ld];
      const Size failed = eliminate_block(diagonal, ld, count, sums, own);
      if (failed >= 0) return first + s + failed;
      if (next < width) {
        apply_to_rows<lanes>(own, count, right, ld, width - next);
        apply_to_columns<lanes>(own, count, diagonal + count, ld, height - next);
      }
      apply_to_rows<lanes>(own, count, beyond + s, ld, 1);
    }
    return -1;
  }
};

/// Rows below the panel, in the columns of its pivots. x: the first of the rows, in the panel's first column.
struct FinishColumns {
  template <Size lanes>
  static VALLEYFLUX_INLINE void run(const double* corner, Size ld, Size width, const PanelInverse* inverse, double* x,
                                    Size rows) {
    for (Size s = 0; s < width; s += block) {
      const Size count = std::min(block, width - s);
      tiles<lanes, false>(rows, count, s, x, ld, corner + s * ld, ld, x + s * ld, ld);
      apply_to_columns<lanes>((*inverse)[static_cast<std::size_t>(s / block)], count, x + s * ld, ld, rows);
    }
  }
};

/// Columns beyond the panel, in the rows of its pivots. x: the panel's first row in the first of the columns.
struct FinishRows {
  template <Size lanes>
  static VALLEYFLUX_INLINE void run(const double* corner, Size ld, Size width, const PanelInverse* inverse, double* x,
                                    Size ldx, Size columns) {
    for (Size s = 0; s < width; s += block) {
      const Size count = std::min(block, width - s);
      tiles<lanes, false>(count > 4 ? 8 : 4, columns, s, corner + s, ld, x, ldx, x + s, ldx);
      apply_to_rows<lanes>((*inverse)[static_cast<std::size_t>(s / block)], count, x + s, ldx, columns);
    }
  }
};

/// sums (rows) += the sum over the columns of A.
struct AddRowSums {
  template <Size lanes>
  static VALLEYFLUX_INLINE void run(Size rows, Size columns, const double* a, Size lda, double* sums) {
    for (Size j = 0; j < columns; ++j)
      for (Size i = 0; i < rows; ++i) sums[i] += a[i + j * lda];
  }
};

/// Calls f(start, count) on pieces of at most `piece` of 0 ... total - 1: parallel tasks where there is enough work.
/// Each entry of a result belongs to one piece, so that it is always summed in the same order.
template <typename F>
void spread(Size total, Size piece, double work, const F& f) {
  const Size pieces = (total + piece - 1) / piece;
  if (pieces > 1 && work > spread_work) {
    FirstFailure failure;
    for (Size k = 0; k < pieces; ++k) {
#pragma omp task default(shared) firstprivate(k)
      failure.guard([&] { f(k * piece, std::min(piece, total - k * piece)); });
    }
#pragma omp taskwait
    failure.rethrow();
  } else {
    for (Size k = 0; k < pieces; ++k) f(k * piece, std::min(piece, total - k * piece));
  }
}

double product_of(Size a, Size b, Size c) {
  return static_cast<double>(a) * static_cast<double>(b) * static_cast<double>(c);
}

}  // namespace

std::ptrdiff_t eliminate(const FrontShape& shape, double* left, double* top, double* rest) {
  const Size p = shape.pivots, columns = shape.boundary + 1;
  const Size ld = shape.left_rows(), rows = shape.pivot_rows(), end = rows + shape.boundary_rows();
  PanelInverse inverse;
  for (Size first = 0; first < p; first += panel) {
    const Size last = std::min(p, first + panel), width = last - first;
    const Size below = last < p ? last : rows;  // the first row below the panel
    std::array<double, panel> beyond{};
    run_wide<AddRowSums>(width, p - last, left + first + last * ld, ld, beyond.data());
    run_wide<AddRowSums>(width, columns, top + first, rows, beyond.data());
    const Size failed = run_wide<EliminatePanel>(left, ld, first, last, beyond.data(), &inverse);
    if (failed >= 0) return failed;
    const double* corner = left + first + first * ld;
    spread(end - below, 2 * strip, product_of(end - below, width, width), [&](Size start, Size count) {
      run_wide<FinishColumns>(corner, ld, width, &inverse, left + below + start + first * ld, count);
    });
    spread(p - last, strip, product_of(end - first, width, p - last), [&](Size start, Size count) {
      double* x = left + (last + start) * ld;
      run_wide<FinishRows>(corner, ld, width, &inverse, x + first, ld, count);
      multiply(end - last, count, width, left + last + first * ld, ld, x + first, ld, x + last, ld);
    });
    spread(columns, strip, product_of(rows - first, width, columns), [&](Size start, Size count) {
      double* x = top + start * rows;
      run_wide<FinishRows>(corner, ld, width, &inverse, x + first, rows, count);
      multiply(rows - below, count, width, left + below + first * ld, ld, x + first, rows, x + below, rows);
    });
  }
  const Size stay = shape.boundary_rows();
  spread(columns, strip, product_of(stay, columns, p), [&](Size start, Size count) {
    multiply(stay, count, p, left + rows, ld, top + start * rows, rows, rest + start * stay, stay);
  });
  return -1;
}

std::ptrdiff_t eliminate_symmetric(const FrontShape& shape, double* left, double* rest) {
  const Size p = shape.pivots, b = shape.boundary, stay = shape.boundary_rows();
  const Size ld = shape.left_rows(), rows = shape.pivot_rows(), end = rows + stay;
  // q_sj / d_s in the rows first ... first + depth - 1 of some columns, whose first entries lie at `from`.
  const auto ratios = [&](const double* from, Size first, Size depth, Size columns) {
    std::vector<double> x(static_cast<std::size_t>(depth * columns));
    for (Size s = 0; s < depth; ++s) {
      const double inverse = left[(first + s) * (ld + 1)];
      for (Size j = 0; j < columns; ++j) x[static_cast<std::size_t>(s + j * depth)] = from[j + s * ld] * inverse;
    }
    return x;
  };
  PanelInverse inverse;
  for (Size first = 0; first < p; first += panel) {
    const Size last = std::min(p, first + panel), width = last - first;
    const Size below = last < p ? last : rows;  // the first row below the panel
    double* const corner = left + first * (ld + 1);
    std::array<double, panel> beyond{};
    for (Size s = 0; s < width; ++s) {
      for (Size i = s + 1; i < width; ++i) corner[s + i * ld] = corner[i + s * ld];
      const double* column = left + (first + s) * ld;
      beyond[static_cast<std::size_t>(s)] = std::accumulate(column + below, column + end, 0.0);
    }
    const Size failed = run_wide<EliminatePanel>(left, ld, first, last, beyond.data(), &inverse);
    if (failed >= 0) return failed;
    spread(end - below, 2 * strip, product_of(end - below, width, width), [&](Size start, Size count) {
      run_wide<FinishColumns>(corner, ld, width, &inverse, left + below + start + first * ld, count);
    });
    spread(p - last, strip, product_of(end - last, width, p - last), [&](Size start, Size count) {
      double* const from = left + last + start + first * ld;
      const std::vector<double> x = ratios(from, first, width, count);
      multiply(end - last - start, count, width, from, ld, x.data(), width, from + (last + start - first) * ld, ld);
    });
  }
  spread(b, strip, product_of(stay, b, p), [&](Size start, Size count) {
    const double* from = left + rows + start;
    const std::vector<double> x = ratios(from, 0, p, count);
    multiply(stay - start, count, p, from, ld, x.data(), p, rest + start * (stay + 1), stay);
  });
  return -1;
}

}  // namespace valleyflux
