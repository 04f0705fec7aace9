#pragma once

#include "solver/results.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// Plain text in aligned columns; the first row is the head. Columns of numbers are aligned to the right.
std::string aligned(const std::vector<std::vector<std::string>>& rows);

/// Valleys: name, minimum, height, stationary probability.
std::string valleys_table(const Results& results);

/// Estimates: escape, method, rate, half-width of its interval, mean time, and how far each rate is from the first
/// numerical one of the same escape; notes below.
std::string estimates_table(const Results& results);

}  // namespace valleyflux
