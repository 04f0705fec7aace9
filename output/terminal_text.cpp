#include "output/terminal_text.hpp"

#include <cwchar>

#include <algorithm>
#include <clocale>
#include <numeric>
#include <sstream>

namespace valleyflux {

namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr std::size_t gap = 2;         // between columns
constexpr std::size_t narrowest = 16;  // that a column of texts is made

/// A character of a UTF-8 text; of what is none the byte.
struct Character {
  char32_t code;
  std::size_t bytes;
};

Character character_at(const std::string& text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t bytes = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (bytes == 1 || at + bytes > text.size()) return {first, 1};
  char32_t code = first & (0x7FU >> bytes);
  for (std::size_t k = 1; k < bytes; ++k) code = code << 6U | (static_cast<unsigned char>(text[at + k]) & 0x3FU);
  return {code, bytes};
}

/// By the system's table, whatever locale the program runs in.
std::size_t width_of(char32_t code) {
  if (code < 0x80) return 1;
  static const locale_t unicode = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (!unicode) return 1;
  const locale_t before = ::uselocale(unicode);
  const int width = ::wcwidth(static_cast<wchar_t>(code));
  ::uselocale(before);
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

/// Bytes of the characters that fit into so many columns, with those drawn over the last of them.
std::size_t bytes_within(const std::string& text, std::size_t columns) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Character next = character_at(text, at);
    const std::size_t width = width_of(next.code);
    if (width > columns) break;
    columns -= width;
    at += next.bytes;
  }
  return at;
}

/// What would command a terminal instead of being shown is replaced.
std::string without_controls(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 127; }, '?');
  return text;
}

/// Lines of at most `first`, then `others` columns, but for longer words that are to stay whole.
std::vector<std::string> broken(const std::string& text, std::size_t first, std::size_t others,
                                bool whole_words = false) {
  std::vector<std::string> lines{""};
  const auto room = [&] { return lines.size() == 1 ? first : others; };
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t spaces = text.find_first_not_of(' ', at);
    if (spaces == std::string::npos) break;
    const std::size_t end = std::min(text.find(' ', spaces), text.size());
    std::string word = text.substr(spaces, end - spaces);
    const std::string lead = lines.back().empty() && lines.size() > 1 ? "" : text.substr(at, spaces - at);
    at = end;
    if (text_width(lines.back() + lead + word) <= room()) {
      lines.back() += lead + word;
      continue;
    }
    if (!lines.back().empty()) lines.emplace_back();
    for (; !whole_words && text_width(word) > room(); lines.emplace_back()) {
      const std::size_t cut = std::max(bytes_within(word, room()), character_at(word, 0).bytes);
      lines.back() = word.substr(0, cut);
      word.erase(0, cut);
    }
    lines.back() = word;
  }
  return lines;
}

std::string in_lines(const std::string& text, std::size_t indent, std::size_t columns, bool whole_words) {
  std::string result;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> lines = broken(without_controls(line), columns, columns - indent, whole_words);
    for (std::size_t k = 0; k < lines.size(); ++k) result += (k ? std::string(indent, ' ') : "") + lines[k] + "\n";
  }
  if (!text.empty() && text.back() != '\n') result.pop_back();
  return result;
}

/// Of every column the width of its longest cell.
std::vector<std::size_t> widths_of(const Rows& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], text_width(row[k]));
  }
  return widths;
}

std::size_t total(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) +
         gap * (std::max<std::size_t>(widths.size(), 1) - 1);
}

/// By column, whether it holds numbers below its head; the first one is of names.
std::vector<char> numeric_columns(const Rows& rows, std::size_t count) {
  std::vector<char> numeric(count, 1);
  if (count > 0) numeric[0] = 0;
  for (auto row = rows.begin() + 1; row < rows.end(); ++row)
    for (std::size_t k = 1; k < row->size(); ++k)
      numeric[k] &= (*row)[k].empty() || std::string("0123456789-+<x(e").find((*row)[k][0]) != std::string::npos;
  return numeric;
}

/// By column, whether its cells can be broken: texts, and numbers of several words such as points.
std::vector<char> breakable_columns(const Rows& rows, const std::vector<char>& numeric) {
  std::vector<char> breakable;
  for (const char is_number : numeric) breakable.push_back(!is_number);
  for (const auto& row : rows)
    for (std::size_t k = 0; k < row.size(); ++k) breakable[k] |= row[k].find(' ') != std::string::npos;
  return breakable;
}

/// Makes the widest columns that can be broken narrower until the table fits or they are as narrow as they may be.
void narrow(const std::vector<char>& breakable, std::size_t columns, std::vector<std::size_t>& widths) {
  while (total(widths) > columns) {
    std::size_t widest = widths.size();
    for (std::size_t k = 0; k < widths.size(); ++k)
      if (breakable[k] && widths[k] > narrowest && (widest == widths.size() || widths[k] > widths[widest])) widest = k;
    if (widest == widths.size()) return;
    --widths[widest];
  }
}

/// Columns 0 and begin ... end - 1.
Rows part_of(const Rows& rows, std::size_t begin, std::size_t end) {
  Rows part;
  for (const auto& row : rows) {
    part.push_back({row.empty() ? "" : row[0]});
    for (std::size_t k = begin; k < std::min(end, row.size()); ++k) part.back().push_back(row[k]);
  }
  return part;
}

}  // namespace

std::size_t text_width(const std::string& text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character next = character_at(text, at);
    width += width_of(next.code);
    at += next.bytes;
  }
  return width;
}

std::string cut_to_width(const std::string& text, std::size_t columns) {
  return text.substr(0, bytes_within(text, columns));
}

std::string wrapped(const std::string& text, std::size_t indent, std::size_t columns) {
  return in_lines(text, indent, columns, false);
}

std::string wrapped_between_words(const std::string& text, std::size_t indent, std::size_t columns) {
  return in_lines(text, indent, columns, true);
}

std::string aligned(const Rows& rows, std::size_t columns) {
  std::vector<std::size_t> widths = widths_of(rows);
  const std::vector<char> numeric = numeric_columns(rows, widths.size());
  narrow(breakable_columns(rows, numeric), columns, widths);
  if (total(widths) > columns && widths.size() > 2) {
    // As many as fit, two at least, and the others below.
    std::size_t end = widths.size();
    while (end > 2 && total({widths.begin(), widths.begin() + static_cast<std::ptrdiff_t>(end)}) > columns) --end;
    if (end < widths.size())
      return aligned(part_of(rows, 1, end), columns) + "\n" + aligned(part_of(rows, end, widths.size()), columns);
  }
  std::string text;
  for (const auto& row : rows) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t k = 0; k < row.size(); ++k) {
      cells.push_back(broken(without_controls(row[k]), widths[k], widths[k]));
      height = std::max(height, cells.back().size());
    }
    for (std::size_t h = 0; h < height; ++h) {
      std::string line;
      for (std::size_t k = 0; k < row.size(); ++k) {
        const std::string cell = h < cells[k].size() ? cells[k][h] : "";
        const std::string space(widths[k] - text_width(cell), ' ');
        line += (k ? std::string(gap, ' ') : "") + (numeric[k] ? space + cell : cell + space);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
    }
  }
  return text;
}

}  // namespace valleyflux
