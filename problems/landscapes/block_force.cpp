#include "problems/landscapes/block_force.hpp"

#include "grids/wide.hpp"
#include "grids/wide_functions.hpp"

namespace valleyflux {

namespace {

/// height exp(a u^2 + b u v + c v^2) with u = x - x0, v = y - y0.
struct Hill {
  double height, a, b, c, x0, y0;
};

constexpr Hill muller_brown[] = {{-200.0, -1.0, 0.0, -10.0, 1.0, 0.0},
                                 {-100.0, -1.0, 0.0, -10.0, 0.0, 0.5},
                                 {-170.0, -6.5, 11.0, -6.5, -0.5, 1.5},
                                 {15.0, 0.7, 0.6, 0.7, -1.0, 1.0}};

struct MullerBrownForce {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(const double* x, const double* y, double* force_x, double* force_y,
                                    std::ptrdiff_t count) {
    VALLEYFLUX_INDEPENDENT
    for (std::ptrdiff_t p = 0; p < count; ++p) {
      double along_x = 0.0, along_y = 0.0;
      for (const Hill& hill : muller_brown) {
        const double u = x[p] - hill.x0, v = y[p] - hill.y0;
        // Half the slopes of the exponent s, which is (u s_u + v s_v) / 2.
        const double half_u = fused(hill.a, u, 0.5 * hill.b * v), half_v = fused(hill.c, v, 0.5 * hill.b * u);
        const double height = -2.0 * hill.height * wide_exp(fused(u, half_u, v * half_v));
        along_x = fused(height, half_u, along_x);
        along_y = fused(height, half_v, along_y);
      }
      force_x[p] = along_x;
      force_y[p] = along_y;
    }
  }
};

}  // namespace

void muller_brown_force(const double* x, double* force, std::ptrdiff_t count, std::ptrdiff_t stride) {
  run_wide<MullerBrownForce>(x, x + stride, force, force + stride, count);
}

}  // namespace valleyflux
