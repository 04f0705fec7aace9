#include "problems/tables/tabulated_values.hpp"

#include <fmt/format.h>

namespace valleyflux {

std::string text_of(const TabulatedValues::Axis& axis) {
  return fmt::format("{}{}: {} points, {:.6g} to {:.6g}{}", axis.name,
                     axis.unit.empty() ? "" : fmt::format(" [{}]", axis.unit), axis.points, axis.first, axis.last(),
                     axis.periodic ? ", periodic" : "");
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
