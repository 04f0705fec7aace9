#include "problems/tables/columns_wanted.hpp"

#include "problems/tables/unit_labels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace valleyflux {

namespace {

std::size_t column_named(const TableFile& file, const std::string& wanted, const std::vector<std::string>& names,
                         std::size_t count) {
  if (const auto named = std::find(names.begin(), names.end(), wanted); named != names.end())
    return static_cast<std::size_t>(named - names.begin());
  const auto without_unit = [&](const std::string& name) { return column_name(name) == wanted; };
  if (std::count_if(names.begin(), names.end(), without_unit) == 1)
    return static_cast<std::size_t>(std::find_if(names.begin(), names.end(), without_unit) - names.begin());
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  if (error == std::errc() && end == wanted.data() + wanted.size() && number >= 1 && number <= count) return number - 1;
  const std::string has =
      names.empty() ? fmt::format("{} without names", count) : fmt::format("{}", fmt::join(names, ", "));
  file.fail(fmt::format("there is no column \"{}\" (the file has {})", wanted, has));
}

}  // namespace

std::vector<std::size_t> columns_wanted(const TableFile& file, const TableOptions& options,
                                        const std::vector<std::string>& names, std::size_t count,
                                        const std::vector<std::size_t>& standard) {
  std::vector<std::size_t> columns;
  for (const std::string& wanted : options.columns) columns.push_back(column_named(file, wanted, names, count));
  if (columns.empty()) {
    columns = standard;
    columns.push_back(options.quantity.empty() ? standard.back() + 1
                                               : column_named(file, options.quantity, names, count));
  }
  if (columns.size() < 2 || columns.size() > 3)
    file.fail(fmt::format("columns must be one or two coordinates and the value (got {})", columns.size()));
  if (std::set<std::size_t>(columns.begin(), columns.end()).size() != columns.size())
    file.fail("a column is asked for twice");
  return columns;
}

}  // namespace valleyflux
