#pragma once

#include "problems/landscapes/landscape.hpp"
#include "problems/tables/tabulated_values.hpp"

#include <vector>

namespace valleyflux {

/// Points of a table that hold a value, by point.
std::vector<char> held_points(const TabulatedValues& table);

/// The box of a table's axes, and in it the points between neighbours that all hold a value; held empty: all points do.
LandscapeDomain domain_of(const std::vector<TabulatedValues::Axis>& axes, const std::vector<char>& held);

/// Gives the points without a value that of the nearest that has one.
void hold_nearest_values(TabulatedValues& table, const std::vector<char>& held);

/// Gives the points without a value one that depends on those with a value alone: near these as smooth a continuation
/// as there is (least squares of the third differences), farther off the value of the nearest. A spline through all of
/// them is then that of the data, and what a file says where it knows nothing (-1, 1e9, NaN) changes nothing. At least
/// one point must hold a value.
void extend_beyond_data(TabulatedValues& table, const std::vector<char>& held);

/// Gives the points without a value one by either of these. The points that held one before; empty where all did.
/// Throws std::invalid_argument where none did.
std::vector<char> fill_missing(TabulatedValues& table, void (*fill)(TabulatedValues&, const std::vector<char>&));

}  // namespace valleyflux
