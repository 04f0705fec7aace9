#include "problems/case/case_drift.hpp"

#include "problems/case/case_table.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/data_landscape.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "problems/landscapes/tabulated_landscape.hpp"

#include <fmt/format.h>

#include <algorithm>
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

}  // namespace

Drift read_drift(CaseReader& root, std::optional<int> given_dimension, const Parameters& parameters, Case& result,
                 TableDomain& domain) {
  auto landscape = root.table("landscape"), drift = root.table("drift");
  if (const auto& by_code = root.context().by_code.landscape) {
    if (landscape || drift) root.fail(drift ? "drift" : "landscape", "the landscape is given by code already");
    const int dimension = given_dimension.value_or(1);
    if (by_code->dimension() != dimension)
      root.fail("", fmt::format("the landscape by code has {} coordinate{}, the case has {}", by_code->dimension(),
                                by_code->dimension() == 1 ? "" : "s", dimension));
    return Drift(by_code);
  }
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
      components.push_back(
          read_entry(*drift, entry, "expression", dimension, parameters, TableFunction::Shape::smooth));
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
    const std::string interpolation =
        landscape->choice("interpolation", {"automatic", "cubic", "bounded", "smoothing"}, "automatic");
    options.interpolation = interpolation == "cubic"       ? TableInterpolation::cubic
                            : interpolation == "bounded"   ? TableInterpolation::bounded
                            : interpolation == "smoothing" ? TableInterpolation::smoothing
                                                           : TableInterpolation::automatic;
    const TableScale given = read_table_scale(*landscape);
    options.scale = given.scale;
    options.shift = given.shift;
    options.table = read_table_options(*landscape);
    options.table.said = root.context().said;
    options.table.error = read_error_column(*landscape);
    options.unit = root.content()["units"]["energy"].value_or(std::string());
    options.table.gradient = read_gradient_columns(*landscape);
    if (!options.table.gradient.empty())
      for (const char* other : {"error", "interpolation"})
        if (landscape->find(other))
          landscape->fail(other, fmt::format("landscape.{} does not go with landscape.gradient: values and slopes are "
                                             "interpolated as they are",
                                             other));
    const TabulatedLandscape table =
        placed(landscape->place("file"), [&] { return tabulated_landscape(path, options); });
    if (given_dimension && table.landscape->dimension() != dimension)
      landscape->fail(
          "file", fmt::format("{} holds a landscape of {} dimension{}, the grid has {}", *file,
                              table.landscape->dimension(), table.landscape->dimension() == 1 ? "" : "s", dimension));
    built = table.landscape;
    domain = {
        built->domain(), table.axis_names, {*file, table.unit, table.axis_units, table.unknown_units}, table.largest};
    result.table = table.description;
    result.warnings.insert(result.warnings.end(), table.warnings.begin(), table.warnings.end());
  }
  landscape->finish();
  return Drift(built);
}

std::optional<LandscapeDomain> domain_of_drift(const CaseReader& root) {
  const toml::array* parts = root.content()["drift"]["expression"].as_array();
  const auto& tables = root.context().entries;
  const auto known = [](const toml::node& part) { return part.is_table() || part.is_number(); };
  if (!parts || tables.empty() || !std::all_of(parts->begin(), parts->end(), known)) return std::nullopt;
  LandscapeDomain domain;
  for (int k = 0; k < tables.front().table->arguments(); ++k) {
    std::optional<LandscapeDomain::Side> side;
    for (const auto& entry : tables) {
      const TabulatedValues::Axis& axis = entry.table->axes()[static_cast<std::size_t>(k)];
      if (!side || (side->periodic && !axis.periodic)) {
        side = LandscapeDomain::Side{axis.first, axis.last(), axis.periodic};
      } else if (!axis.periodic) {
        side->min = std::max(side->min, axis.first);
        side->max = std::min(side->max, axis.last());
      }
    }
    domain.axes.push_back(*side);
  }
  return domain;
}

}  // namespace valleyflux
