#include "solver/particles/line_surface.hpp"

#include "grids/wide.hpp"

#include <algorithm>
#include <limits>

namespace valleyflux {

namespace {

struct ToIntervals {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(const Interval* intervals, std::ptrdiff_t number, const double* x, double* distance,
                                    std::ptrdiff_t count) {
    const auto to = [](const Interval& interval, double place) {
      const double below = interval.low - place, above = place - interval.high;
      return below > above ? below : above;
    };
    const Interval first = intervals[0];
    VALLEYFLUX_INDEPENDENT
    for (std::ptrdiff_t p = 0; p < count; ++p) distance[p] = to(first, x[p]);
    for (std::ptrdiff_t k = 1; k < number; ++k) {
      const Interval other = intervals[k];
      VALLEYFLUX_INDEPENDENT
      for (std::ptrdiff_t p = 0; p < count; ++p) {
        const double here = to(other, x[p]);
        distance[p] = here < distance[p] ? here : distance[p];
      }
    }
  }
};

}  // namespace

void distances_to(const std::vector<Interval>& intervals, const double* x, double* distance, std::ptrdiff_t count) {
  if (intervals.empty())
    std::fill_n(distance, count, std::numeric_limits<double>::infinity());
  else
    run_widest<ToIntervals>(intervals.data(), static_cast<std::ptrdiff_t>(intervals.size()), x, distance, count);
}

}  // namespace valleyflux
