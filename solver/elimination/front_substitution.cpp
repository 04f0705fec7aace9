#include "solver/elimination/front_substitution.hpp"

#include "grids/wide.hpp"

#include <algorithm>

namespace valleyflux {

namespace {

using Size = std::ptrdiff_t;

constexpr Size pivots_at_once = 8;  // pivots substituted before their effect on the others

/// y += A x.
template <Size lanes>
VALLEYFLUX_INLINE void add_product(Size rows, Size columns, const double* a, Size lda, const double* x, double* y) {
  using V = VectorOf<lanes>;
  Size j = 0;
  for (; j + 4 <= columns; j += 4) {
    const double *a0 = a + j * lda, *a1 = a0 + lda, *a2 = a1 + lda, *a3 = a2 + lda;
    const double x0 = x[j], x1 = x[j + 1], x2 = x[j + 2], x3 = x[j + 3];
    for (Size i = 0; i < rows; i += lanes) {
      V& sum = *reinterpret_cast<V*>(y + i);
      sum = sum + (*reinterpret_cast<const V*>(a0 + i) * x0 + *reinterpret_cast<const V*>(a1 + i) * x1) +
            (*reinterpret_cast<const V*>(a2 + i) * x2 + *reinterpret_cast<const V*>(a3 + i) * x3);
    }
  }
  for (; j < columns; ++j)
    for (Size i = 0; i < rows; i += lanes)
      *reinterpret_cast<V*>(y + i) += *reinterpret_cast<const V*>(a + j * lda + i) * x[j];
}

/// y += A^T x.
template <Size lanes>
VALLEYFLUX_INLINE void add_transposed_product(Size rows, Size columns, const double* a, Size lda, const double* x,
                                              double* y) {
  using V = VectorOf<lanes>;
  Size j = 0;
  for (; j + 4 <= columns; j += 4) {
    V sum[4] = {};
    for (Size i = 0; i < rows; i += lanes) {
      const V xi = *reinterpret_cast<const V*>(x + i);
#pragma GCC unroll 4
      for (Size c = 0; c < 4; ++c) sum[c] += *reinterpret_cast<const V*>(a + (j + c) * lda + i) * xi;
    }
    for (Size c = 0; c < 4; ++c)
      for (Size r = 0; r < lanes; ++r) y[j + c] += sum[c][r];
  }
  for (; j < columns; ++j) {
    V sum = {};
    for (Size i = 0; i < rows; i += lanes)
      sum += *reinterpret_cast<const V*>(a + j * lda + i) * *reinterpret_cast<const V*>(x + i);
    for (Size r = 0; r < lanes; ++r) y[j] += sum[r];
  }
}

struct SubstituteUp {
  template <Size lanes>
  static VALLEYFLUX_INLINE void run(const FrontShape* shape, const double* left, double* y) {
    const Size ld = shape->left_rows(), p = shape->pivots, end = shape->pivot_rows() + shape->boundary_rows();
    for (Size s0 = 0; s0 < p; s0 += pivots_at_once) {
      const Size s1 = std::min(p, s0 + pivots_at_once), below = s1 < p ? s1 : shape->pivot_rows();
      for (Size s = s0; s < s1; ++s) {
        const double* column = left + s * ld;
        y[s] *= column[s];
        for (Size i = s + 1; i < s1; ++i) y[i] += column[i] * y[s];
      }
      add_product<lanes>(end - below, s1 - s0, left + below + s0 * ld, ld, y + s0, y + below);
    }
  }
};

struct SubstituteDown {
  template <Size lanes>
  static VALLEYFLUX_INLINE void run(const FrontShape* shape, const double* left, const double* top, double* y) {
    const Size ld = shape->left_rows(), p = shape->pivots, rows = shape->pivot_rows();
    add_product<lanes>(rows, shape->boundary, top, rows, y + rows, y);
    for (Size s0 = (p - 1) / pivots_at_once * pivots_at_once; s0 >= 0; s0 -= pivots_at_once) {
      const Size s1 = std::min(p, s0 + pivots_at_once);
      for (Size s = s1 - 1; s > s0; --s)
        for (Size i = s0; i < s; ++i) y[i] += left[i + s * ld] * y[s];
      add_product<lanes>(s0, s1 - s0, left + s0 * ld, ld, y + s0, y);
    }
  }
};

struct SubstituteUpForward {
  template <Size lanes>
  static VALLEYFLUX_INLINE void run(const FrontShape* shape, const double* left, const double* top, double* y) {
    const Size ld = shape->left_rows(), p = shape->pivots, rows = shape->pivot_rows();
    for (Size s0 = 0; s0 < p; s0 += pivots_at_once) {
      const Size s1 = std::min(p, s0 + pivots_at_once);
      add_transposed_product<lanes>(s0, s1 - s0, left + s0 * ld, ld, y, y + s0);
      for (Size s = s0 + 1; s < s1; ++s)
        for (Size t = s0; t < s; ++t) y[s] += left[t + s * ld] * y[t];
    }
    add_transposed_product<lanes>(rows, shape->boundary, top, rows, y, y + rows);
  }
};

struct SubstituteDownForward {
  template <Size lanes>
  static VALLEYFLUX_INLINE void run(const FrontShape* shape, const double* left, double* y) {
    const Size ld = shape->left_rows(), p = shape->pivots, end = shape->pivot_rows() + shape->boundary_rows();
    for (Size s0 = (p - 1) / pivots_at_once * pivots_at_once; s0 >= 0; s0 -= pivots_at_once) {
      const Size s1 = std::min(p, s0 + pivots_at_once), below = s1 < p ? s1 : shape->pivot_rows();
      add_transposed_product<lanes>(end - below, s1 - s0, left + below + s0 * ld, ld, y + below, y + s0);
      for (Size s = s1 - 1; s >= s0; --s) {
        const double* column = left + s * ld;
        for (Size i = s + 1; i < s1; ++i) y[s] += column[i] * y[i];
        y[s] *= column[s];
      }
    }
  }
};

}  // namespace

void substitute_up(const FrontShape& shape, const double* left, double* y) {
  run_wide<SubstituteUp>(&shape, left, y);
}

void substitute_down(const FrontShape& shape, const double* left, const double* top, double* y) {
  run_wide<SubstituteDown>(&shape, left, top, y);
}

void substitute_up_forward(const FrontShape& shape, const double* left, const double* top, double* y) {
  run_wide<SubstituteUpForward>(&shape, left, top, y);
}

void substitute_down_forward(const FrontShape& shape, const double* left, double* y) {
  run_wide<SubstituteDownForward>(&shape, left, y);
}

}  // namespace valleyflux
