#include "problems/tables/named_axes.hpp"

#include "problems/tables/small_letters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace valleyflux {

namespace {

constexpr std::array<std::string_view, 2> letters{"x", "y"};

/// The axis of the case that a name of the file stands for.
std::optional<std::size_t> place_of_name(const std::string& name, const std::vector<std::string>& variables) {
  const auto found = [&](const auto& alike) -> std::optional<std::size_t> {
    for (std::size_t k = 0; k < variables.size(); ++k)
      if (alike(variables[k])) return k;
    for (std::size_t k = 0; k < letters.size(); ++k)
      if (alike(letters[k])) return k;
    return std::nullopt;
  };
  if (const auto same = found([&](std::string_view known) { return known == name; })) return same;
  return found([&](std::string_view known) { return in_small_letters(known) == in_small_letters(name); });
}

void swap_axes(TabulatedValues& table) {
  const auto transposed = [&, columns = table.axes[0].points, rows = table.axes[1].points](auto& numbers) {
    if (numbers.size() == 0) return;
    auto turned = numbers;
    for (Index j = 0; j < rows; ++j)
      for (Index i = 0; i < columns; ++i)
        turned[static_cast<std::size_t>(j + rows * i)] = numbers[static_cast<std::size_t>(i + columns * j)];
    numbers = std::move(turned);
  };
  transposed(table.values);
  transposed(table.errors);
  for (Eigen::VectorXd& slope : table.slopes) transposed(slope);
  transposed(table.lines);
  std::swap(table.axes[0], table.axes[1]);
  for (auto& unknown : table.unknown_units)
    if (unknown.axis) unknown.axis = 1 - *unknown.axis;
}

}  // namespace

bool is_nameless(const TabulatedValues::Axis& axis) {
  return axis.name.starts_with("column ") || std::find(letters.begin(), letters.end(), axis.name) != letters.end();
}

SaidOfAxes::Coordinate said_of(const SaidOfAxes& said, const TabulatedValues& table, std::size_t place) {
  const std::string& of_file = table.axes[place].name;
  const bool nameless = is_nameless(table.axes[place]);
  std::string of_case = place < said.variables.size() ? said.variables[place] : "";
  if (nameless && said.variables.empty() && place < said.coordinates.size()) {
    const std::string& written = said.coordinates[place].name;
    if (std::find(letters.begin(), letters.end(), written) == letters.end()) of_case = written;
  }
  SaidOfAxes::Coordinate all{nameless ? of_case : of_file};
  for (const auto& one : said.coordinates) {
    if (!one.name.empty() && one.name != of_file && one.name != of_case && one.name != letters[place]) continue;
    if (!one.unit.empty()) all.unit = one.unit;
    if (one.periodic) all.periodic = one.periodic;
  }
  return all;
}

void take_case_order(TabulatedValues& table, const SaidOfAxes& said) {
  if (table.axes.size() != letters.size()) return;
  const std::string first = table.axes[0].name, second = table.axes[1].name;
  const auto at = place_of_name(first, said.variables), next = place_of_name(second, said.variables);
  const bool both = at && next && *at != *next;
  const bool one = at.has_value() != next.has_value();
  if ((both && *at == 1) || (one && (at ? *at == 1 : *next == 0))) {
    swap_axes(table);
    table.matched = fmt::format("the axes by their names, in the file {}, {}", first, second);
    if (one && !said.variables.empty())
      table.doubts.push_back(
          fmt::format("the axes are called {} and {}, in the case {} and {}: {} is taken by its name, {} for the other",
                      first, second, said.variables[0], said.variables[1], at ? first : second, at ? second : first));
    return;
  }
  if (both || said.variables.size() != letters.size()) return;
  if (at && next)
    table.doubts.push_back(
        fmt::format("the axes are called {} and {}, which are the same: here they are {} and {}, in "
                    "this order",
                    first, second, said.variables[0], said.variables[1]));
  if (!is_nameless(table.axes[0]) || !is_nameless(table.axes[1]))
    table.matched =
        fmt::format("the axes by their order: {} is {}, {} is {}", first, said.variables[0], second, said.variables[1]);
}

}  // namespace valleyflux
