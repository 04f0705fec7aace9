#pragma once

#include "problems/case/case_reader.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// The keys of [grid], as they are written; those of --set come last.
std::vector<std::string> written_axes(const toml::table& grid);

/// What the case calls its coordinates: the texts of `variables`, else the keys of [grid] in the order in which they
/// are written. Empty where it says x, y, z, and of [grid] where a table of the landscape is to tell the order.
/// Throws CaseError for names that expressions cannot have.
std::vector<std::string> given_names(CaseReader& root, const Parameters& parameters);

/// The coordinates' names: those given, else those of the landscape's table, else the keys of [grid] where the table
/// has no names, else x, y, z (x1 ... beyond three). Names of a table that are x, y or z of another place are not
/// taken, with a warning. Throws CaseError.
std::vector<std::string> axis_names(CaseReader& root, const std::vector<std::string>& given,
                                    const std::vector<std::string>& of_table, int dimension,
                                    const Parameters& parameters, std::vector<std::string>& warnings);

/// Those that expressions can have, the others empty.
std::vector<std::string> usable_names(std::vector<std::string> names);

/// Gives the axes in [grid] and the units in [units] length that stand under their own names those of x, y, z, by
/// which they are read. Throws CaseError where an axis is given under both.
void use_variable_names(toml::table& root, const std::vector<std::string>& names, const CaseContext& context);

}  // namespace valleyflux
