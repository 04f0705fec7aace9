#include "problems/tables/other_contents.hpp"

#include "problems/tables/small_letters.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace valleyflux {

namespace {

std::string kind_of_text(std::string_view line) {
  const std::string text = in_small_letters(line);
  if (text.starts_with("<!doctype html") || text.starts_with("<html"))
    return "a page of HTML, as servers send in the place of a file that they do not give away";
  if (text.starts_with('<')) return "XML";
  // A name in brackets may stand above columns.
  if (text.starts_with('[') && text.size() > 1 && std::string_view("[{\"-0123456789").find(text[1]) != text.npos)
    return "JSON";
  return text.starts_with('{') ? "JSON" : "";
}

}  // namespace

void refuse_other_contents(const TableFile& file) {
  using namespace std::string_view_literals;
  std::string_view bytes = file.bytes();
  if (bytes.starts_with("%PDF")) file.fail("a PDF, not a table");
  if (bytes.starts_with("\x89PNG") || bytes.starts_with("\xFF\xD8\xFF")) file.fail("a picture, not a table");
  constexpr std::size_t names_stand_within = 4096;
  if (bytes.starts_with("PK\x03\x04"sv) &&
      bytes.substr(0, names_stand_within).find("[Content_Types].xml") != std::string_view::npos)
    file.fail("a sheet of Excel (or a document of another office program): saved as CSV it is read");
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const std::size_t begin = std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size());
  constexpr std::size_t shown = 40;
  std::string_view line = bytes.substr(begin, shown);
  line = line.substr(0, line.find_first_of("\r\n"));
  const std::string kind = kind_of_text(line);
  if (kind.empty()) return;
  const auto breaks = std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(begin), '\n');
  file.fail(static_cast<std::size_t>(breaks) + 1, fmt::format("this begins like {}, not like a table: {}", kind, line));
}

std::string binary_content(const TableFile& file) {
  if (file.is_hdf5()) return "";
  const std::string_view bytes = file.bytes();
  const std::size_t zero = bytes.find('\0');
  if (zero == std::string_view::npos) return "";
  const auto breaks = std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(zero), '\n');
  return fmt::format("a byte 0 in line {}, which no text has", breaks + 1);
}

}  // namespace valleyflux
