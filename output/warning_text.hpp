#pragma once

#include <string>
#include <vector>

namespace valleyflux {

/// Warnings as a terminal shows them: those that differ in their numbers, escape or method alone (escape_warning.hpp)
/// are one, with their count and whom they are about. verbose: each one for itself.
std::string warnings_text(const std::vector<std::string>& warnings, bool verbose = false);

}  // namespace valleyflux
