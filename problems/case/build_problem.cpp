#include "problems/case/build_problem.hpp"

#include "problems/case/domain_part.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace valleyflux {

template <int Dim>
Problem<Dim> build_problem(const Case& definition) {
  if (definition.axes.size() != Dim)
    throw std::invalid_argument(fmt::format("the case has {} axes, not {}", definition.axes.size(), Dim));
  const auto region = [](const Expression& where) {
    return Region<Dim>([where](const Point<Dim>& x) { return where(x) != 0.0; });
  };
  std::vector<ValleyDefinition<Dim>> valleys;
  for (const CaseValley& valley : definition.valleys) {
    ValleyDefinition<Dim> spec{valley.name, std::nullopt, std::nullopt};
    if (valley.where) spec.region = region(*valley.where);
    if (valley.core) spec.core = region(*valley.core);
    valleys.push_back(std::move(spec));
  }
  std::array<Axis, Dim> axes = [&] {
    if constexpr (Dim == 1)
      return std::array<Axis, 1>{definition.axes[0]};
    else
      return std::array<Axis, 2>{definition.axes[0], definition.axes[1]};
  }();
  std::optional<std::vector<CriticalPoint<Dim>>> known;
  if (const auto* found = std::get_if<std::vector<CriticalPoint<Dim>>>(&definition.critical_points)) known = *found;
  try {
    Grid<Dim> grid = domain_part<Dim>(definition, Grid<Dim>(std::move(axes)));
    if (definition.domain) known.reset();  // some may lie outside
    Problem<Dim> problem = make_problem<Dim>(definition.title, *definition.dynamics, std::move(grid),
                                             std::move(valleys), std::move(known), definition.valley_depth);
    problem.warnings.insert(problem.warnings.begin(), definition.warnings.begin(), definition.warnings.end());
    return problem;
  } catch (const std::invalid_argument& error) {
    const auto* about = dynamic_cast<const ProblemError*>(&error);
    throw CaseError(fmt::format("{}: error: {}",
                                place_of(definition, about               ? about->key()
                                                     : definition.domain ? "domain"
                                                                         : "grid"),
                                error.what()));
  }
}

template Problem<1> build_problem(const Case&);
template Problem<2> build_problem(const Case&);

}  // namespace valleyflux
