#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// The candidate with the smallest edit distance to `name` (the first of equals); empty if there are none.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace valleyflux
