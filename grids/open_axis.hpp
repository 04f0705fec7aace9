#pragma once

#include "grids/axis.hpp"

#include <optional>
#include <string>

namespace valleyflux {

/// An axis as far as a user has given it; what is missing is left to the program to choose.
struct OpenAxis {
  std::string name;
  std::optional<double> min = {}, max = {};
  std::optional<Index> cells = {};
  Boundary lower = Boundary::reflecting, upper = Boundary::reflecting;
  std::optional<Grading> grading = {};

  bool bounded() const { return min && max; }
  bool closed() const { return bounded() && cells; }
  /// Throws as the axis does, and std::bad_optional_access where something is missing.
  Axis axis() const { return {name, min.value(), max.value(), cells.value(), lower, upper, grading}; }
};

}  // namespace valleyflux
