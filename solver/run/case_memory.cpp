#include "solver/run/case_memory.hpp"

#include "solver/engines.hpp"
#include "solver/memory_estimate.hpp"

namespace valleyflux {

double case_memory(const Case& definition, double cells) {
  const auto dimension = static_cast<int>(definition.axes.size());
  const bool eliminates = definition.evolve || definition.first_passage || definition.modes > 0;
  if (!eliminates && takes_multilevel(engine_named(definition.engine), dimension, cells, definition.accuracy.memory))
    return multilevel_estimate(cells);
  return memory_estimate(dimension, cells);
}

}  // namespace valleyflux
