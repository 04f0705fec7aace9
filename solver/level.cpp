#include "solver/level.hpp"

#include "solver/discretisation/departing_cell.hpp"

#include <algorithm>
#include <utility>

namespace valleyflux {

template <int Dim>
Level<Dim> make_level(const Problem<Dim>& problem, int level, bool departing_cell_rates, double raise) {
  Problem<Dim> on_grid = problem;
  if (level > 0) on_grid.grid = problem.grid.coarsened(Index{1} << level);
  if (level < 0) on_grid.grid = problem.grid.refined(Index{1} << -level);
  double spacing = 1.0;
  for (int k = 0; k < Dim; ++k) spacing = std::min(spacing, 1.0 / static_cast<double>(on_grid.grid.axis(k).cells()));
  Discretisation<Dim> discretisation = discretise<Dim>(on_grid, raise);
  if (departing_cell_rates) use_departing_cell_rates<Dim>(on_grid, discretisation);
  std::vector<int> labels = state_labels<Dim>(on_grid, discretisation.space);
  EliminationOrder order(discretisation.generator, discretisation.space.lattice());
  return {std::move(on_grid), spacing, std::move(discretisation), std::move(labels), std::move(order),
          std::nullopt,       ""};
}

template <int Dim>
void find_stationary(Level<Dim>& level) {
  if (level.stationary || !level.no_stationary.empty()) return;
  if (level.discretisation.generator.exit.maxCoeff() > 0) {
    level.no_stationary = "probability is lost at an absorbing wall";
    return;
  }
  try {
    level.stationary = stationary_probabilities(level.order, level.discretisation.generator);
  } catch (const SolverError& error) {
    level.no_stationary = error.what();
  }
}

template Level<1> make_level(const Problem<1>&, int, bool, double);
template Level<2> make_level(const Problem<2>&, int, bool, double);
template void find_stationary(Level<1>&);
template void find_stationary(Level<2>&);

}  // namespace valleyflux
