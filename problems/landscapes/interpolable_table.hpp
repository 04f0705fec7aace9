#pragma once

#include "problems/tables/tabulated_values.hpp"

namespace valleyflux {

/// Throws std::invalid_argument for what is no table that can be interpolated: other than one or two axes, fewer than 5
/// points along one, axes that do not ascend, or another number of values than they ask for.
void require_interpolable(const TabulatedValues& table);

}  // namespace valleyflux
