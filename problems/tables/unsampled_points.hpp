#pragma once

#include "problems/tables/tabulated_values.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// Programs write one number (0, -1) in the place of free energies of points that no sample has reached. Such points
/// hold exactly the same value, four or more in a row, and lie where the curve beside them rises towards them: between
/// the last of the curve and the first of them it falls at once, by more than three times its largest step nearby.
/// Values that are cut off above, bottoms of valleys, printed with few digits, and steps between levels do not fall so.
/// What there is to say of them, each value once; `scale`: its sign turns the curve around. `file`: its name.
std::vector<std::string> doubts_of_unsampled_points(const std::string& file, const TabulatedValues& table,
                                                    double scale);

}  // namespace valleyflux
