#pragma once

#include "problems/tables/tabulated_values.hpp"

#include <vector>

namespace valleyflux {

/// Points of a table that hold a value, by point.
std::vector<char> held_points(const TabulatedValues& table);

/// Gives the points without a value one that depends on those with a value alone: near these as smooth a continuation
/// as there is (least squares of the second differences), farther off the value of the nearest. A spline through all of
/// them is then that of the data, and what a file says where it knows nothing (-1, 1e9, NaN) changes nothing. At least
/// one point must hold a value.
void extend_beyond_data(TabulatedValues& table, const std::vector<char>& held);

}  // namespace valleyflux
