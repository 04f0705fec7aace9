#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace valleyflux {

/// The text with small letters in the place of capital ones; bytes beyond ASCII stay.
inline std::string in_small_letters(std::string_view text) {
  std::string small(text);
  std::transform(small.begin(), small.end(), small.begin(), [](unsigned char c) { return std::tolower(c); });
  return small;
}

}  // namespace valleyflux
