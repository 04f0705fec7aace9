#pragma once

#include "problems/case/case_reader.hpp"
#include "problems/tables/table_function.hpp"
#include "problems/units.hpp"

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// [units]: energy, time, rate, and length, one for all axes or a table of one for each, by x, y, z; axes: their
/// names. Throws CaseError.
Units read_units(CaseReader& table, const std::vector<std::string>& axes);

/// What a table says its numbers are in; empty texts where it does not.
struct UnitsOfFile {
  std::string file;
  std::string energy;
  std::vector<std::string> length;  // an axis each, or none
  std::vector<TabulatedValues::UnknownUnit> unknown = {};
};

/// Units that [units] leaves open are those of the file; where both are known and differ, a warning says so, for
/// energies and lengths are not converted. Another does of words in their place that are no unit which is known, of the
/// landscape or of an axis whose unit the case gives, unless that is the same word.
void add_units_of_file(const UnitsOfFile& told, const std::vector<std::string>& axes, Units& units,
                       std::vector<std::string>& warnings);

/// The same of a table of D, mobility or drift, whose key this is: of its axes, and of its values where the file tells
/// another unit of length^2/time, length^2/(time energy) or length/time than [units] makes of these.
void compare_units(const std::string& key, const TableFunction& table, const Units& units,
                   std::vector<std::string>& warnings);

/// The number of a text "2.5 kJ/mol", given for a key. Throws CaseError where it is none, or another unit than that of
/// energies: nothing is converted.
double read_energy(CaseReader& table, const std::string& key, const std::string& unit);

/// What to say of a kT that is no likely temperature in the unit of energies, as it comes of another one; nothing where
/// the unit is not known.
std::optional<std::string> doubt_of_temperature(double kT, const std::string& unit);

}  // namespace valleyflux
