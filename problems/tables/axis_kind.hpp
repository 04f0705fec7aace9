#pragma once

#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"

#include <cstddef>

namespace valleyflux {

enum class AxisKind { angle, no_angle, unknown };

/// What an axis of a table is, by its unit in the file or else in the case, a word in the place of one, its name, and
/// whether the case asks for a period or walls.
AxisKind kind_of_axis(const TabulatedValues& table, const SaidOfAxes& said, std::size_t place);

}  // namespace valleyflux
