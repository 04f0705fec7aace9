#include "problems/case/case_targets.hpp"

#include "problems/case/domain_part.hpp"
#include "problems/case/valley_name.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

constexpr const char* lower_end = ".min";
constexpr const char* upper_end = ".max";

std::vector<std::string> wall_names(const std::vector<std::string>& variables) {
  std::vector<std::string> names;
  for (const std::string& variable : variables)
    for (const char* end : {lower_end, upper_end}) names.push_back(variable + end);
  return names;
}

/// The wall of this name. No valley can have a name that ends as walls' do.
AbsorbingWall wall_named(const CaseReader& escape, const std::string& name, const Case& definition) {
  const std::vector<std::string>& own = definition.variables;
  const std::vector<std::string> letters = variable_names(static_cast<int>(own.size()));
  const std::string axis = name.substr(0, name.size() - std::string_view(lower_end).size());
  for (const auto& names : {own, letters}) {
    const auto found = std::find(names.begin(), names.end(), axis);
    if (found == names.end()) continue;
    const auto number = static_cast<std::size_t>(found - names.begin());
    const bool upper = name.ends_with(upper_end);
    return {static_cast<int>(number), upper, own[number] + (upper ? upper_end : lower_end)};
  }
  escape.fail("to", fmt::format("escape.to = \"{}\": there is no axis \"{}\"; walls are {}", name, axis,
                                fmt::join(wall_names(own), ", ")));
}

std::string name_of_region(CaseReader& region, const Expression& where) {
  const auto given = region.text("name");
  const std::string name = given.value_or(where.text());
  if (const auto fault = unfit_valley_name(name))
    region.fail(given ? "name" : "where",
                given ? fmt::format("\"{}\" cannot be a target's name: it {}", name, *fault)
                      : fmt::format("\"{}\" cannot be the target's name as well, as it {}: give it one, such as "
                                    "{{ where = \"...\", name = \"target\" }}",
                                    name, *fault));
  return name;
}

[[noreturn]] void refuse_target(const CaseEscape& escape, const std::string& why) {
  throw CaseError(fmt::format("{}: error: {} {}", escape.to.place, shown_target(escape), why));
}

void require_wall(const Case& definition, const CaseEscape& escape) {
  const AbsorbingWall& wall = *escape.wall;
  const auto k = static_cast<std::size_t>(wall.axis);
  const std::string key = wall.name.substr(wall.name.size() - std::string_view(lower_end).size());
  if (!definition.box.empty()) {
    const BoxSide& side = definition.box[k];
    if (side.periodic())
      refuse_target(escape, fmt::format("is no wall: the box is periodic; a target is {{ where = \"{} > ...\" }} then",
                                        side.name));
    if (!std::isfinite(wall.upper ? side.max : side.min))
      refuse_target(escape, fmt::format("is no wall: the box has no end there; give box{}", key));
    return;
  }
  const OpenAxis& axis = definition.axes[k];
  if (axis.lower == Boundary::periodic)
    refuse_target(escape,
                  fmt::format("is no wall: {0} is periodic; a target is {{ where = \"{0} > ...\" }} then", axis.name));
  if (!(wall.upper ? axis.max : axis.min))
    refuse_target(escape, fmt::format("would lie where the program ends the axis: give grid.{}{}", axis.name, key));
}

/// On the line a region may be smaller than any cell.
bool holds_piece(const Region<1>& region, const Grid<1>& grid) {
  return !surfaces_on_axis(region, grid, {}).empty();
}

bool holds_piece(const Region<2>&, const Grid<2>&) {
  return false;
}

template <int Dim>
std::string extent_of(const Grid<Dim>& grid) {
  std::vector<std::string> ends;
  for (int k = 0; k < Dim; ++k)
    ends.push_back(
        fmt::format("{} from {:.6g} to {:.6g}", grid.axis(k).name(), grid.axis(k).min(), grid.axis(k).max()));
  return fmt::format("{}", fmt::join(ends, ", "));
}

/// Whether a cell of the domain lies beside the wall.
template <int Dim>
bool reaches(const Grid<Dim>& grid, const AbsorbingWall& wall) {
  const auto last = static_cast<int>(grid.axis(wall.axis).cells()) - 1;
  for (Index cell = 0; cell < grid.cells(); ++cell)
    if (grid.holds(cell) && grid.coordinates(cell)[wall.axis] == (wall.upper ? last : 0)) return true;
  return false;
}

}  // namespace

void read_target(CaseReader& escape, const Case& definition, const Parameters& parameters, CaseEscape& spec) {
  const toml::node* node = escape.find("to");
  if (!node) escape.fail_without("to");
  spec.to.place = escape.place("to");
  if (node->is_table() && !definition.loss) {
    CaseReader region = *escape.table("to");
    spec.where = region.predicate("where", variable_names(static_cast<int>(definition.variables.size())), parameters);
    if (!spec.where) region.fail_without("where");
    spec.to.value = name_of_region(region, *spec.where);
    region.finish();
    return;
  }
  spec.to.value = escape.required_text("to");
  const std::string& name = spec.to.value;
  if (definition.loss || !(name.ends_with(lower_end) || name.ends_with(upper_end))) return;
  spec.wall = wall_named(escape, name, definition);
  spec.to.value = spec.wall->name;
}

std::string shown_target(const CaseEscape& escape) {
  return escape.where ? fmt::format("escape.to = {{ where = \"{}\" }}", escape.where->text())
                      : fmt::format("escape.to = \"{}\"", escape.to.value);
}

void require_target(const Case& definition, const CaseEscape& escape, const std::vector<std::string>& valleys) {
  if (std::find(valleys.begin(), valleys.end(), escape.to.value) != valleys.end())
    refuse_target(escape, fmt::format("has the name of valley \"{}\": give it another one", escape.to.value));
  if (escape.wall) require_wall(definition, escape);
}

template <int Dim>
void require_target_apart(const Problem<Dim>& problem, const CaseEscape& escape, const Valley<Dim>& from) {
  const Grid<Dim>& grid = problem.grid;
  const Point<Dim>& start = from.minimum->position;
  if (escape.wall) {
    const Axis& axis = grid.axis(escape.wall->axis);
    const double near = 1e-9 * (axis.max() - axis.min());
    const double x = start[escape.wall->axis];
    if (escape.wall->upper ? x > axis.max() - near : x < axis.min() + near)
      refuse_target(escape, fmt::format("holds the minimum of \"{}\", {}: an escape starts apart from its target",
                                        from.name, named_coordinates<Dim>(grid, start)));
    if (!reaches<Dim>(grid, *escape.wall))
      refuse_target(escape, "is no wall of the domain: none of its cells lies there");
    return;
  }
  for (const Target<Dim>& target : problem.targets) {
    if (target.name != escape.to.value) continue;
    if (target.region.contains(start))
      refuse_target(escape, fmt::format("holds the minimum of \"{}\", {}: an escape starts apart from its target",
                                        from.name, named_coordinates<Dim>(grid, start)));
    const std::vector<char> cells = target.region.cells(grid);
    if (std::find(cells.begin(), cells.end(), 1) == cells.end() && !holds_piece(target.region, grid))
      refuse_target(escape, fmt::format("holds no cell of the grid ({})", extent_of<Dim>(grid)));
  }
}

template <int Dim>
std::vector<Target<Dim>> case_targets(const Case& definition) {
  std::vector<Target<Dim>> targets;
  for (const CaseEscape& escape : definition.escapes) {
    const auto known = [&](const Target<Dim>& target) { return target.name == escape.to.value; };
    if (!escape.to_target() || std::any_of(targets.begin(), targets.end(), known)) continue;
    Target<Dim> target{escape.to.value, {}, escape.wall};
    if (escape.where) target.region = region_of<Dim>(definition, *escape.where);
    targets.push_back(std::move(target));
  }
  return targets;
}

template void require_target_apart(const Problem<1>&, const CaseEscape&, const Valley<1>&);
template void require_target_apart(const Problem<2>&, const CaseEscape&, const Valley<2>&);
template std::vector<Target<1>> case_targets(const Case&);
template std::vector<Target<2>> case_targets(const Case&);

}  // namespace valleyflux
