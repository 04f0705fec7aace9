#include "solver/run/any_problem.hpp"

#include "problems/case/build_problem.hpp"
#include "problems/case/placed_problem.hpp"
#include "solver/engines.hpp"
#include "solver/grid_choice/grid_choice.hpp"
#include "solver/memory_estimate.hpp"
#include "solver/run/available_memory.hpp"
#include "solver/run/case_memory.hpp"
#include "solver/run/names_of.hpp"
#include "solver/solve_problem.hpp"

#include <fmt/format.h>

#include <utility>

namespace valleyflux {

namespace {

void require_memory(const Case& definition) {
  double cells = 1.0;
  for (const OpenAxis& axis : definition.axes) cells *= static_cast<double>(axis.cells.value_or(1));
  const double needed = case_memory(definition, cells), available = available_memory();
  const double by_multilevel =
      takes_multilevel(engine_named(definition.engine), static_cast<int>(definition.axes.size()), cells,
                       definition.accuracy.memory)
          ? multilevel_estimate(cells)
          : needed;
  constexpr double most_cells = 2147483647.0;  // states are numbered by 32-bit integers
  if (cells > most_cells || needed > available)
    throw CaseError(
        fmt::format("{}: error: a grid of {:.0f} cells needs about {:.0f} bytes of memory, {:.0f} are available: "
                    "use fewer cells{}",
                    place_of(definition, "grid"), cells, needed, available,
                    by_multilevel < needed ? ", or solver.modes = 0 without [evolve] and [first_passage]" : ""));
}

ParticleProblem build_particle_problem(const Case& definition) {
  std::vector<ParticleValleyDefinition> valleys;
  for (const CaseValley& valley : definition.valleys)
    valleys.push_back({valley.name, *valley.where, valley.core, valley.minimum});
  ParticleProblem problem = placed_in(definition, "grid", [&] {
    return make_particle_problem(definition.title, *definition.dynamics, definition.box, valleys);
  });
  for (const CaseEscape& escape : definition.escapes)
    if (escape.to_target()) problem.targets.push_back({escape.to.value, escape.where, escape.wall});
  return problem;
}

template <int Dim>
Problem<Dim> build_grid_problem(const Case& definition) {
  if (!leaves_grid_open(definition)) return build_problem<Dim>(definition);
  GridChoice<Dim> choice = choose_grid<Dim>(definition);
  Problem<Dim> problem = build_problem<Dim>(definition, std::move(choice.grid), std::move(choice.critical_points));
  problem.grid_rule = std::move(choice.rule);
  problem.warnings.insert(problem.warnings.begin(), choice.warnings.begin(), choice.warnings.end());
  return problem;
}

}  // namespace

AnyProblem build_any_problem(const Case& definition, TrainedStarts& starts) {
  if (definition.loss) return build_loss_problem(definition, starts);
  if (!definition.box.empty()) return build_particle_problem(definition);
  require_memory(definition);
  if (definition.axes.size() == 1) return build_grid_problem<1>(definition);
  return build_grid_problem<2>(definition);
}

std::vector<std::string> valley_names(const AnyProblem& problem) {
  struct Names {
    std::vector<std::string> operator()(const Problem<1>& line) const { return names_of(line.valleys); }
    std::vector<std::string> operator()(const Problem<2>& plane) const { return names_of(plane.valleys); }
    std::vector<std::string> operator()(const ParticleProblem& box) const { return names_of(box.valleys); }
    std::vector<std::string> operator()(const LossProblem& loss) const {
      return loss.valley.empty() ? std::vector<std::string>{} : std::vector<std::string>{loss.valley};
    }
  };
  return std::visit(Names{}, problem);
}

}  // namespace valleyflux
