#pragma once

#include "problems/case/case_file.hpp"

#include <string>

namespace valleyflux {

/// What a case holds for a key ("table.key"; entries of arrays of tables by name or number), overrides applied, as TOML
/// writes it; empty if it holds nothing.
std::string value_in_case(const Case& definition, const std::string& key);

}  // namespace valleyflux
