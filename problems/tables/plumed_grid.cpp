#include "problems/tables/plumed_grid.hpp"

#include "problems/tables/columns_wanted.hpp"
#include "problems/tables/text_rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <numeric>
#include <optional>
#include <string_view>

namespace valleyflux {

namespace {

/// A number, or a multiple of pi: -pi, 2pi, 2*pi, pi/2.
std::optional<double> number(std::string_view text) {
  if (const auto value = number_in_text(text)) return value;
  const std::size_t pi = text.find("pi");
  if (pi == std::string_view::npos) return std::nullopt;
  std::string_view factor = text.substr(0, pi), rest = text.substr(pi + 2);
  if (factor.ends_with('*')) factor.remove_suffix(1);
  const auto multiple = factor.empty() || factor == "+" ? std::optional(1.0)
                        : factor == "-"                 ? std::optional(-1.0)
                                                        : number_in_text(factor);
  const auto divisor = rest.empty()     ? std::optional(1.0)
                       : rest[0] == '/' ? number_in_text(rest.substr(1))
                                        : std::nullopt;
  if (!multiple || !divisor) return std::nullopt;
  return *multiple * std::numbers::pi / *divisor;
}

class PlumedReader {
 public:
  PlumedReader(const TableFile& file, const TableOptions& options) : file_(file), options_(options) {}

  TabulatedValues read() {
    TextLines lines(file_);
    while (const auto line = lines.next()) {
      line_ = lines.number();
      if (line->empty()) continue;
      const auto words = words_of(*line);
      if (words[0] == "#!")
        header(words);
      else if (!words[0].starts_with('#'))
        row(words);
    }
    return table();
  }

 private:
  [[noreturn]] void fail(const std::string& message) const { file_.fail(line_, message); }

  void header(const std::vector<std::string_view>& words) {
    if (words.size() < 2) return;
    if (words[1] == "FIELDS") {
      if (!fields_.empty()) fail("a second FIELDS line: files with several grids cannot be read");
      fields_.assign(words.begin() + 2, words.end());
      if (fields_.empty()) fail("\"#! FIELDS\" names no columns, as \"#! FIELDS x F\" would");
    } else if (words[1] == "SET") {
      if (words.size() < 4) fail("SET needs a name and a value");
      settings_[std::string(words[2])] = std::string(words[3]);
    }
  }

  void row(const std::vector<std::string_view>& words) {
    if (fields_.empty()) fail("data before any \"#! FIELDS\" line");
    std::vector<double> values;
    for (const std::string_view word : words) {
      const auto value = number(word);
      if (!value) fail(no_number(word));
      values.push_back(*value);
    }
    if (values.size() != fields_.size())
      fail(fmt::format("{} columns where FIELDS names {}", values.size(), fields_.size()));
    rows_.push_back(std::move(values));
    row_lines_.push_back(line_);
  }

  double setting(const std::string& name) const {
    const auto text = settings_.find(name);
    if (text == settings_.end()) fail(fmt::format("\"#! SET {}\" is missing", name));
    const auto value = number(text->second);
    if (!value || !std::isfinite(*value)) fail(fmt::format("{} = \"{}\" is no number", name, text->second));
    return *value;
  }

  TabulatedValues table() {
    if (fields_.empty()) fail("no \"#! FIELDS\" line");
    TabulatedValues table;
    for (const std::string& field : fields_) {
      if (!settings_.contains("min_" + field)) break;
      if (table.axes.size() == 2) fail("grids of more than two variables cannot be read");
      table.axes.push_back(axis(field, table.axes.size(), table.axes.empty() ? 1 : table.axes[0].points));
    }
    if (table.axes.empty() && fields_[0] == "time")
      fail("a list over time (HILLS or COLVAR), no grid: sum_hills makes one of HILLS");
    if (table.axes.empty()) fail(fmt::format("\"#! SET min_{}\" is missing: no variable is known", fields_[0]));
    const std::size_t column = value_column(table.axes.size());
    table.quantity = fields_[column];
    Index expected = 1;
    for (const auto& axis : table.axes) expected *= axis.points;
    if (static_cast<Index>(rows_.size()) != expected)
      fail(fmt::format("{} rows of data, the header asks for {}", rows_.size(), expected));
    table.values.resize(expected);
    for (Index p = 0; p < expected; ++p) table.values[p] = rows_[static_cast<std::size_t>(p)][column];
    check_order(table);
    table.lines = row_lines_;
    return table;
  }

  TabulatedValues::Axis axis(const std::string& field, std::size_t column, Index stride) const {
    TabulatedValues::Axis axis;
    axis.name = field;
    axis.first = setting("min_" + field);
    const double last = setting("max_" + field), bins = setting("nbins_" + field);
    if (!(last > axis.first) || !(bins >= 1) || bins != std::round(bins) || bins > 1e8)
      fail(fmt::format("the axis {} must ascend and have a whole number of bins", field));
    const auto periodic = settings_.find("periodic_" + field);
    axis.periodic = periodic != settings_.end() && periodic->second == "true";
    // Points listed: nbins, or nbins + 1 where some versions list the upper end too; the column tells.
    const auto total = static_cast<Index>(rows_.size());
    axis.points = static_cast<Index>(bins);
    const auto spacing_of = [&](Index points, bool both_ends) {
      return (last - axis.first) / static_cast<double>(both_ends ? points - 1 : points);
    };
    axis.spacing = spacing_of(axis.points, !axis.periodic);
    if (stride < total && axis.points > 1) {
      const double listed = rows_[static_cast<std::size_t>(stride)][column] - rows_[0][column];
      if (!axis.periodic && std::abs(listed - spacing_of(axis.points, false)) < std::abs(listed - axis.spacing)) {
        axis.spacing = spacing_of(axis.points, false);
        if (total % (stride * (axis.points + 1)) == 0 && total % (stride * axis.points) != 0) ++axis.points;
      }
    }
    return axis;
  }

  std::size_t value_column(std::size_t variables) const {
    if (!options_.columns.empty() || !options_.quantity.empty()) {
      std::vector<std::size_t> coordinates(variables);
      std::iota(coordinates.begin(), coordinates.end(), std::size_t{0});
      const auto wanted = columns_wanted(file_, options_, fields_, fields_.size(), coordinates);
      if (std::vector<std::size_t>(wanted.begin(), wanted.end() - 1) != coordinates)
        file_.fail(
            fmt::format("columns must be the grid's variables, {}, then the value",
                        fmt::join(fields_.begin(), fields_.begin() + static_cast<std::ptrdiff_t>(variables), ", ")));
      return wanted.back();
    }
    const auto free = std::find(fields_.begin(), fields_.end(), "file.free");
    if (free != fields_.end()) return static_cast<std::size_t>(free - fields_.begin());
    for (std::size_t k = variables; k < fields_.size(); ++k)
      if (!fields_[k].starts_with("der_") && !fields_[k].starts_with("d")) return k;
    for (std::size_t k = variables; k < fields_.size(); ++k)
      if (!fields_[k].starts_with("der_")) return k;
    fail("there is no column of values");
  }

  /// The columns, rounded as they are, must follow the header's axes.
  void check_order(const TabulatedValues& table) {
    for (std::size_t p = 0; p < rows_.size(); ++p) {
      auto rest = static_cast<Index>(p);
      for (std::size_t k = 0; k < table.axes.size(); ++k) {
        const auto& axis = table.axes[k];
        const double expected = axis.first + static_cast<double>(rest % axis.points) * axis.spacing;
        rest /= axis.points;
        if (std::abs(rows_[p][k] - expected) > 1e-3 * axis.spacing + 1e-3 * std::max(1.0, std::abs(expected))) {
          line_ = row_lines_[p];
          fail(fmt::format("{} is {} where the header's grid has {}", axis.name, rows_[p][k], expected));
        }
      }
    }
  }

  const TableFile& file_;
  const TableOptions& options_;
  std::size_t line_ = 0;
  std::vector<std::string> fields_;
  std::map<std::string, std::string> settings_;
  std::vector<std::vector<double>> rows_;
  std::vector<std::size_t> row_lines_;
};

}  // namespace

bool is_plumed_grid(const TableFile& file) {
  return !file.is_hdf5() && file.bytes().find("#! FIELDS") != std::string_view::npos;
}

TabulatedValues read_plumed_grid(const TableFile& file, const TableOptions& options) {
  return PlumedReader(file, options).read();
}

}  // namespace valleyflux
