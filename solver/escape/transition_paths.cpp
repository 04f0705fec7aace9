#include "solver/escape/transition_paths.hpp"

#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace valleyflux {

namespace {

/// From the core `origin` to whichever of the targets is reached first.
template <int Dim>
TransitionPaths paths_between(const Level<Dim>& level, const SolvedCores<Dim>& cores, const std::string& name,
                              std::size_t origin, const std::vector<std::size_t>& targets) {
  const StateSpace<Dim>& space = level.discretisation.space;
  const Eigen::VectorXd& stationary = level.stationary_weights();
  const CoreProcess<Dim>& process = cores.process;
  const Eigen::VectorXd left = cores.left.col(static_cast<Index>(origin));
  const Eigen::VectorXd flux = process.fluxes(origin, left, stationary);
  Eigen::VectorXd forward = Eigen::VectorXd::Zero(stationary.size());
  TransitionPaths paths;
  for (const std::size_t target : targets) {
    paths.flux += flux[static_cast<Index>(target)];
    forward += cores.committor.col(static_cast<Index>(target));
  }
  const double having_left_last = process.having_left_last(origin, left, stationary);
  if (!(having_left_last > 0))
    throw SolverError(
        fmt::format("the stationary probability of valley \"{}\" is below the range of double precision", name));
  paths.rate = paths.flux / having_left_last;
  paths.time = process.on_the_way(left, forward) / paths.flux;
  paths.forward_committor = space.at_cells(forward);
  // What enters at a core's surface is told from the cells beside it: where a stationary current runs, it balances what
  // leaves to the scheme's order alone, and what is found to have left the core could be more than there is.
  paths.backward_committor =
      space.at_cells((stationary.array() > 0).select(left.cwiseQuotient(stationary).cwiseMin(1.0), 0.0));
  paths.current = process.reactive_current(level.discretisation, origin, targets, left, forward, stationary);
  const double total = stationary.sum();
  paths.flux /= total;
  for (Eigen::VectorXd& component : paths.current) component /= total;
  return paths;
}

}  // namespace

template <int Dim>
TransitionPaths transition_paths(const Level<Dim>& level, const Escape& escape) {
  const Problem<Dim>& problem = level.problem;
  const Valley<Dim>& from = problem.valleys.at(static_cast<std::size_t>(escape.from));
  if (from.core.empty()) throw std::invalid_argument(fmt::format("valley \"{}\" has no core to start from", from.name));
  std::vector<int> valleys;
  std::vector<std::size_t> targets;
  std::size_t origin = 0;
  for (std::size_t v = 0; v < problem.valleys.size(); ++v) {
    const bool own = static_cast<int>(v) == escape.from;
    if (!own && (!escape.leads_to(static_cast<int>(v)) || problem.valleys[v].core.empty())) continue;
    if (own)
      origin = valleys.size();
    else
      targets.push_back(valleys.size());
    valleys.push_back(static_cast<int>(v));
  }
  if (!escape.first_exit() && !targets.empty() && valleys.size() <= most_kept_cores)
    return paths_between<Dim>(level, cores_on<Dim>(level, valleys), from.name, origin, targets);
  const SolvedCores<Dim> cores =
      solve_cores<Dim>(problem, level.discretisation, {from.core, escape_target<Dim>(problem, escape)},
                       level.stationary_weights(), *engine_of(level));
  return paths_between<Dim>(level, cores, from.name, 0, {1});
}

template TransitionPaths transition_paths(const Level<1>&, const Escape&);
template TransitionPaths transition_paths(const Level<2>&, const Escape&);

}  // namespace valleyflux
