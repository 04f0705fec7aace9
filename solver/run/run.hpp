#pragma once

#include "problems/case/case_file.hpp"
#include "solver/results.hpp"
#include "solver/run/any_problem.hpp"
#include "solver/solve_problem.hpp"

namespace valleyflux {

/// What a case is run for.
struct RunRequest {
  bool rates_only =
      false;  // of the escapes: neither densities over time nor distributions, histogram, spectrum, network or paths
};

/// Answers what a case asks of its problem, whatever kind it is of. observer.begin is told the valleys' names as soon
/// as the case is known to be right, before anything is solved. Throws CaseError for names of valleys that are not
/// there, SolverError where nothing can be solved, ProblemError for dynamics that depend on time.
Results run(const Case& definition, const AnyProblem& problem, const RunRequest& request = {},
            const SolveObserver& observer = {});

/// The same of the case's own problem, built first: throws as build_any_problem does. starts: of losses, shared by runs
/// that differ in what does not change the training.
Results run(const Case& definition, const RunRequest& request, const SolveObserver& observer, TrainedStarts& starts);
Results run(const Case& definition, const RunRequest& request = {}, const SolveObserver& observer = {});

}  // namespace valleyflux
