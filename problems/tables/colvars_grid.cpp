#include "problems/tables/colvars_grid.hpp"

#include "problems/tables/columns_wanted.hpp"
#include "problems/tables/plain_columns.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>

namespace valleyflux {

namespace {

struct ColvarsAxis {
  double lower, width, points;
  bool periodic;
  std::size_t line;
};

/// The numbers of a comment line; nothing if there is anything else in it.
std::optional<std::vector<double>> commented_numbers(TextLines& lines) {
  auto line = lines.next();
  while (line && line->empty()) line = lines.next();
  if (!line || !line->starts_with('#')) return std::nullopt;
  std::vector<double> numbers;
  for (const std::string_view word : words_of(line->substr(1))) {
    const auto number = number_in_text(word);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

std::optional<std::vector<ColvarsAxis>> colvars_head(const TableFile& file) {
  TextLines lines(file);
  const auto count = commented_numbers(lines);
  constexpr double most_variables = 20;
  if (!count || count->size() != 1 || !((*count)[0] >= 1 && (*count)[0] <= most_variables)) return std::nullopt;
  std::vector<ColvarsAxis> axes;
  for (int k = 0; k < static_cast<int>((*count)[0]); ++k) {
    const auto numbers = commented_numbers(lines);
    if (!numbers || numbers->size() != 4) return std::nullopt;
    axes.push_back({(*numbers)[0], (*numbers)[1], (*numbers)[2], (*numbers)[3] != 0, lines.number()});
  }
  return axes;
}

}  // namespace

bool is_colvars_grid(const TableFile& file) {
  return file.is_text() && colvars_head(file);
}

TabulatedValues read_colvars_grid(const TableFile& file, const TableOptions& options) {
  const auto head = colvars_head(file);
  if (!head) file.fail(1, "no head \"# variables\", \"# lower width points periodic\" as Colvars writes it");
  if (head->size() > 2) file.fail(1, fmt::format("a grid of {} variables: one or two can be read", head->size()));
  const TextRows rows = text_rows(file);
  double expected = 1.0;
  for (const ColvarsAxis& axis : *head) {
    if (!(axis.width > 0) || !(axis.points >= 1) || !std::isfinite(axis.lower) ||
        axis.points != std::round(axis.points))
      file.fail(axis.line, "a variable needs a lower end, a positive width and a whole number of points");
    expected *= axis.points;
  }
  if (static_cast<double>(rows.lines.size()) != expected)
    file.fail(rows.lines.empty() ? head->back().line : rows.lines.back(),
              fmt::format("{} rows of data, the head asks for {}", rows.lines.size(), expected));
  std::vector<std::size_t> coordinates;
  std::vector<std::string> names;
  for (std::size_t k = 0; k < head->size(); ++k) {
    coordinates.push_back(k);
    names.emplace_back(k == 0 ? "x" : "y");
  }
  const auto count = static_cast<std::size_t>(rows.values.rows());
  if (count <= coordinates.size()) file.fail(rows.lines.front(), "there is no column of values");
  names.emplace_back("value");
  const std::vector<std::size_t> columns = columns_wanted(file, options, names, count, coordinates);
  if (std::vector<std::size_t>(columns.begin(), columns.end() - 1) != coordinates)
    file.fail("columns must be the variables in the order of the file, then the value");
  TabulatedValues table = gridded_columns(file, rows, names, columns);
  for (std::size_t k = 0; k < head->size(); ++k) {
    TabulatedValues::Axis& axis = table.axes[k];
    const ColvarsAxis& said = (*head)[k];
    constexpr double rounding = 0.02;  // of a step
    const double shift = std::abs(axis.first - said.lower) / said.width;
    if (static_cast<double>(axis.points) != said.points || std::abs(axis.spacing / said.width - 1.0) > rounding ||
        std::min(shift, std::abs(shift - 0.5)) > rounding)
      file.fail(said.line, fmt::format("the rows have {} points in steps of {} from {}, the head says otherwise",
                                       axis.points, axis.spacing, axis.first));
    axis.spacing = said.width;
    axis.periodic = said.periodic;
  }
  return table;
}

}  // namespace valleyflux
