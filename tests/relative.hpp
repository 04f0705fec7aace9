#pragma once

#include <cmath>
#include <limits>

/// |value - expected| / |expected|: 0 where both are the same number, infinity where only `expected` is 0 or where one
/// is NaN or infinite. doctest::Approx adds 1 to the scale, so that below 1 it compares absolutely: 0 would pass for
/// 3e-90.
inline double relative_error(double value, double expected) {
  if (value == expected) return 0.0;
  const double error = std::abs(value - expected) / std::abs(expected);
  return std::isfinite(error) ? error : std::numeric_limits<double>::infinity();
}
