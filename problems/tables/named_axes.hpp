#pragma once

#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"

#include <cstddef>

namespace valleyflux {

/// Whether an axis goes by no name of its own: by a letter that readers give, or the number of its column.
bool is_nameless(const TabulatedValues::Axis& axis);

/// What a case says of the axis at this place of a table, by the name that the file gives it, by the variable of this
/// place or x, y; of a nameless one by its place alone. Its name is that of the file or else of the case, if any.
SaidOfAxes::Coordinate said_of(const SaidOfAxes& said, const TabulatedValues& table, std::size_t place);

/// Puts the axes of a table into the order of the case's variables where the file calls them so (or x and y, whatever
/// the variables; capitals count for small letters where nothing else fits). An axis that is called as another one of
/// the case leaves its own place to the one that has no such name, with a doubt. Other names keep the order of the
/// file. Slopes stay in the order in which they were asked for: they are along the axes of the case.
void take_case_order(TabulatedValues& table, const SaidOfAxes& said);

}  // namespace valleyflux
