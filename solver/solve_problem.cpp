#include "solver/solve_problem.hpp"

#include "problems/require_coefficients.hpp"
#include "solver/data_error.hpp"
#include "solver/discretisation/coefficient_fields.hpp"
#include "solver/escape_reports.hpp"
#include "solver/evolution/evolve_density.hpp"
#include "solver/first_passages.hpp"
#include "solver/level.hpp"
#include "solver/recommended_rate.hpp"
#include "solver/refinement.hpp"
#include "solver/solution.hpp"

#include <algorithm>
#include <utility>

namespace valleyflux {

namespace {

/// Those asked for; nothing: from every valley with a minimum into whichever other valley is reached first.
template <int Dim>
std::vector<EscapeRequest> asked_escapes(const Problem<Dim>& problem, const SolveRequest<Dim>& request) {
  if (request.escapes) return *request.escapes;
  const auto has_core = [](const Valley<Dim>& valley) { return !valley.core.empty(); };
  const auto cores = std::count_if(problem.valleys.begin(), problem.valleys.end(), has_core);
  std::vector<EscapeRequest> all;
  for (std::size_t v = 0; v < problem.valleys.size(); ++v) {
    const Valley<Dim>& valley = problem.valleys[v];
    if (!valley.minimum || cores - (has_core(valley) ? 1 : 0) < 1) continue;
    all.push_back({.escape = escape_from(static_cast<int>(v))});
  }
  return all;
}

}  // namespace

template <int Dim>
Results solve_problem(const Problem<Dim>& problem, const SolveRequest<Dim>& request, const SolveObserver& observer) {
  require_autonomous(problem.dynamics);
  Solution<Dim> solution{problem, request, observer};
  solution.progress(0.0, "discretising");
  Results& results = solution.results;
  results.dimension = Dim;
  for (int k = 0; k < Dim; ++k) results.variables.push_back(problem.grid.axis(k).name());
  Level<Dim> finest = make_level<Dim>(problem, 0, request.departing_cell_rates);
  for (int k = 0; k < Dim; ++k) results.cells.push_back(problem.grid.axis(k).cells());
  results.warnings = problem.warnings;
  if (observer.labels) observer.labels(valley_labels<Dim>(problem));
  show_coefficients<Dim>(solution);
  warn_of_noise<Dim>(solution, finest.discretisation);
  Refinement<Dim> grids(solution);
  grids.find_stationary_state(finest);
  if (request.evolve) evolve_density<Dim>(solution, finest);
  const std::vector<EscapeRequest> escapes = asked_escapes<Dim>(problem, request);
  grids.solve_escapes(escapes, finest);
  show_escape_fields<Dim>(solution, grids);
  grids.solve_on_others(finest);
  grids.finish();
  report_escapes<Dim>(solution, grids, finest);
  recommend(results.estimates, request.accuracy.relative);
  add_data_errors<Dim>(solution, escapes);
  if (request.first_passage) add_first_passages<Dim>(solution, escapes, finest);
  return std::move(solution.results);
}

template Results solve_problem(const Problem<1>&, const SolveRequest<1>&, const SolveObserver&);
template Results solve_problem(const Problem<2>&, const SolveRequest<2>&, const SolveObserver&);

}  // namespace valleyflux
