#include "problems/data/delimited_text.hpp"

#include "problems/data/number_text.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\""), last = text.find_last_not_of(" \t\"");
  return first == std::string_view::npos ? "" : text.substr(first, last - first + 1);
}

char separator_of(std::string_view line) {
  for (const char separator : {',', ';', '\t'})
    if (line.find(separator) != std::string_view::npos) return separator;
  return ' ';
}

std::vector<std::string> fields_of(std::string_view line, char separator) {
  std::vector<std::string> fields;
  for (;;) {
    if (separator == ' ') line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const std::size_t end = line.find(separator);
    if (separator != ' ' || !line.empty()) fields.emplace_back(trimmed(line.substr(0, end)));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + 1);
  }
}

}  // namespace

std::vector<DelimitedLine> delimited_lines(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";  // that UTF-8 files may begin with
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  std::vector<DelimitedLine> lines;
  std::optional<char> separator;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    text.remove_prefix(text.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, text.size()));
    if (trimmed(line).empty()) continue;
    if (!separator) separator = separator_of(line);
    lines.push_back({number, fields_of(line, *separator)});
  }
  return lines;
}

std::optional<double> finite_number(const std::string& field) {
  const auto value = number_in_text(field);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return value;
}

}  // namespace valleyflux
