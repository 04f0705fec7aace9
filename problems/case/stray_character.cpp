#include "problems/case/stray_character.hpp"

#include <string>

namespace valleyflux {

std::optional<TextPlace> stray_character(std::string_view toml) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";  // that UTF-8 files may begin with
  std::size_t at = toml.starts_with(mark) ? mark.size() : 0;
  TextPlace place{1, 1};
  bool comment = false;
  std::string quotes;  // that close the string we are in; none outside
  const auto advance = [&](std::size_t count) {
    for (; count > 0 && at < toml.size(); --count, ++at) {
      const bool within_character = (static_cast<unsigned char>(toml[at]) & 0xC0) == 0x80;
      if (toml[at] == '\n')
        place = {place.line + 1, 1};
      else if (!within_character)
        ++place.column;
    }
  };
  while (at < toml.size()) {
    const char c = toml[at];
    const bool line_ends = c == '\n';
    if (comment) {
      comment = !line_ends;
      advance(1);
    } else if (!quotes.empty()) {
      if (c == '\\' && quotes[0] == '"') {
        advance(2);
      } else if (toml.substr(at).starts_with(quotes)) {
        advance(quotes.size());
        // Up to two more quotes belong to the text of a string that three of them close.
        while (quotes.size() == 3 && at < toml.size() && toml[at] == quotes[0]) advance(1);
        quotes.clear();
      } else {
        if (line_ends && quotes.size() == 1) quotes.clear();  // never closed
        advance(1);
      }
    } else if (c == '"' || c == '\'') {
      const std::string three(3, c);
      quotes = toml.substr(at).starts_with(three) ? three : std::string(1, c);
      advance(quotes.size());
    } else {
      if (static_cast<unsigned char>(c) >= 0x80) return place;
      comment = c == '#';
      advance(1);
    }
  }
  return std::nullopt;
}

}  // namespace valleyflux
