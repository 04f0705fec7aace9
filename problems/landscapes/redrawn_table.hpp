#pragma once

#include "problems/tables/tabulated_values.hpp"

#include <cstdint>

namespace valleyflux {

/// A table with errors, its values moved by normal numbers times these, drawn from point to point without correlation;
/// without errors of its own.
TabulatedValues redrawn_table(TabulatedValues table, std::uint64_t seed);

}  // namespace valleyflux
