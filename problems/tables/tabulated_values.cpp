#include "problems/tables/tabulated_values.hpp"

#include <fmt/format.h>

#include <cmath>

namespace valleyflux {

std::string text_of(const TabulatedValues::Axis& axis) {
  return fmt::format("{}{}: {} points, {:.6g} to {:.6g}{}", axis.name,
                     axis.unit.empty() ? "" : fmt::format(" [{}]", axis.unit), axis.points, axis.first, axis.last(),
                     axis.periodic ? ", periodic" : "");
}

std::optional<double> value_everywhere(const TabulatedValues& table) {
  std::optional<double> known;
  for (const double value : table.values) {
    if (!std::isfinite(value)) continue;
    if (value != known.value_or(value)) return std::nullopt;
    known = value;
  }
  return known;
}

std::string place_of_value(const std::string& file, const TabulatedValues& table, Index point) {
  const auto at = static_cast<std::size_t>(point);
  return at < table.lines.size() && table.lines[at] > 0 ? fmt::format("{}:{}", file, table.lines[at]) : file;
}

std::string place_in(const TabulatedValues& table, Index point) {
  std::string place;
  for (const auto& axis : table.axes) {
    place += fmt::format("{}{} = {:.6g}", place.empty() ? "" : ", ", axis.name,
                         axis.first + static_cast<double>(point % axis.points) * axis.spacing);
    point /= axis.points;
  }
  return place;
}

}  // namespace valleyflux
