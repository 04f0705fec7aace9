#include "problems/case/said_of_axes.hpp"

#include "problems/case/axis_names.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace valleyflux {

namespace {

/// Whether a key "boundary" asks for a period; nothing where it is not there.
std::optional<bool> asks_for_period(const toml::table& axis) {
  const toml::node* node = axis.get("boundary");
  if (!node) return std::nullopt;
  return node->value_or(std::string_view()) == "periodic";
}

}  // namespace

SaidOfAxes said_before_tables(const toml::table& root, const std::vector<std::string>& variables) {
  SaidOfAxes said{variables, {}};
  const auto add = [&](const std::string& name, const std::string& unit, std::optional<bool> periodic) {
    auto& all = said.coordinates;
    auto one = std::find_if(all.begin(), all.end(), [&](const auto& known) { return known.name == name; });
    if (one == all.end()) one = all.insert(all.end(), {name});
    if (!unit.empty()) one->unit = unit;
    if (periodic) one->periodic = periodic;
  };
  if (const toml::table* grid = root["grid"].as_table())
    for (const std::string& name : written_axes(*grid))
      if (const toml::table* axis = grid->get_as<toml::table>(name)) add(name, "", asks_for_period(*axis));
  if (const toml::table* box = root["box"].as_table())
    if (const auto periodic = asks_for_period(*box)) add("", "", periodic);
  if (const toml::table* lengths = root["units"]["length"].as_table())
    for (const auto& [name, unit] : *lengths) add(std::string(name.str()), unit.value_or(std::string()), std::nullopt);
  else if (const auto unit = root["units"]["length"].value<std::string>())
    add("", *unit, std::nullopt);
  return said;
}

SaidOfAxes said_by_grid(const SaidOfAxes& before, const std::vector<std::string>& variables, const Units& units,
                        const std::vector<OpenAxis>& axes, const std::vector<BoxSide>& box,
                        const std::optional<LandscapeDomain>& domain) {
  SaidOfAxes said = before;
  said.variables = variables;
  for (std::size_t k = 0; k < variables.size(); ++k) {
    SaidOfAxes::Coordinate one{variables[k]};
    if (k < units.length.size()) one.unit = units.length[k].unit;
    if (k < axes.size() ? axes[k].lower == Boundary::periodic : k < box.size() && box[k].periodic())
      one.periodic = true;
    else if (domain && !domain->axes[k].periodic)
      one.periodic = false;
    said.coordinates.push_back(std::move(one));
  }
  return said;
}

}  // namespace valleyflux
