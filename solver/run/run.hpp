#pragma once

#include "problems/case/case_file.hpp"
#include "solver/results.hpp"
#include "solver/run/any_problem.hpp"
#include "solver/solve_problem.hpp"

#include <memory>

namespace valleyflux {

/// What a case is run for.
struct RunRequest {
  bool rates_only =
      false;  // of the escapes: neither densities over time nor distributions, histogram, spectrum, network or paths
};

/// What runs of one sweep share: starts of losses that were trained, and the orders in which grids are eliminated
/// (none: not shared). No result depends on it.
struct SharedWork {
  TrainedStarts starts;
  std::shared_ptr<KnownOrders> orders;

  static SharedWork of_sweep() { return {{}, std::make_shared<KnownOrders>()}; }
};

/// Answers what a case asks of its problem, whatever kind it is of. observer.begin is told the valleys' names as soon
/// as the case is known to be right, before anything is solved. Throws CaseError for names of valleys that are not
/// there, SolverError where nothing can be solved, ProblemError for dynamics that depend on time.
Results run(const Case& definition, const AnyProblem& problem, const RunRequest& request = {},
            const SolveObserver& observer = {}, const SharedWork& shared = {});

/// The same of the case's own problem, built first: throws as build_any_problem does.
Results run(const Case& definition, const RunRequest& request, const SolveObserver& observer, SharedWork& shared);
Results run(const Case& definition, const RunRequest& request = {}, const SolveObserver& observer = {});

}  // namespace valleyflux
