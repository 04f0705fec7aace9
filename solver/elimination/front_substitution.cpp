#include "solver/elimination/front_substitution.hpp"

#include "grids/wide.hpp"

#include <algorithm>

namespace valleyflux {

namespace {

using Size = std::ptrdiff_t;

constexpr Size pivots_at_once = 8;  // pivots substituted before their effect on the others

/// Y += A X. Columns of X and Y lie `ld` apart.
template <Size lanes, int columns>
VALLEYFLUX_INLINE void add_product(Size rows, Size depth, const double* a, Size lda, const double* x, double* y,
                                   Size ld) {
  using V = VectorOf<lanes>;
  Size j = 0;
  for (; j + 4 <= depth; j += 4) {
    const double *a0 = a + j * lda, *a1 = a0 + lda, *a2 = a1 + lda, *a3 = a2 + lda;
    for (Size i = 0; i < rows; i += lanes) {
      const V v0 = *reinterpret_cast<const V*>(a0 + i), v1 = *reinterpret_cast<const V*>(a1 + i);
      const V v2 = *reinterpret_cast<const V*>(a2 + i), v3 = *reinterpret_cast<const V*>(a3 + i);
#pragma GCC unroll 4
      for (Size c = 0; c < columns; ++c) {
        const double* const from = x + j + c * ld;
        V& sum = *reinterpret_cast<V*>(y + i + c * ld);
        sum = sum + (v0 * from[0] + v1 * from[1]) + (v2 * from[2] + v3 * from[3]);
      }
    }
  }
  for (; j < depth; ++j)
    for (Size i = 0; i < rows; i += lanes) {
      const V v = *reinterpret_cast<const V*>(a + j * lda + i);
#pragma GCC unroll 4
      for (Size c = 0; c < columns; ++c) *reinterpret_cast<V*>(y + i + c * ld) += v * x[j + c * ld];
    }
}

/// Y += A^T X.
template <Size lanes, int columns>
VALLEYFLUX_INLINE void add_transposed_product(Size rows, Size depth, const double* a, Size lda, const double* x,
                                              double* y, Size ld) {
  using V = VectorOf<lanes>;
  constexpr Size at_once = columns > 2 ? 2 : 4;  // columns of A: their sums stay in registers
  Size j = 0;
  for (; j + at_once <= depth; j += at_once) {
    V sum[columns][at_once] = {};
    for (Size i = 0; i < rows; i += lanes) {
      V v[at_once];
#pragma GCC unroll 4
      for (Size k = 0; k < at_once; ++k) v[k] = *reinterpret_cast<const V*>(a + (j + k) * lda + i);
#pragma GCC unroll 4
      for (Size c = 0; c < columns; ++c) {
        const V xi = *reinterpret_cast<const V*>(x + i + c * ld);
#pragma GCC unroll 4
        for (Size k = 0; k < at_once; ++k) sum[c][k] += v[k] * xi;
      }
    }
    for (Size c = 0; c < columns; ++c)
      for (Size k = 0; k < at_once; ++k)
        for (Size r = 0; r < lanes; ++r) y[j + k + c * ld] += sum[c][k][r];
  }
  for (; j < depth; ++j)
    for (Size c = 0; c < columns; ++c) {
      V sum = {};
      for (Size i = 0; i < rows; i += lanes)
        sum += *reinterpret_cast<const V*>(a + j * lda + i) * *reinterpret_cast<const V*>(x + i + c * ld);
      for (Size r = 0; r < lanes; ++r) y[j + c * ld] += sum[r];
    }
}

template <int columns>
struct SubstituteUp {
  template <Size lanes>
  static VALLEYFLUX_INLINE void run(const FrontShape* shape, const double* left, double* y) {
    const Size ld = shape->left_rows(), p = shape->pivots, end = shape->pivot_rows() + shape->boundary_rows();
    for (Size s0 = 0; s0 < p; s0 += pivots_at_once) {
      const Size s1 = std::min(p, s0 + pivots_at_once), below = s1 < p ? s1 : shape->pivot_rows();
      for (double* own = y; own < y + columns * ld; own += ld)
        for (Size s = s0; s < s1; ++s) {
          const double* column = left + s * ld;
          own[s] *= column[s];
          for (Size i = s + 1; i < s1; ++i) own[i] += column[i] * own[s];
        }
      add_product<lanes, columns>(end - below, s1 - s0, left + below + s0 * ld, ld, y + s0, y + below, ld);
    }
  }
};

template <int columns>
struct SubstituteDown {
  template <Size lanes>
  static VALLEYFLUX_INLINE void run(const FrontShape* shape, const double* left, const double* top, double* y) {
    const Size ld = shape->left_rows(), p = shape->pivots, rows = shape->pivot_rows();
    add_product<lanes, columns>(rows, shape->boundary, top, rows, y + rows, y, ld);
    for (Size s0 = (p - 1) / pivots_at_once * pivots_at_once; s0 >= 0; s0 -= pivots_at_once) {
      const Size s1 = std::min(p, s0 + pivots_at_once);
      for (double* own = y; own < y + columns * ld; own += ld)
        for (Size s = s1 - 1; s > s0; --s)
          for (Size i = s0; i < s; ++i) own[i] += left[i + s * ld] * own[s];
      add_product<lanes, columns>(s0, s1 - s0, left + s0 * ld, ld, y + s0, y, ld);
    }
  }
};

template <int columns>
struct SubstituteUpForward {
  template <Size lanes>
  static VALLEYFLUX_INLINE void run(const FrontShape* shape, const double* left, const double* top, double* y) {
    const Size ld = shape->left_rows(), p = shape->pivots, rows = shape->pivot_rows();
    for (Size s0 = 0; s0 < p; s0 += pivots_at_once) {
      const Size s1 = std::min(p, s0 + pivots_at_once);
      add_transposed_product<lanes, columns>(s0, s1 - s0, left + s0 * ld, ld, y, y + s0, ld);
      for (double* own = y; own < y + columns * ld; own += ld)
        for (Size s = s0 + 1; s < s1; ++s)
          for (Size t = s0; t < s; ++t) own[s] += left[t + s * ld] * own[t];
    }
    add_transposed_product<lanes, columns>(rows, shape->boundary, top, rows, y, y + rows, ld);
  }
};

template <int columns>
struct SubstituteDownForward {
  template <Size lanes>
  static VALLEYFLUX_INLINE void run(const FrontShape* shape, const double* left, double* y) {
    const Size ld = shape->left_rows(), p = shape->pivots, end = shape->pivot_rows() + shape->boundary_rows();
    for (Size s0 = (p - 1) / pivots_at_once * pivots_at_once; s0 >= 0; s0 -= pivots_at_once) {
      const Size s1 = std::min(p, s0 + pivots_at_once), below = s1 < p ? s1 : shape->pivot_rows();
      add_transposed_product<lanes, columns>(end - below, s1 - s0, left + below + s0 * ld, ld, y + below, y + s0, ld);
      for (double* own = y; own < y + columns * ld; own += ld)
        for (Size s = s1 - 1; s >= s0; --s) {
          const double* column = left + s * ld;
          for (Size i = s + 1; i < s1; ++i) own[s] += column[i] * own[i];
          own[s] *= column[s];
        }
    }
  }
};

}  // namespace

template <int columns>
void substitute_up(const FrontShape& shape, const double* left, double* y) {
  run_wide<SubstituteUp<columns>>(&shape, left, y);
}

template <int columns>
void substitute_down(const FrontShape& shape, const double* left, const double* top, double* y) {
  run_wide<SubstituteDown<columns>>(&shape, left, top, y);
}

template <int columns>
void substitute_up_forward(const FrontShape& shape, const double* left, const double* top, double* y) {
  run_wide<SubstituteUpForward<columns>>(&shape, left, top, y);
}

template <int columns>
void substitute_down_forward(const FrontShape& shape, const double* left, double* y) {
  run_wide<SubstituteDownForward<columns>>(&shape, left, y);
}

template void substitute_up<1>(const FrontShape&, const double*, double*);
template void substitute_down<1>(const FrontShape&, const double*, const double*, double*);
template void substitute_up_forward<1>(const FrontShape&, const double*, const double*, double*);
template void substitute_down_forward<1>(const FrontShape&, const double*, double*);
template void substitute_up<2>(const FrontShape&, const double*, double*);
template void substitute_down<2>(const FrontShape&, const double*, const double*, double*);
template void substitute_up_forward<2>(const FrontShape&, const double*, const double*, double*);
template void substitute_down_forward<2>(const FrontShape&, const double*, double*);
template void substitute_up<4>(const FrontShape&, const double*, double*);
template void substitute_down<4>(const FrontShape&, const double*, const double*, double*);
template void substitute_up_forward<4>(const FrontShape&, const double*, const double*, double*);
template void substitute_down_forward<4>(const FrontShape&, const double*, double*);

}  // namespace valleyflux
