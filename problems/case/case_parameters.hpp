#pragma once

#include "problems/case/case_reader.hpp"

#include <set>
#include <string>
#include <vector>

namespace valleyflux {

/// Reads [parameters]: names usable in every expression. Throws CaseError.
Parameters read_parameters(CaseReader& root);

/// Puts the numbers of another file's [parameters] in the place of include = "FILE", where the case has none of that
/// name itself; gives their names. Such a file includes nothing in turn. Throws CaseError, of faults in the other file
/// with their place there.
std::set<std::string> include_parameters(toml::table& root, const CaseContext& context);

/// A parameter that nothing depends on is a mistake: often t instead of T. Throws CaseError where it is set from
/// outside; else gives a warning, but not of those that were included, which may be for other cases.
std::vector<std::string> warnings_of_unused(const toml::table& root, const Parameters& parameters,
                                            const std::set<std::string>& included, const CaseContext& context);

}  // namespace valleyflux
