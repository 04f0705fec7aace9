#pragma once

#include <string>
#include <vector>

namespace valleyflux {

/// The names of all valleys, or of all targets.
template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& all) {
  std::vector<std::string> names;
  for (const Named& one : all) names.push_back(one.name);
  return names;
}

}  // namespace valleyflux
