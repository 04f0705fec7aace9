#pragma once

#include "solver/escape_warning.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace valleyflux {

/// Warnings that say the same but for the numbers in them, of one escape and method each or all of the whole run.
struct WarningGroup {
  std::string text;                    // of the first
  std::vector<EscapeWarning> members;  // escape and method are empty of what is said of the whole
  std::vector<std::size_t> places;     // of the members among all warnings
};

/// In the order of the first of each.
std::vector<WarningGroup> warning_groups(const std::vector<std::string>& warnings);

}  // namespace valleyflux
