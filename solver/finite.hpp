#pragma once

#include <fmt/format.h>
#include <Eigen/Core>

#include <cmath>
#include <limits>
#include <optional>
#include <string>

namespace valleyflux {

/// A number as results hold it: what leaves the range of doubles is missing.
inline std::optional<double> finite(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// The same of many numbers at once: NaN is what is missing.
inline Eigen::MatrixXd finite_or_missing(const Eigen::MatrixXd& values) {
  return values.unaryExpr(
      [](double value) { return finite(value).value_or(std::numeric_limits<double>::quiet_NaN()); });
}

/// A number in a message.
inline std::string finite_text(double value) {
  return std::isfinite(value) ? fmt::format("{:.6g}", value) : "no finite number";
}

}  // namespace valleyflux
