#pragma once

#include "problems/problem.hpp"

#include <vector>

namespace valleyflux {

/// Middles of the stretches without noise on the line that lie between two neighbouring nodes (ascending), so that none
/// of these sees them, for where breaks are not all known: where D has parts by comparisons, where(), min, max or abs
/// it is looked at in 256 places a cell, fewer where that makes more than 131072 in all. Narrower stretches, which one
/// place alone sees, are not told.
std::vector<double> narrow_noise_gaps(const Problem<1>& problem, const std::vector<double>& nodes, double time);

}  // namespace valleyflux
