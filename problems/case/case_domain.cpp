#include "problems/case/case_domain.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string>

namespace valleyflux {

std::vector<Axis> read_axes(CaseReader& grid, const std::optional<LandscapeDomain>& domain) {
  std::vector<Axis> axes;
  const std::vector<std::string> names = variable_names(3);
  for (std::size_t k = 0; k < names.size(); ++k) {
    auto table = grid.table(names[k]);
    if (!table) continue;
    if (k != axes.size()) table->fail("", fmt::format("grid.{} without grid.{}", names[k], names[axes.size()]));
    if (k == 2) table->fail("", "grids of three dimensions are not available yet: one or two axes");
    const auto* side = domain && k < domain->axes.size() ? &domain->axes[k] : nullptr;
    const auto end = [&](const std::string& key, double LandscapeDomain::Side::*standard) {
      if (const auto value = table->number(key)) return *value;
      if (!side) table->fail("", fmt::format("{} is missing", table->name(key)));
      return side->*standard;
    };
    const double min = end("min", &LandscapeDomain::Side::min), max = end("max", &LandscapeDomain::Side::max);
    const auto cells = table->integer("cells", 4, 100000000);
    if (!cells) table->fail("", fmt::format("{} is missing", table->name("cells")));
    const auto boundary_named = [&](const std::string& text) {
      for (const Boundary known : {Boundary::reflecting, Boundary::absorbing, Boundary::periodic})
        if (text == name_of(known)) return known;
      table->fail("boundary", fmt::format("{} must be reflecting, absorbing or periodic, or two of the first two (got "
                                          "\"{}\")",
                                          table->name("boundary"), text));
    };
    const bool wraps = side && side->periodic && min == side->min && max == side->max;
    Boundary lower = wraps ? Boundary::periodic : Boundary::reflecting, upper = lower;
    if (const toml::node* node = table->find("boundary")) {
      if (const toml::array* both = node->as_array()) {
        if (both->size() != 2 || !both->is_homogeneous(toml::node_type::string))
          table->fail("boundary", fmt::format("{} must be a string or two of them", table->name("boundary")));
        lower = boundary_named(*both->get(0)->value<std::string>());
        upper = boundary_named(*both->get(1)->value<std::string>());
      } else {
        lower = upper = boundary_named(table->required_text("boundary"));
      }
    }
    std::optional<Grading> grading;
    if (auto spec = table->table("grading")) {
      grading = Grading{spec->required_number("centre"), spec->required_number("width")};
      spec->finish();
    }
    table->finish();
    axes.push_back(placed(table->place(""),
                          [&] { return Axis(names[k], min, max, static_cast<Index>(*cells), lower, upper, grading); }));
  }
  if (axes.empty()) grid.fail("", "grid needs an axis: x = { min = ..., max = ..., cells = ... }");
  grid.finish();
  return axes;
}

int count_axes(CaseReader grid) {
  int count = 0;
  for (const std::string& name : variable_names(2))
    if (grid.find(name)) ++count;
  return count;
}

Expression read_domain(CaseReader& table, std::vector<std::string> variables, bool has_landscape,
                       const Parameters& parameters) {
  if (has_landscape) {
    if (parameters.contains("L"))
      table.fail("where", "in domain.where L is the height of the landscape: name the parameter L otherwise");
    variables.emplace_back("L");
  }
  auto where = table.predicate("where", variables, parameters);
  if (!where) table.fail("", "domain.where is missing");
  table.finish();
  return *where;
}

std::vector<BoxSide> read_box(CaseReader& table) {
  constexpr long most_dimensions = 1000;
  const auto dimension = table.integer("dimension", 1, most_dimensions);
  if (!dimension) table.fail("", "box.dimension is missing");
  const auto d = static_cast<std::size_t>(*dimension);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto ends = [&](const char* key, double standard) {
    const toml::node* node = table.find(key);
    if (!node) return std::vector<double>(d, standard);
    if (node->is_array()) return *table.numbers(key, d);
    return std::vector<double>(d, table.required_number(key));
  };
  const std::vector<double> min = ends("min", -infinity), max = ends("max", infinity);
  const std::string wall = table.choice("boundary", {"reflecting", "absorbing", "periodic"}, "reflecting");
  const Boundary boundary = wall == "periodic"    ? Boundary::periodic
                            : wall == "absorbing" ? Boundary::absorbing
                                                  : Boundary::reflecting;
  const std::vector<std::string> names = variable_names(static_cast<int>(d));
  std::vector<BoxSide> box;
  for (std::size_t k = 0; k < d; ++k) {
    if (!(min[k] < max[k]))
      table.fail("min", fmt::format("box.min must be less than box.max ({}: {} and {})", names[k], min[k], max[k]));
    if (boundary == Boundary::periodic && !std::isfinite(max[k] - min[k]))
      table.fail("boundary", "a periodic box needs box.min and box.max");
    box.push_back({names[k], min[k], max[k], boundary, boundary});
  }
  table.finish();
  return box;
}

}  // namespace valleyflux
