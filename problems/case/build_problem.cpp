#include "problems/case/build_problem.hpp"

#include "grids/axis_by_axis.hpp"
#include "problems/case/case_targets.hpp"
#include "problems/case/domain_part.hpp"
#include "problems/case/placed_problem.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace valleyflux {

template <int Dim>
std::vector<ValleyDefinition<Dim>> valley_definitions(const Case& definition) {
  std::vector<ValleyDefinition<Dim>> valleys;
  for (const CaseValley& valley : definition.valleys) {
    ValleyDefinition<Dim> spec{valley.name, std::nullopt, std::nullopt};
    if (valley.where) spec.region = region_of<Dim>(definition, *valley.where);
    if (valley.core) spec.core = region_of<Dim>(definition, *valley.core);
    valleys.push_back(std::move(spec));
  }
  return valleys;
}

template <int Dim>
Problem<Dim> build_problem(const Case& definition, Grid<Dim> grid,
                           std::optional<std::vector<CriticalPoint<Dim>>> known) {
  return placed_in(definition, definition.domain ? "domain" : "grid", [&] {
    grid = domain_part<Dim>(definition, std::move(grid));
    if (definition.domain) known.reset();  // some may lie outside
    Problem<Dim> problem =
        make_problem<Dim>(definition.title, *definition.dynamics, std::move(grid), valley_definitions<Dim>(definition),
                          std::move(known), definition.valley_depth);
    problem.targets = case_targets<Dim>(definition);
    problem.warnings.insert(problem.warnings.begin(), definition.warnings.begin(), definition.warnings.end());
    return problem;
  });
}

template <int Dim>
Problem<Dim> build_problem(const Case& definition) {
  if (definition.axes.size() != Dim)
    throw std::invalid_argument(fmt::format("the case has {} axes, not {}", definition.axes.size(), Dim));
  const auto given = [&](int k) { return definition.axes[static_cast<std::size_t>(k)].axis(); };
  std::optional<std::vector<CriticalPoint<Dim>>> known;
  if (const auto* found = std::get_if<std::vector<CriticalPoint<Dim>>>(&definition.critical_points)) known = *found;
  return build_problem<Dim>(definition, grid_by<Dim>(given), std::move(known));
}

template Problem<1> build_problem(const Case&, Grid<1>, std::optional<std::vector<CriticalPoint<1>>>);
template Problem<2> build_problem(const Case&, Grid<2>, std::optional<std::vector<CriticalPoint<2>>>);
template Problem<1> build_problem(const Case&);
template Problem<2> build_problem(const Case&);
template std::vector<ValleyDefinition<1>> valley_definitions(const Case&);
template std::vector<ValleyDefinition<2>> valley_definitions(const Case&);

}  // namespace valleyflux
