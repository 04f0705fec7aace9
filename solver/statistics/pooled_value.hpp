#pragma once

#include <vector>

namespace valleyflux {

/// A number that was measured once: in one data set, from one start.
struct MeasuredOnce {
  double value = 0.0;
  double standard_error = 0.0;  // > 0
};

/// What measurements of the same number come to that differ by more than their errors, because what they were made on
/// differs.
struct PooledValue {
  double value = 0.0, low = 0.0, high = 0.0;  // the mean over all that might be measured, 95 % interval
  double between = 0.0;                       // standard deviation from one to the next, their own errors taken off
  int count = 0;
};

/// The random-effects mean: weights 1 / (e_i^2 + between^2), where `between` makes the weighted squares what chance
/// makes them (Paule & Mandel 1982), and the interval of Hartung & Knapp (2001) by Student's t of n - 1 degrees of
/// freedom, never narrower than the errors alone allow. Throws std::invalid_argument for fewer than 2 measurements or
/// errors that are not positive and finite.
PooledValue pooled_value(const std::vector<MeasuredOnce>& measured);

}  // namespace valleyflux
