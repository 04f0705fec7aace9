#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// What the numbers of a case are in, as users write it ("kJ/mol", "ns"); empty where they do not say. Units are
/// carried along, never converted: energies, lengths and times of a case are in one unit each.
struct Units {
  struct Length {
    std::string axis, unit;
  };
  std::string energy, time;
  std::vector<Length> length;  // of all axes, in their order, or none

  bool any() const { return !energy.empty() || !time.empty() || !length.empty(); }
};

/// The unit of something of a dimension: numbers, powers (^2) and quotients of "energy", "time", "length" (of all axes,
/// where they have the same), "length_x" ... (of one), and "volume" (of a cell): "1/time" -> "1/ns", "energy/length" ->
/// "kJ/mol/nm". "1" where one of them is not known.
std::string in_units(std::string_view dimension, const Units& units);

/// The dimension of lengths along an axis: "length_x".
std::string length_along(std::string_view axis);

}  // namespace valleyflux
