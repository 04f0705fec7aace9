#pragma once

#include <string>

namespace valleyflux {

/// A text as one field of a line of CSV: in quotes, those in it doubled, line ends as spaces.
std::string quoted(const std::string& text);

}  // namespace valleyflux
