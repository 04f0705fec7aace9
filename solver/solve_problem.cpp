#include "solver/solve_problem.hpp"

#include "problems/require_coefficients.hpp"
#include "solver/data_error.hpp"
#include "solver/discretisation/coefficient_fields.hpp"
#include "solver/elimination/aligned_array.hpp"
#include "solver/escape_reports.hpp"
#include "solver/evolution/evolve_density.hpp"
#include "solver/first_passages.hpp"
#include "solver/level.hpp"
#include "solver/recommended_rate.hpp"
#include "solver/refinement.hpp"
#include "solver/solution.hpp"

#include <algorithm>
#include <set>
#include <string>
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

/// Whether the stationary law is asked for, or something that rests on it.
template <int Dim>
bool needs_law(const SolveRequest<Dim>& request, const std::vector<EscapeRequest>& escapes) {
  const auto asked = [&](const Method& method) {
    return method.need == MethodNeed::stationary_law &&
           std::any_of(escapes.begin(), escapes.end(),
                       [&](const EscapeRequest& escape) { return escape.asks_for(method.name); });
  };
  return request.stationary || request.network || request.modes > 0 ||
         std::any_of(methods().begin(), methods().end(), asked);
}

/// What the multilevel solver has done, with a warning of each way in which it has not.
template <int Dim>
void report_engine(Solution<Dim>& solution) {
  const EngineReport& report = *solution.engine_report;
  if (report.solves == 0 && report.fall_backs.empty()) return;
  solution.results.linear_solver = {.engine = "multilevel",
                                    .solves = report.solves,
                                    .most_cycles = report.most_cycles,
                                    .check = report.check,
                                    .fall_backs = static_cast<int>(report.fall_backs.size())};
  const std::set<std::string> reasons(report.fall_backs.begin(), report.fall_backs.end());
  for (const std::string& reason : reasons)
    solution.results.warnings.push_back(reason + ": elimination took its place");
}

}  // namespace

template <int Dim>
std::vector<std::string> warnings_of(const Problem<Dim>& problem, const SolveRequest<Dim>& request) {
  const auto asks_for_forms = [](const EscapeRequest& escape) {
    return !methods_asked(escape.methods, MethodStage::closed_form).empty();
  };
  std::vector<std::string> warnings = problem.warnings;
  // A network compares its rates with closed forms; paths are those of the closed forms that are asked for.
  if (request.network || request.quasi_potential || !request.escapes ||
      std::any_of(request.escapes->begin(), request.escapes->end(), asks_for_forms))
    warnings.insert(warnings.end(), problem.theory_warnings.begin(), problem.theory_warnings.end());
  return warnings;
}

template <int Dim>
Results solve_problem(const Problem<Dim>& problem, const SolveRequest<Dim>& request, const SolveObserver& observer) {
  require_autonomous(problem.dynamics);
  const ArrayReuse reuse;
  Solution<Dim> solution{problem, request, observer};
  solution.engine_report->progress = [&observer](const std::string& stage) {
    if (observer.progress) observer.progress(0.0, stage);
  };
  solution.progress(0.0, "discretising");
  Results& results = solution.results;
  results.dimension = Dim;
  for (int k = 0; k < Dim; ++k) results.variables.push_back(problem.grid.axis(k).name());
  Level<Dim> finest = make_level<Dim>(problem, 0, solution.level_options());
  for (int k = 0; k < Dim; ++k) results.cells.push_back(problem.grid.axis(k).cells());
  results.warnings = warnings_of<Dim>(problem, request);
  if (observer.labels) observer.labels(valley_labels<Dim>(problem));
  show_coefficients<Dim>(solution);
  warn_of_coefficients<Dim>(solution, finest.discretisation);
  Refinement<Dim> grids(solution);
  const std::vector<EscapeRequest> escapes = asked_escapes<Dim>(problem, request);
  grids.find_stationary_state(finest, needs_law(request, escapes));
  if (request.evolve) evolve_density<Dim>(solution, finest, grids.densities());
  grids.solve_escapes(escapes, finest);
  show_escape_fields<Dim>(solution, grids);
  grids.solve_on_others(finest);
  grids.finish();
  report_escapes<Dim>(solution, grids, finest);
  recommend(results.estimates, request.accuracy.relative);
  if (request.table_errors) {
    add_data_errors<Dim>(solution, escapes);
    add_clip_errors<Dim>(solution, escapes);
  }
  if (request.first_passage) add_first_passages<Dim>(solution, escapes, finest);
  report_engine<Dim>(solution);
  return std::move(solution.results);
}

template std::vector<std::string> warnings_of(const Problem<1>&, const SolveRequest<1>&);
template std::vector<std::string> warnings_of(const Problem<2>&, const SolveRequest<2>&);
template Results solve_problem(const Problem<1>&, const SolveRequest<1>&, const SolveObserver&);
template Results solve_problem(const Problem<2>&, const SolveRequest<2>&, const SolveObserver&);

}  // namespace valleyflux
