#pragma once

#include "problems/tables/tabulated_values.hpp"

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// What speaks against taking the values of a file as a landscape, each with what to do: they are probabilities (none
/// negative, their integral or their sum 1), the bias of metadynamics (PLUMED's *.bias, as long as `scale` is
/// positive), or one of them breaks the curve that all others lie on (its fourth differences are far above the others',
/// and it is an extremum). `file`: its name.
std::vector<std::string> table_doubts(const std::string& file, const TabulatedValues& table, double scale);

/// The last of these alone, which any values may deserve.
std::optional<std::string> stray_point_doubt(const std::string& file, const TabulatedValues& table);

}  // namespace valleyflux
