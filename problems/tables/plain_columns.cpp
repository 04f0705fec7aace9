#include "problems/tables/plain_columns.hpp"

#include "problems/tables/columns_wanted.hpp"
#include "problems/tables/known_units.hpp"
#include "problems/tables/table_doubts.hpp"
#include "problems/tables/unit_labels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <unordered_set>
#include <utility>

namespace valleyflux {

namespace {

bool differ_everywhere(const Eigen::VectorXd& coordinates) {
  std::unordered_set<double> seen;
  return std::all_of(coordinates.begin(), coordinates.end(),
                     [&](double x) { return std::isfinite(x) && seen.insert(x).second; });
}

/// Whether a column numbers the rows, from 0 or 1.
bool counts_rows(const Eigen::VectorXd& column) {
  const auto count = column.size();
  return (column[0] == 0.0 || column[0] == 1.0) &&
         column == Eigen::VectorXd::LinSpaced(count, column[0], column[0] + static_cast<double>(count - 1));
}

/// Whether a column holds few numbers, each of them in several rows, as a coordinate of two does.
bool repeats(Eigen::VectorXd column) {
  if (!column.allFinite()) return false;
  std::sort(column.begin(), column.end());
  const auto different = std::unique(column.begin(), column.end()) - column.begin();
  return different > 1 && 2 * different <= column.size();
}

/// Whether the second column may be the first coordinate of two.
bool is_of_plane(const TextRows& rows) {
  return rows.values.rows() > 3 && repeats(rows.values.row(1));
}

/// Of a line whose first column numbers the rows before one that may be the coordinate: what to say instead.
std::optional<std::string> doubt_of_numbers(const TextRows& rows) {
  if (rows.values.rows() < 3 || !counts_rows(rows.values.row(0))) return std::nullopt;
  const bool plane = is_of_plane(rows);
  if (!plane && !axis_through("", rows.values.row(1))) return std::nullopt;
  return fmt::format(
      "its first column numbers the rows and is taken for the coordinate: should that be the second, columns = {}",
      plane ? "[2, 3, 4]" : "[2, 3]");
}

/// Words as names of so many columns; nothing if they are others. An index of the rows may go without one.
std::optional<std::vector<std::string>> names_in(const std::vector<std::string>& words, std::size_t count,
                                                 bool numbered) {
  for (std::vector<std::string> names : {words, with_brackets_joined(words)}) {
    if (numbered && names.size() + 1 == count) names.insert(names.begin(), "");
    if (names.size() == count) return names;
  }
  return std::nullopt;
}

bool is_argument(const std::string& word, const TabulatedValues& table) {
  return std::any_of(table.axes.begin(), table.axes.end(), [&](const auto& axis) { return axis.name == word; });
}

/// Whether a word is no name but may be a unit: "kJ/nm", "arb.u.".
bool resembles_unit(const std::string& word) {
  constexpr std::array<std::string_view, 5> units{"kJ", "kcal", "cal", "K", "au"};
  return !names_energy(word) &&
         (word.find_first_of("/.^") != std::string::npos || std::find(units.begin(), units.end(), word) != units.end());
}

/// The last line before that of the first row which holds a text; 0 if none does.
std::size_t line_above(const TableFile& file, const std::string& text, std::size_t first_row) {
  std::size_t found = 0;
  TextLines lines(file);
  for (auto line = lines.next(); line && lines.number() < first_row; line = lines.next())
    if (line->find(text) != std::string_view::npos) found = lines.number();
  return found;
}

}  // namespace

bool is_plain_columns(const TableFile& file) {
  if (!file.is_text()) return false;
  try {
    return !text_rows(file, WordsAmongNumbers::kept, 1).lines.empty();
  } catch (const std::invalid_argument&) {
    return file.bytes().find_first_of("0123456789") != std::string_view::npos;  // read, it says what is wrong
  }
}

std::vector<std::string> column_names(const TableFile& file, const TextRows& rows, std::vector<std::string>& doubts) {
  const auto count = static_cast<std::size_t>(rows.values.rows());
  const bool numbered =
      count > 2 && counts_rows(rows.values.row(0)) && (is_of_plane(rows) || axis_through("", rows.values.row(1)));
  std::vector<std::vector<std::string>> lines;  // that fit, the nearest to the numbers first
  std::vector<std::pair<std::vector<std::string>, std::size_t>> words_above{{rows.header, rows.lines.front()}};
  if (const auto names = names_in(rows.header, count, numbered)) lines.push_back(*names);
  if (const auto names = names_in(rows.header_above, count, numbered)) lines.push_back(*names);
  std::vector<std::string> labels;  // of the axes in an xvg file
  for (const auto& [line, comment] : rows.comments)
    if (comment.starts_with('@') && comment.find("axis") != std::string::npos &&
        comment.find("label") != std::string::npos) {
      const std::size_t open = comment.find('"'), close = comment.rfind('"');
      if (open < close) labels.push_back(comment.substr(open + 1, close - open - 1));
    }
  if (labels.size() == 2 && lines.empty()) return labels;
  for (auto comment = rows.comments.rbegin(); comment != rows.comments.rend(); ++comment) {
    const std::string& said = comment->text;
    if (said.starts_with('@')) continue;
    // Of a table separated by semicolons the line of names may begin with the empty one of the index.
    const bool begins_empty = numbered && said.starts_with(';') && words_of(said).size() == count;
    const std::size_t text = begins_empty ? 0 : std::min(said.find_first_not_of("#;!%/ \t"), said.size());
    const auto words = words_of(std::string_view(said).substr(text));
    if (std::any_of(words.begin(), words.end(), [](std::string_view word) { return number_in_text(word); })) continue;
    words_above.push_back({{words.begin(), words.end()}, comment->line});
    if (const auto names = names_in(words_above.back().first, count, false)) lines.push_back(*names);
  }
  for (const auto& names : lines)
    for (const auto& [units, line] : words_above) try {
        if (auto with = with_units(names, units)) return *with;
      } catch (const std::invalid_argument& error) {
        file.fail(line, error.what());
      }
  if (lines.size() > 1 && names_energy(lines[1].back()) && resembles_unit(lines[0].back()))
    doubts.push_back(
        fmt::format("line {}, \"{}\", is taken for the names of the columns, not for the units of {}: none of those is "
                    "known ({}, {})",
                    line_above(file, lines[0].back(), rows.lines.front()), fmt::join(lines[0], " "),
                    fmt::join(lines[1], ", "), known_energies(), known_coordinates()));
  return lines.empty() ? std::vector<std::string>{} : lines.front();
}

TabulatedValues gridded_columns(const TableFile& file, const TextRows& rows, const std::vector<std::string>& names,
                                const std::vector<std::size_t>& columns) {
  const auto name = [&](std::size_t column) {
    return column < names.size() && !names[column].empty() ? names[column] : fmt::format("column {}", column + 1);
  };
  require_numbers(file, rows, columns);
  for (const std::size_t column : columns) try {
      require_clear_unit(bracket_label(name(column)).unit);
    } catch (const std::invalid_argument& error) {
      file.fail(fmt::format("{}: {}", name(column), error.what()));
    }
  ScatteredPoints points;
  std::vector<std::string> units;
  points.coordinates.resize(static_cast<Eigen::Index>(columns.size()) - 1, rows.values.cols());
  for (std::size_t k = 0; k + 1 < columns.size(); ++k) {
    points.names.push_back(column_name(name(columns[k])));
    units.push_back(unit_label(name(columns[k])).unit);
    points.coordinates.row(static_cast<Eigen::Index>(k)) = rows.values.row(static_cast<Eigen::Index>(columns[k]));
  }
  points.values = rows.values.row(static_cast<Eigen::Index>(columns.back()));
  points.quantity = name(columns.back());
  points.lines = rows.lines;
  TabulatedValues table = gridded(file, points);
  for (std::size_t k = 0; k < units.size(); ++k) table.axes[k].unit = units[k];
  // Behind the name of a value other brackets hold arguments: F(A).
  if (std::string unit = unit_label(points.quantity).unit; is_energy(unit)) table.unit = std::move(unit);
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const UnitLabel label = unknown_unit(name(columns[k]));
    if (label.unit.empty() || is_argument(label.unit, table)) continue;
    const bool of_axis = k + 1 < columns.size();
    table.unknown_units.push_back({label.name, label.unit, line_above(file, label.unit, rows.lines.front()),
                                   of_axis ? std::optional(static_cast<Index>(k)) : std::nullopt});
  }
  return table;
}

TabulatedValues read_plain_columns(const TableFile& file, const TableOptions& options) {
  const bool chosen = !options.columns.empty() || !options.quantity.empty();
  const TextRows rows = text_rows(file, chosen ? WordsAmongNumbers::kept : WordsAmongNumbers::refused);
  if (rows.lines.empty()) file.fail("there are no rows of numbers");
  const auto count = static_cast<std::size_t>(rows.values.rows());
  if (count < 2)
    file.fail(rows.lines.front(), "one column of numbers: columns need the coordinates first, then the value");
  std::vector<std::string> doubts;
  const std::vector<std::string> names = column_names(file, rows, doubts);
  const bool indexed = count > 2 && !names.empty() && (names[0].empty() || names[0].starts_with("Unnamed")) &&
                       counts_rows(rows.values.row(0));
  const std::size_t x = indexed ? 1 : 0;  // behind the index that pandas writes
  const bool line = count - x == 2 || differ_everywhere(rows.values.row(static_cast<Eigen::Index>(x)));
  const std::vector<std::size_t> coordinates = line ? std::vector<std::size_t>{x} : std::vector<std::size_t>{x, x + 1};
  const std::vector<std::size_t> columns = columns_wanted(file, options, names, count, coordinates);
  TabulatedValues table = gridded_columns(file, rows, names, columns);
  table.doubts = std::move(doubts);
  if (!options.columns.empty()) return table;
  if (line && !indexed)
    if (const auto doubt = doubt_of_numbers(rows)) table.doubts.push_back(*doubt);
  if (options.quantity.empty() && columns.back() < names.size())
    table.unread.assign(names.begin() + static_cast<std::ptrdiff_t>(columns.back()) + 1, names.end());
  return table;
}

}  // namespace valleyflux
