#pragma once

#include "problems/tables/tabulated_values.hpp"

#include <optional>

namespace valleyflux {

/// Standard deviation of the noise of a table whose values scatter independently from point to point; nothing where
/// they do not, or are too few to tell (40 an axis). Differences of order k of such noise have the variance (2k choose
/// k) sigma^2, whatever k, while those of what is resolved fall with every order: medians of the third and the fifth
/// agree along each axis for noise alone. Windows with points without a value are left out.
std::optional<double> scatter_of(const TabulatedValues& table);

}  // namespace valleyflux
