#include "problems/landscapes/interpolable_table.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace valleyflux {

void require_interpolable(const TabulatedValues& table) {
  if (table.axes.empty() || table.axes.size() > 2)
    throw std::invalid_argument(fmt::format("a table needs one or two axes (got {})", table.axes.size()));
  Index count = 1;
  for (const auto& axis : table.axes) {
    constexpr Index fewest = 5;
    if (axis.points < fewest)
      throw std::invalid_argument(
          fmt::format("axis {} has {} points, at least {} are needed", axis.name, axis.points, fewest));
    if (!(axis.spacing > 0)) throw std::invalid_argument(fmt::format("axis {} must ascend", axis.name));
    count *= axis.points;
  }
  if (table.values.size() != count)
    throw std::invalid_argument(
        fmt::format("the table holds {} values, its axes ask for {}", table.values.size(), count));
}

}  // namespace valleyflux
