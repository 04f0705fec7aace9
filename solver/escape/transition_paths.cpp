#include "solver/escape/transition_paths.hpp"

#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace valleyflux {

template <int Dim>
TransitionPaths transition_paths(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                 const Eigen::VectorXd& stationary, const Escape& escape, const Engines& engines) {
  const Valley<Dim>& from = problem.valleys.at(static_cast<std::size_t>(escape.from));
  if (from.core.empty()) throw std::invalid_argument(fmt::format("valley \"{}\" has no core to start from", from.name));
  constexpr std::size_t origin = 0, target = 1;
  const CoreProcess<Dim> process(problem, discretisation, {from.core, escape_target<Dim>(problem, escape)}, engines);
  const Eigen::VectorXd left = process.left_last(origin, stationary);
  TransitionPaths paths;
  paths.flux = process.fluxes(origin, left, stationary)[target];
  const double having_left_last = process.having_left_last(origin, left, stationary);
  if (!(having_left_last > 0))
    throw SolverError(
        fmt::format("the stationary probability of valley \"{}\" is below the range of double precision", from.name));
  paths.rate = paths.flux / having_left_last;
  const Eigen::VectorXd forward = process.committor(target);
  paths.time = process.on_the_way(left, forward) / paths.flux;
  paths.forward_committor = discretisation.space.at_cells(forward);
  // What enters at a core's surface is told from the cells beside it: where a stationary current runs, it balances what
  // leaves to the scheme's order alone, and what is found to have left the core could be more than there is.
  paths.backward_committor =
      discretisation.space.at_cells((stationary.array() > 0).select(left.cwiseQuotient(stationary).cwiseMin(1.0), 0.0));
  paths.current = process.reactive_current(origin, target, left, forward, stationary);
  const double total = stationary.sum();
  paths.flux /= total;
  for (Eigen::VectorXd& component : paths.current) component /= total;
  return paths;
}

template TransitionPaths transition_paths(const Problem<1>&, const Discretisation<1>&, const Eigen::VectorXd&,
                                          const Escape&, const Engines&);
template TransitionPaths transition_paths(const Problem<2>&, const Discretisation<2>&, const Eigen::VectorXd&,
                                          const Escape&, const Engines&);

}  // namespace valleyflux
