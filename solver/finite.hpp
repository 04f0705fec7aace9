#pragma once

#include <cmath>
#include <optional>

namespace valleyflux {

/// A number as results hold it: what leaves the range of doubles is missing.
inline std::optional<double> finite(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace valleyflux
