#include "tools/commands.hpp"

#include "problems/case/nearest_name.hpp"
#include "problems/case/ready_files.hpp"
#include "solver/solve_problem.hpp"
#include "tools/available_memory.hpp"

#include <fmt/format.h>

#include <string>

namespace valleyflux {

Case case_named(const std::string& name, const Overrides& overrides) {
  // Of a file that cannot be asked about, reading it says why.
  std::error_code fault;
  if (std::filesystem::exists(name, fault) || fault) return read_case(std::filesystem::path(name), overrides);
  if (const std::filesystem::path file = ready_case(name); !file.empty()) return read_case(file, overrides);
  throw CaseError(
      fmt::format("{}: error: there is no such file, and no ready case of that name (the nearest is \"{}\")", name,
                  nearest_name(name, ready_cases())));
}

ParticleProblem build_particle_problem(const Case& definition) {
  std::vector<ParticleValleyDefinition> valleys;
  for (const CaseValley& valley : definition.valleys)
    valleys.push_back({valley.name, *valley.where, valley.core, valley.minimum});
  try {
    return make_particle_problem(definition.title, *definition.dynamics, definition.box, valleys);
  } catch (const ProblemError& error) {
    throw CaseError(fmt::format("{}: error: {}", place_of(definition, error.key()), error.what()));
  }
}

void require_memory(const Case& definition) {
  double cells = 1.0;
  for (const Axis& axis : definition.axes) cells *= static_cast<double>(axis.cells());
  const double needed = memory_estimate(static_cast<int>(definition.axes.size()), cells),
               available = available_memory();
  constexpr double most_cells = 2147483647.0;  // states are numbered by 32-bit integers
  if (cells > most_cells || needed > available)
    throw CaseError(
        fmt::format("{}: error: a grid of {:.0f} cells needs about {:.0f} bytes of memory, {:.0f} are available: "
                    "use fewer cells",
                    place_of(definition, "grid"), cells, needed, available));
}

}  // namespace valleyflux
