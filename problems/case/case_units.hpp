#pragma once

#include "problems/case/case_reader.hpp"
#include "problems/units.hpp"

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// [units]: energy, time, rate, and length, one for all axes or a table of one for each, by x, y, z; axes: their
/// names. Throws CaseError.
Units read_units(CaseReader& table, const std::vector<std::string>& axes);

/// The number of a text "2.5 kJ/mol", given for a key. Throws CaseError where it is none, or another unit than that of
/// energies: nothing is converted.
double read_energy(CaseReader& table, const std::string& key, const std::string& unit);

/// What to say of a kT that is no likely temperature in the unit of energies, as it comes of another one; nothing where
/// the unit is not known.
std::optional<std::string> doubt_of_temperature(double kT, const std::string& unit);

}  // namespace valleyflux
