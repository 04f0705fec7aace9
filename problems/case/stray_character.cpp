#include "problems/case/stray_character.hpp"

#include <string>

namespace valleyflux {

namespace {

/// Which quotes begin a string: only those where a key or a value may begin. A quote within a bare value is part of a
/// faulty text, of which a reader of TOML may look at more than the quote before it says so.
class StringStarts {
 public:
  bool may_begin() const { return open_; }

  /// A character outside of strings and comments, quotes that begin a string included.
  void pass(char c) {
    switch (c) {
      case ' ':
      case '\t':
      case '\r': return;
      case '\n':
        if (nested_.empty()) value_ = false;
        open_ = true;
        return;
      case '=':
        open_ = !value_;
        value_ = true;
        return;
      case '.': open_ = !value_; return;
      case '[':
        if (value_ && open_) nested_ += c;
        return;
      case '{':
        if (value_ && open_) {
          nested_ += c;
          value_ = false;
        }
        return;
      case ',':
        open_ = !nested_.empty();
        value_ = nested_.empty() || nested_.back() == '[';
        return;
      case ']':
      case '}':
        if (!nested_.empty()) nested_.pop_back();
        value_ = true;
        open_ = false;
        return;
      default: open_ = false;
    }
  }

 private:
  std::string nested_;  // the brackets of arrays and inline tables that we are in
  bool value_ = false;  // a value stands here, not a key
  bool open_ = true;
};

}  // namespace

std::optional<TextPlace> stray_character(std::string_view toml) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";  // that UTF-8 files may begin with
  std::size_t at = toml.starts_with(mark) ? mark.size() : 0;
  TextPlace place{1, 1};
  bool comment = false;
  StringStarts strings;
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
      if (line_ends) strings.pass(c);
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
    } else if ((c == '"' || c == '\'') && strings.may_begin()) {
      strings.pass(c);
      const std::string three(3, c);
      quotes = toml.substr(at).starts_with(three) ? three : std::string(1, c);
      advance(quotes.size());
    } else {
      if (static_cast<unsigned char>(c) >= 0x80) return place;
      comment = c == '#';
      if (!comment) strings.pass(c);
      advance(1);
    }
  }
  return std::nullopt;
}

}  // namespace valleyflux
