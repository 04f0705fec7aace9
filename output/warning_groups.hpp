#pragma once

#include "solver/escape_warning.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// Warnings that say the same but for the numbers in them, of one escape and method each or all of the whole run.
struct WarningGroup {
  std::string text;                    // of the first
  std::vector<EscapeWarning> members;  // escape and method are empty of what is said of the whole
};

/// In the order of the first of each.
std::vector<WarningGroup> warning_groups(const std::vector<std::string>& warnings);

/// What a warning says, whatever the numbers in it.
std::string warning_kind(const std::string& warning);

}  // namespace valleyflux
