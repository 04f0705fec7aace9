#pragma once

#include "problems/case/case_reader.hpp"
#include "problems/units.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// [units]: energy, time, rate, and length, one for all axes or a table of one for each, by x, y, z; axes: their
/// names. Throws CaseError.
Units read_units(CaseReader& table, const std::vector<std::string>& axes);

}  // namespace valleyflux
