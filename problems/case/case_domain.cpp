#include "problems/case/case_domain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace valleyflux {

namespace {

using DomainSide = LandscapeDomain::Side;

void read_boundary(CaseReader& table, OpenAxis& axis) {
  const auto boundary_named = [&](const std::string& text) {
    for (const Boundary known : {Boundary::reflecting, Boundary::absorbing, Boundary::periodic})
      if (text == name_of(known)) return known;
    table.fail("boundary", fmt::format("{} must be reflecting, absorbing or periodic, or two of the first two (got "
                                       "\"{}\")",
                                       table.name("boundary"), text));
  };
  const toml::node* node = table.find("boundary");
  if (!node) return;
  if (const toml::array* both = node->as_array()) {
    if (both->size() != 2 || !both->is_homogeneous(toml::node_type::string))
      table.fail("boundary", fmt::format("{} must be a string or two of them", table.name("boundary")));
    axis.lower = boundary_named(*both->get(0)->value<std::string>());
    axis.upper = boundary_named(*both->get(1)->value<std::string>());
  } else {
    axis.lower = axis.upper = boundary_named(table.required_text("boundary"));
  }
}

/// Where probability is lost, or comes back, cannot be chosen.
void require_ends(const CaseReader& table, const OpenAxis& axis) {
  for (const bool upper : {false, true}) {
    if (upper ? axis.max : axis.min) continue;
    const Boundary wall = upper ? axis.upper : axis.lower;
    const std::string key = table.name(upper ? "max" : "min");
    if (wall == Boundary::periodic)
      table.fail("boundary", fmt::format("{} is missing: a periodic axis needs both ends", key));
    if (wall == Boundary::absorbing)
      table.fail("boundary", fmt::format("{} is missing: an absorbing wall needs its place", key));
  }
}

/// What an axis of a tabulated landscape is where nothing else is said.
OpenAxis open_axis(const std::string& name, const DomainSide* side) {
  OpenAxis axis{.name = name};
  if (side) {
    axis.min = side->min;
    axis.max = side->max;
    if (side->periodic) axis.lower = axis.upper = Boundary::periodic;
  }
  return axis;
}

/// What becomes of the walls of a periodic table between ends that are given: none around a full turn, wherever it
/// begins.
void cut_turn(CaseReader& table, OpenAxis& axis, double turn, std::vector<std::string>& warnings) {
  constexpr double print = 1e-5, nearly = 0.02;  // of a turn, as 3.1416 is half of one and 3.14 is hardly meant to be
  const double length = *axis.max - *axis.min;
  const std::string key = "grid." + axis.name;
  const bool said = table.find("boundary") != nullptr;
  if (std::abs(length - turn) <= print * turn) {
    axis.max = *axis.min + turn;
    return;
  }
  const std::string whole =
      fmt::format("{} = {{ min = {:.9g}, max = {:.9g} }} is the whole circle", key, *axis.min, *axis.min + turn);
  if (length > turn && !said)
    table.fail(table.find("max") ? "max" : "min",
               fmt::format("{} reaches from {:.9g} to {:.9g}, more than the turn of {:.9g} that the data have "
                           "as their period: {}; a coordinate that counts turns needs boundary = \"reflecting\"",
                           key, *axis.min, *axis.max, turn, whole));
  if (length > (1.0 - nearly) * turn && !said)
    warnings.push_back(
        fmt::format("{} reaches from {:.9g} to {:.9g}, nearly a turn of {:.9g}: walls reflect there; {}, "
                    "boundary = \"reflecting\" says that walls are meant",
                    key, *axis.min, *axis.max, turn, whole));
  axis.lower = axis.upper = Boundary::reflecting;
}

OpenAxis read_axis(CaseReader& table, const std::string& name, const DomainSide* side, const Parameters& parameters,
                   std::vector<std::string>& warnings) {
  OpenAxis axis = open_axis(name, side);
  if (const auto min = table.quantity("min", parameters)) axis.min = min;
  if (const auto max = table.quantity("max", parameters)) axis.max = max;
  if (side && side->periodic && (axis.min != side->min || axis.max != side->max))
    cut_turn(table, axis, side->max - side->min, warnings);
  if (const auto cells = table.whole_quantity("cells", 4, 100000000, parameters))
    axis.cells = static_cast<Index>(*cells);
  read_boundary(table, axis);
  require_ends(table, axis);
  if (auto spec = table.table("grading")) {
    axis.grading = Grading{spec->required_number("centre"), spec->required_number("width")};
    spec->finish();
  }
  table.finish();
  // What is given must fit, whatever is chosen for the rest.
  constexpr Index any = 4;
  OpenAxis closed = axis;
  closed.cells = axis.cells.value_or(any);
  if (!closed.min) closed.min = axis.max ? *axis.max - std::max(1.0, std::abs(*axis.max)) : 0.0;
  if (!closed.max) closed.max = *closed.min + std::max(1.0, std::abs(*closed.min));
  placed(table.place(""), [&] { return closed.axis(); });
  return axis;
}

}  // namespace

std::vector<OpenAxis> read_axes(CaseReader* grid, const std::vector<std::string>& names,
                                const std::optional<LandscapeDomain>& domain, const Parameters& parameters,
                                std::vector<std::string>& warnings) {
  std::vector<OpenAxis> axes;
  const std::vector<std::string> letters = variable_names(3);
  for (std::size_t k = 0; k < letters.size(); ++k) {
    const std::string& name = k < names.size() ? names[k] : letters[k];
    const DomainSide* side = domain && k < domain->axes.size() ? &domain->axes[k] : nullptr;
    auto table = grid ? grid->table(letters[k], name) : std::nullopt;
    if (!table) {
      if (k < names.size()) axes.push_back(open_axis(name, side));
      continue;
    }
    if (k == 2) table->fail("", "grids of three dimensions are not available yet: one or two axes");
    if (k >= names.size())
      table->fail("", grid->find(letters[0])
                          ? fmt::format("grid.{}: the case has the coordinate {} alone", name, names[0])
                          : fmt::format("grid.{} without grid.{}", name, names[0]));
    axes.push_back(read_axis(*table, name, side, parameters, warnings));
  }
  if (!grid) return axes;
  for (const std::string& name : names) grid->find(name);  // known, should another key be misspelt
  grid->finish();
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
  if (!where) table.fail_without("where");
  table.finish();
  return *where;
}

std::vector<BoxSide> read_box(CaseReader& table) {
  constexpr long most_dimensions = 1000;
  const auto dimension = table.integer("dimension", 1, most_dimensions);
  if (!dimension) table.fail_without("dimension");
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
