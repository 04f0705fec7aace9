#include "problems/case/case_table.hpp"

#include "problems/landscapes/domain_fault.hpp"
#include "problems/tables/table_formats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace valleyflux {

namespace {

/// A column by its name or its number from 1; nothing for what is neither.
std::optional<std::string> column_of(const toml::node& node) {
  if (auto name = node.value_exact<std::string>()) return name;
  if (const auto number = node.value_exact<std::int64_t>()) return fmt::format("{}", *number);
  return std::nullopt;
}

}  // namespace

TableOptions read_table_options(CaseReader& table) {
  TableOptions options;
  std::vector<std::string> formats;
  for (const TableFormat& format : table_formats()) formats.emplace_back(format.name);
  if (table.find("format")) options.format = table.choice("format", formats, "");
  options.quantity = table.text("quantity").value_or("");
  options.dataset = table.text("dataset").value_or("");
  if (const toml::node* columns = table.find("columns")) {
    const toml::array* entries = columns->as_array();
    if (!entries || entries->size() < 2 || entries->size() > 3)
      table.fail("columns", fmt::format("{} must be names or numbers (from 1) of one or two coordinates and the value",
                                        table.name("columns")));
    for (const toml::node& entry : *entries) {
      const auto column = column_of(entry);
      if (!column)
        table.fail("columns", fmt::format("{} holds {}, neither a name nor a number", table.name("columns"),
                                          CaseReader::shown(entry)));
      options.columns.push_back(*column);
    }
  }
  if (const toml::node* ranges = table.find("ranges")) {
    const toml::array* entries = ranges->as_array();
    const std::string rule = fmt::format(
        "{} must hold the first and the last coordinate of each axis: [[-2, 2], [-1, 1]]", table.name("ranges"));
    if (!entries || entries->empty() || entries->size() > 2) table.fail("ranges", rule);
    for (const toml::node& entry : *entries) {
      const toml::array* ends = entry.as_array();
      if (!ends || ends->size() != 2) table.fail("ranges", rule);
      const auto first = ends->get(0)->value<double>(), last = ends->get(1)->value<double>();
      if (!first || !last || !std::isfinite(*first) || !std::isfinite(*last) || *first == *last)
        table.fail("ranges", rule);
      options.ranges.push_back({*first, *last});
    }
  }
  return options;
}

std::string read_error_column(CaseReader& table) {
  const toml::node* node = table.find("error");
  if (!node) return "";
  const auto column = column_of(*node);
  if (!column || column->empty())
    table.fail("error", fmt::format("{} must be the name or the number (from 1) of the column of standard errors (got "
                                    "{})",
                                    table.name("error"), CaseReader::shown(*node)));
  return *column;
}

std::vector<std::string> read_gradient_columns(CaseReader& table) {
  const toml::node* node = table.find("gradient");
  if (!node) return {};
  std::vector<std::string> columns;
  if (const toml::array* entries = node->as_array())
    for (const toml::node& entry : *entries) columns.push_back(column_of(entry).value_or(""));
  if (columns.empty() || columns.size() > 2 || std::find(columns.begin(), columns.end(), "") != columns.end())
    table.fail("gradient",
               fmt::format("{} must be the names or numbers (from 1) of the columns of the derivative along "
                           "each axis (got {})",
                           table.name("gradient"), CaseReader::shown(*node)));
  return columns;
}

TableScale read_table_scale(CaseReader& table) {
  const TableScale given{table.number("scale").value_or(1.0), table.number("shift").value_or(0.0)};
  if (given.scale == 0.0) table.fail("scale", fmt::format("{} must not be 0", table.name("scale")));
  return given;
}

Expression read_entry(const CaseReader& table, const toml::node& node, const std::string& key, int dimension,
                      const Parameters& parameters, TableFunction::Shape shape) {
  const CaseContext& context = table.context();
  const std::string at = context.place(node.source(), table.name(key));
  const auto fault = [&](const std::string& message) { return CaseError(fmt::format("{}: error: {}", at, message)); };
  if (node.is_number()) {
    const double value = *node.value<double>();
    if (!std::isfinite(value)) throw fault(fmt::format("{} must be finite (got {})", table.name(key), value));
    return Expression::constant(value, dimension);
  }
  if (node.is_string()) return table.expression(node, key, variable_names(dimension), parameters);
  if (!node.is_table())
    throw fault(fmt::format("{} must be a number, an expression or a table, {{ file = ... }} (got {})", table.name(key),
                            CaseReader::shown(node)));
  CaseReader entry(context, *node.as_table(), table.name(key));
  const std::string file = entry.required_text("file");
  TableFunctionOptions options;
  options.table = read_table_options(entry);
  options.table.error = read_error_column(entry);
  const TableScale given = read_table_scale(entry);
  options.scale = given.scale;
  options.shift = given.shift;
  options.shape = shape;
  options.beyond = TableFunction::Beyond::held;
  options.gaps = true;
  options.table.said = context.said;
  entry.finish();
  const auto values =
      placed(entry.place("file"), [&] { return read_table_function(context.file_named(file), options); });
  if (values->arguments() != dimension)
    entry.fail("file", fmt::format("{} holds a table of {} dimension{}, the case has {}{}", file, values->arguments(),
                                   values->arguments() == 1 ? "" : "s", dimension,
                                   values->arguments() == 1 ? ": of one variable it is \"table('FILE', x)\"" : ""));
  context.entries.push_back({table.name(key), entry.place("file"), values});
  const std::optional<double> value = values->constant();
  return value ? Expression::constant(*value, dimension) : Expression::table(values);
}

void end_at_tables(const CaseContext& context, std::vector<OpenAxis>& axes) {
  for (std::size_t k = 0; k < axes.size(); ++k) {
    std::optional<double> first, last;
    for (const auto& entry : context.entries) {
      const TabulatedValues::Axis& axis = entry.table->axes()[k];
      if (axis.periodic) continue;
      first = std::max(first.value_or(axis.first), axis.first);
      last = std::min(last.value_or(axis.last()), axis.last());
    }
    if (!axes[k].min) axes[k].min = first;
    if (!axes[k].max) axes[k].max = last;
  }
}

void require_inside_tables(const CaseContext& context, const std::vector<OpenAxis>& axes,
                           const std::vector<BoxSide>& box) {
  std::vector<std::optional<DomainAxis>> sides;  // nothing: the ends are yet to be chosen
  for (const OpenAxis& axis : axes)
    sides.push_back(axis.bounded() ? std::optional(DomainAxis{"grid." + axis.name, *axis.min, *axis.max,
                                                              axis.lower == Boundary::periodic})
                                   : std::nullopt);
  for (const BoxSide& side : box)
    sides.emplace_back(DomainAxis{"the box along " + side.name, side.min, side.max, side.periodic()});
  for (const auto& [key, place, table] : context.entries)
    for (std::size_t k = 0; k < sides.size(); ++k) {
      if (!sides[k]) continue;
      const TabulatedValues::Axis& axis = table->axes()[k];
      const LandscapeDomain::Side data{axis.first, axis.last(), axis.periodic};
      if (const auto fault = domain_fault(data, *sides[k], fmt::format("{}'s", table->name())))
        throw CaseError(fmt::format("{}: error: {}: {}", place, key, *fault));
    }
}

}  // namespace valleyflux
