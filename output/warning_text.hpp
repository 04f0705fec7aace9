#pragma once

#include <string>
#include <vector>

namespace valleyflux {

/// Warnings as a terminal shows them: those that differ in their numbers, escape or method alone (escape_warning.hpp)
/// are one, with their count and whom they are about. verbose: each one for itself.
std::string warnings_text(const std::vector<std::string>& warnings, bool verbose = false);

/// What is to be said of one value of a sweep, which `at` names: "diffusion.D=0.1".
struct SweptWarnings {
  std::string at;
  std::vector<std::string> warnings;
};

/// Warnings of a sweep: those alike are one, with the number of values that have them and the first of these.
std::string swept_warnings_text(const std::vector<SweptWarnings>& values);

}  // namespace valleyflux
