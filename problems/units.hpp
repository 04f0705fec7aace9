#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// What the numbers of a case are in, as users write it ("kJ/mol", "ns"); empty where they do not say. Units are
/// carried along: energies, lengths and times of a case are in one unit each. Rates and times of escapes alone are
/// converted, where another unit is asked for.
struct Units {
  struct Length {
    std::string axis, unit;
  };
  std::string energy, time;
  std::string escape_time;     // what rates are one over, if not `time`: both are times that are known then
  std::vector<Length> length;  // of all axes, in their order, or none

  bool any() const { return !energy.empty() || !time.empty() || !length.empty(); }
};

/// The unit of something of a dimension: numbers, powers (^2) and quotients of "energy", "time", "rate" (of escapes),
/// "length" (of all axes, where they have the same), "length_1" ... (of one), and "volume" (of a cell): "1/time" ->
/// "1/ns", "energy/length" -> "kJ/mol/nm". "1" where one of them is not known.
std::string in_units(std::string_view dimension, const Units& units);

/// The dimension of lengths along an axis, counted from 0: "length_1".
std::string length_along(int axis);

/// Names of units of time that can be converted: "fs" ... "s", "min", "h", "d".
std::vector<std::string> time_units();

/// Whether a text is one of time_units(), or spells one as tables may: "nanoseconds".
bool is_time(std::string_view unit);

/// The unit of time that a unit of rates is one over: "1/s", "s^-1" and "Hz" -> "s". Nothing for what is no unit of
/// time.
std::optional<std::string> time_of_rate(std::string_view rate);

/// What a rate in 1/from has to be multiplied by to be in 1/to. Throws std::invalid_argument for what is no unit of
/// time.
double rate_conversion(std::string_view from, std::string_view to);

}  // namespace valleyflux
