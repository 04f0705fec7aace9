#include "problems/case/case_drift.hpp"

#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/data_landscape.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "problems/landscapes/tabulated_landscape.hpp"
#include "problems/tables/table_formats.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

Parameters own_parameters(CaseReader& table, const std::string& name) {
  Parameters changed;
  const BuiltIn& definition = built_in(name);
  for (const auto& [parameter, standard] : definition.parameters)
    if (const auto value = table.number(parameter)) changed[parameter] = *value;
  return changed;
}

TableOptions table_options(CaseReader& landscape) {
  TableOptions options;
  std::vector<std::string> formats;
  for (const TableFormat& format : table_formats()) formats.emplace_back(format.name);
  if (landscape.find("format")) options.format = landscape.choice("format", formats, "");
  options.quantity = landscape.text("quantity").value_or("");
  options.dataset = landscape.text("dataset").value_or("");
  if (const toml::node* columns = landscape.find("columns")) {
    const toml::array* entries = columns->as_array();
    if (!entries || entries->size() < 2 || entries->size() > 3)
      landscape.fail("columns",
                     "landscape.columns must be names or numbers (from 1) of one or two coordinates and the value");
    for (const toml::node& entry : *entries) {
      const auto number = entry.value_exact<std::int64_t>();
      const auto name = entry.value_exact<std::string>();
      if (!number && !name)
        landscape.fail("columns", fmt::format("landscape.columns holds {}, neither a name nor a number",
                                              CaseReader::shown(entry)));
      options.columns.push_back(name ? *name : fmt::format("{}", *number));
    }
  }
  if (const toml::node* ranges = landscape.find("ranges")) {
    const toml::array* entries = ranges->as_array();
    const char* const rule =
        "landscape.ranges must hold the first and the last coordinate of each axis: [[-2, 2], [-1, 1]]";
    if (!entries || entries->empty() || entries->size() > 2) landscape.fail("ranges", rule);
    for (const toml::node& entry : *entries) {
      const toml::array* ends = entry.as_array();
      if (!ends || ends->size() != 2) landscape.fail("ranges", rule);
      const auto first = ends->get(0)->value<double>(), last = ends->get(1)->value<double>();
      if (!first || !last || !std::isfinite(*first) || !std::isfinite(*last) || *first == *last)
        landscape.fail("ranges", rule);
      options.ranges.push_back({*first, *last});
    }
  }
  return options;
}

}  // namespace

Drift read_drift(CaseReader& root, std::optional<int> given_dimension, const Parameters& parameters, Case& result,
                 std::optional<LandscapeDomain>& domain) {
  auto landscape = root.table("landscape"), drift = root.table("drift");
  if (!!landscape == !!drift)
    root.fail(landscape ? "drift" : "", landscape
                                            ? "give either [landscape] or [drift], not both"
                                            : "[landscape] is missing (or [drift] for a drift that is no gradient)");
  const int dimension = given_dimension.value_or(1);
  const std::vector<std::string> variables = variable_names(dimension);
  if (drift) {
    const auto name = drift->text("name");
    const toml::node* node = drift->find("expression");
    if (!!name == !!node) drift->fail("", "drift needs exactly one of name, expression");
    if (name) {
      Drift built =
          placed(drift->place("name"), [&] { return built_in_drift(*name, dimension, own_parameters(*drift, *name)); });
      drift->finish();
      return built;
    }
    const toml::array* entries = node->as_array();
    if (!entries || entries->size() != static_cast<std::size_t>(dimension))
      drift->fail("expression", fmt::format("drift.expression must hold {} expression{}, one for each axis", dimension,
                                            dimension == 1 ? "" : "s"));
    std::vector<Expression> components;
    for (const toml::node& entry : *entries)
      components.push_back(drift->expression(entry, "expression", variables, parameters));
    drift->finish();
    return placed(drift->place("expression"), [&] { return Drift(std::move(components)); });
  }
  const auto name = landscape->text("name"), file = landscape->text("file"), data = landscape->text("data");
  const auto file_at = [&](const std::string& given) { return landscape->context().file_named(given); };
  std::optional<DataTable> table_of_data;
  std::vector<std::string> arguments = variables;
  if (data) {
    table_of_data = placed(landscape->place("data"), [&] { return read_csv(file_at(*data)); });
    for (const std::string& column : table_of_data->columns) {
      if (parameters.contains(column))
        landscape->fail("data", fmt::format("{} has a column \"{}\", which is a parameter as well", *data, column));
      arguments.push_back(column);
    }
  }
  const auto expression = landscape->expression("expression", arguments, parameters);
  if (data && !expression)
    landscape->fail("data", "landscape.data needs landscape.expression: the term of one row, to be averaged");
  if (!!name + !!file + !!expression != 1) landscape->fail("", "landscape needs exactly one of name, expression, file");
  std::shared_ptr<const Landscape> built;
  if (name) {
    built = placed(landscape->place("name"),
                   [&] { return built_in_landscape(*name, dimension, own_parameters(*landscape, *name)); });
  } else if (expression) {
    built = placed(landscape->place("expression"), [&] {
      return table_of_data ? data_landscape(*expression, dimension, *table_of_data) : expression_landscape(*expression);
    });
  } else {
    const std::filesystem::path path = file_at(*file);
    TabulatedOptions options;
    options.clip_above = landscape->number("clip_above");
    options.scale = landscape->number("scale").value_or(1.0);
    if (options.scale == 0.0) landscape->fail("scale", "landscape.scale must not be 0");
    options.shift = landscape->number("shift").value_or(0.0);
    options.table = table_options(*landscape);
    const TabulatedLandscape table =
        placed(landscape->place("file"), [&] { return tabulated_landscape(path, options); });
    if (given_dimension && table.landscape->dimension() != dimension)
      landscape->fail(
          "file", fmt::format("{} holds a landscape of {} dimension{}, the grid has {}", *file,
                              table.landscape->dimension(), table.landscape->dimension() == 1 ? "" : "s", dimension));
    built = table.landscape;
    domain = built->domain();
    result.table = table.description;
    result.warnings.insert(result.warnings.end(), table.warnings.begin(), table.warnings.end());
  }
  landscape->finish();
  return Drift(built);
}

}  // namespace valleyflux
