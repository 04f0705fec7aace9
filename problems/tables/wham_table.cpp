#include "problems/tables/wham_table.hpp"

#include "problems/tables/columns_wanted.hpp"
#include "problems/tables/plain_columns.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace valleyflux {

namespace {

/// Words of the comment that names the columns; empty if the file begins otherwise.
std::vector<std::string> wham_header(const TableFile& file) {
  TextLines lines(file);
  const auto first = lines.next();
  if (!first || !first->starts_with('#')) return {};
  const auto words = words_of(first->substr(1));
  if (words.size() < 2 || words.size() > 6) return {};
  const bool line = words[0] == "Coor" && words[1] == "Free";
  const bool plane = words.size() > 2 && words[0] == "X" && words[1] == "Y" && words[2] == "Free";
  return line || plane ? std::vector<std::string>(words.begin(), words.end()) : std::vector<std::string>{};
}

}  // namespace

bool is_wham_table(const TableFile& file) {
  return file.is_text() && !wham_header(file).empty();
}

TabulatedValues read_wham_table(const TableFile& file, const TableOptions& options) {
  const std::vector<std::string> names = wham_header(file);
  if (names.empty()) file.fail(1, "no line \"#Coor Free ...\" or \"#X Y Free ...\" as WHAM writes it");
  const TextRows rows = text_rows(file);
  const auto count = static_cast<std::size_t>(rows.values.rows());
  if (rows.lines.empty()) file.fail("there are no rows of numbers");
  const std::vector<std::size_t> coordinates =
      names[0] == "X" ? std::vector<std::size_t>{0, 1} : std::vector<std::size_t>{0};
  if (count <= coordinates.size())
    file.fail(rows.lines.front(), fmt::format("{} columns where the first line names {}", count, names.size()));
  const std::vector<std::size_t> columns = columns_wanted(file, options, names, count, coordinates);
  return gridded_columns(file, rows, names, columns);
}

}  // namespace valleyflux
