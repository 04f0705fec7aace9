#pragma once

#include <optional>
#include <string_view>

namespace valleyflux {

/// A place in a text; both count from 1, columns in characters.
struct TextPlace {
  int line, column;
};

/// The first character of a TOML text in UTF-8 that stands outside of strings and comments and is not ASCII, which TOML
/// does not allow; nothing if there is none. toml++ 3.3 has undefined behaviour there: an accent in a key is enough.
std::optional<TextPlace> stray_character(std::string_view toml);

}  // namespace valleyflux
