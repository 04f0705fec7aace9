#pragma once

#include <cstddef>
#include <vector>

namespace valleyflux {

/// Everything from low to high; ends may be infinite.
struct Interval {
  double low, high;
};

/// Signed distances of `count` places to a set of disjoint intervals, positive outside: exact; infinity where there is
/// none.
void distances_to(const std::vector<Interval>& intervals, const double* x, double* distance, std::ptrdiff_t count);

}  // namespace valleyflux
