#pragma once

#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"

namespace valleyflux {

/// Makes the axes of angles that a table covers once periodic: 360 or 2 pi, with one end listed, both or none (centres
/// of bins). An angle is what the file or the case says to be one (by a unit, deg or rad, or a name such as phi, or a
/// periodic wall); no angle is what has another unit, a name such as r, or a wall at both ends though nothing says that
/// it is one. What is neither may be an angle if it starts at 0 or minus half a turn (but for half a step) and values
/// go on from one end to the other as they do within, in value and slope; of degrees a doubt says so.
///
/// Both ends of a turn are one point. Where they differ, but no more than neighbours do or than four standard errors,
/// it has the mean of both, and a doubt says by how much; where they differ by more, the axis stays open, and a doubt
/// says so unless the case gives it walls. Where one of them has no value the other counts. Throws
/// std::invalid_argument where the case asks for a period then.
void close_turns(const TableFile& file, TabulatedValues& table, const SaidOfAxes& said);

}  // namespace valleyflux
