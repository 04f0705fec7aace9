#include "solver/escape_reports.hpp"

#include "grids/side_by_side.hpp"
#include "solver/escape/passages.hpp"
#include "solver/escape_warning.hpp"
#include "solver/methods/estimator.hpp"
#include "solver/paths/quasi_potential.hpp"
#include "solver/solver_error.hpp"
#include "solver/theory/predictions.hpp"
#include "solver/theory/probable_path.hpp"
#include "solver/theory/saddle_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

std::string joined_notes(const std::string& a, const std::string& b) {
  return a.empty() ? b : b.empty() ? a : a + "; " + b;
}

template <int Dim>
void show_transition_paths(const Solution<Dim>& solution, const TransitionPaths& paths, const std::string& pair,
                           const std::string& label) {
  solution.observer.field({"committor_" + pair, "forward committor, " + label, "1", paths.forward_committor});
  solution.observer.field(
      {"backward_committor_" + pair, "backward committor, " + label, "1", paths.backward_committor});
  for (int k = 0; k < Dim; ++k) {
    solution.observer.field(
        {"reactive_current_" + variable_names(Dim)[static_cast<std::size_t>(k)] + "_" + pair,
         fmt::format("density of the current of transitions along {}, {}", solution.problem.grid.axis(k).name(), label),
         length_along(k) + "/time/volume", paths.current[static_cast<std::size_t>(k)]});
  }
}

template <int Dim>
ReactionCoordinate committor_on(const Level<Dim>& level, const Escape& escape) {
  const std::optional<Level<Dim>> at_wall = level_at_wall<Dim>(level, escape);
  const Level<Dim>& seen = at_wall ? *at_wall : level;
  return committor_coordinate<Dim>(seen.problem, seen.discretisation, escape);
}

/// The rows of all escapes, and what stands beside them.
template <int Dim>
class EscapeReports {
 public:
  EscapeReports(Solution<Dim>& solution, const Refinement<Dim>& grids)
      : solution_(solution), grids_(grids), limits_(solution.problem) {}

  /// finest: the problem's own grid.
  void run(const Level<Dim>& finest);

 private:
  void report_numerical(const EscapeOnGrids<Dim>& one);
  void report_particles(const EscapeRequest& request, const Level<Dim>& finest);
  void report_chains(const EscapeRequest& request, const std::vector<Passage>& passages);
  void report_network(const std::vector<Passage>& passages);
  /// Of the passages that escapes with closed forms lead over.
  void report_paths(const std::vector<Passage>& passages);
  void show_quasi_potentials();
  void show_chain_laws();

  Solution<Dim>& solution_;
  const Refinement<Dim>& grids_;
  SaddleLimits<Dim> limits_;
};

template <int Dim>
void EscapeReports<Dim>::run(const Level<Dim>& finest) {
  const std::vector<Passage> passages = find_passages<Dim>(solution_.problem);
  const std::vector<EscapeOnGrids<Dim>>& escapes = grids_.escapes();
  std::vector<std::vector<Prediction>> forms(escapes.size());
  side_by_side(escapes.size(), [&](std::size_t k) {
    const EscapeRequest& request = escapes[k].request();
    if (!methods_asked(request.methods, MethodStage::closed_form).empty())
      forms[k] = predictions<Dim>(solution_.problem, passages, request.escape, solution_.request.theory, limits_);
  });
  for (std::size_t k = 0; k < escapes.size(); ++k) {
    const EscapeOnGrids<Dim>& escape = escapes[k];
    const EscapeRequest& request = escape.request();
    report_numerical(escape);
    report_particles(request, finest);
    if constexpr (Dim == 1) report_chains(request, passages);
    if (!methods_asked(request.methods, MethodStage::closed_form).empty())
      report_predictions(forms[k], request.methods, solution_.valley_name(request.escape.from),
                         solution_.target_name(request.escape), solution_.results);
  }
  if (!grids_.networks().empty()) report_network(passages);
  if constexpr (Dim == 2)
    if (solution_.request.paths) report_paths(passages);
  if (solution_.request.quasi_potential) show_quasi_potentials();
  if constexpr (Dim == 1) show_chain_laws();
}

template <int Dim>
void EscapeReports<Dim>::report_numerical(const EscapeOnGrids<Dim>& one) {
  const Escape& escape = one.request().escape;
  const std::vector<TargetShare> shares = one.shares();
  for (const std::string& method : one.methods()) {
    Estimate estimate = one.estimate(method);
    estimate.from = solution_.valley_name(escape.from);
    estimate.to = solution_.target_name(escape);
    estimate.shares = shares;
    if (!estimate.rate && !one.lacks_meaning(method)) {
      const std::string limit = grids_.limit().empty() ? "" : fmt::format(" ({})", grids_.limit());
      solution_.results.warnings.push_back(to_text({solution_.label(escape), method, estimate.note + limit}));
    } else if (estimate.rate && *estimate.rate == 0.0 && !estimate.log_rate) {
      estimate.note = fmt::format(
          "0, because blocked at {}: the noise vanishes there and no drift leads across that way",
          named_coordinates<Dim>(solution_.problem.grid, Eigen::Map<const Point<Dim>>(estimate.blocked_at.data())));
    } else if (estimate.rate) {
      estimate.note = joined_notes(fmt::format("{}, {}", escape.first_exit() ? "first exit" : "transition",
                                               name_of(solution_.problem.dynamics.interpretation)),
                                   estimate.note);
    }
    solution_.results.estimates.push_back(std::move(estimate));
  }
}

template <int Dim>
void EscapeReports<Dim>::report_particles(const EscapeRequest& request, const Level<Dim>& finest) {
  const std::vector<std::string> asked = methods_asked(request.methods, MethodStage::particles);
  if (asked.empty()) return;
  const ParticleEscape escape = particle_escape<Dim>(solution_.problem, request.escape);
  const std::string& from = solution_.valley_name(request.escape.from);
  const std::string to = solution_.target_name(request.escape);
  const ParticleReports reports{solution_.observer.progress, solution_.observer.interrupted,
                                solution_.observer.escape_times};
  const ParticleMethods& methods = solution_.request.particles;
  const auto coordinate = [&]() -> SplittingCoordinate {
    const ReactionCoordinate along = methods.reaction_coordinate ? expression_coordinate(*methods.reaction_coordinate)
                                                                 : committor_on<Dim>(finest, request.escape);
    return {along, largest_in_core<Dim>(solution_.problem, request.escape.from, along)};
  };
  for (const std::string& method : asked) {
    try {
      const ParticleTask task{method, escape, from, to, coordinate, methods, reports};
      add_measured(task, estimator_of(method).particles(task), solution_.results);
    } catch (const SolverError& error) {
      Estimate failed;
      failed.from = from;
      failed.to = to;
      failed.method = method;
      failed.note = error.what();
      solution_.results.warnings.push_back(to_text({solution_.label(request.escape), method, error.what()}));
      solution_.results.estimates.push_back(std::move(failed));
    }
  }
}

template <int Dim>
void EscapeReports<Dim>::report_chains(const EscapeRequest& request, const std::vector<Passage>& passages) {
  for (const std::string& method : methods_asked(request.methods, MethodStage::chain)) {
    Measured found;
    try {
      found = estimator_of(method).chain->escape(
          {solution_.problem, passages, request.escape, solution_.request.particles, solution_.request.theory});
    } catch (const std::runtime_error& error) {
      found = {{}, {error.what()}};
      found.estimate.note = error.what();
    }
    found.estimate.from = solution_.valley_name(request.escape.from);
    found.estimate.to = solution_.target_name(request.escape);
    found.estimate.method = method;
    for (const std::string& warning : found.warnings)
      solution_.results.warnings.push_back(to_text({solution_.label(request.escape), method, warning}));
    solution_.results.estimates.push_back(std::move(found.estimate));
  }
}

template <int Dim>
void EscapeReports<Dim>::report_network(const std::vector<Passage>& passages) {
  const std::vector<int>& valleys = grids_.networks().front().network.valleys;
  const auto n = static_cast<Index>(valleys.size());
  Eigen::MatrixXd rule_1 = Eigen::MatrixXd::Constant(n, n, std::numeric_limits<double>::quiet_NaN());
  for (Index a = 0; a < n; ++a)
    for (Index b = 0; b < n; ++b) {
      if (a == b) continue;
      const Escape pair{valleys[static_cast<std::size_t>(a)], valleys[static_cast<std::size_t>(b)]};
      const auto forms = predictions<Dim>(solution_.problem, passages, pair, solution_.request.theory, limits_);
      const auto first = std::find_if(forms.begin(), forms.end(), [](const auto& form) { return form.log_rate; });
      if (first != forms.end()) rule_1(a, b) = std::exp(*first->log_rate);
    }
  std::vector<std::string> names;
  for (const int v : valleys) names.push_back(solution_.valley_name(v));
  const auto& underflow = grids_.networks().front().network.underflow;
  for (Index a = 0; a < n; ++a)
    for (Index b = 0; b < n; ++b)
      if (underflow(a, b))
        solution_.results.warnings.push_back(
            fmt::format("network: the rate from {} to {} is below the range of double precision: it is missing, and "
                        "counts as zero in what is computed from the network",
                        names[static_cast<std::size_t>(a)], names[static_cast<std::size_t>(b)]));
  solution_.results.network =
      network_result(grids_.networks(), grids_.moved_networks(), std::move(names), std::move(rule_1));
}

template <int Dim>
void EscapeReports<Dim>::report_paths(const std::vector<Passage>& passages) {
  std::vector<const Passage*> shown;
  for (const Passage& passage : passages) {
    const bool asked =
        std::any_of(grids_.escapes().begin(), grids_.escapes().end(), [&](const EscapeOnGrids<Dim>& one) {
          const EscapeRequest& request = one.request();
          return request.escape.from == passage.from && request.escape.leads_to(passage.to) &&
                 request.asks_for("theory:laplace");
        });
    const auto has_minimum = [&](int valley) {
      return solution_.problem.valleys[static_cast<std::size_t>(valley)].minimum.has_value();
    };
    if (asked && has_minimum(passage.from) && has_minimum(passage.to)) shown.push_back(&passage);
  }
  if (shown.empty()) return;
  solution_.progress(0.0, "paths");
  std::vector<PathResult>& paths = solution_.results.paths;
  paths.resize(shown.size());
  side_by_side(shown.size(), [&](std::size_t k) { paths[k] = probable_path(solution_.problem, *shown[k], limits_); });
  for (std::size_t k = 0; k < shown.size(); ++k)
    if (!paths[k].note.empty())
      solution_.results.warnings.push_back(fmt::format("the most probable path {} -> {}: {}",
                                                       solution_.valley_name(shown[k]->from),
                                                       solution_.valley_name(shown[k]->to), paths[k].note));
}

template <int Dim>
void EscapeReports<Dim>::show_quasi_potentials() {
  if (!solution_.observer.field) return;
  for (const Valley<Dim>& valley : solution_.problem.valleys) {
    if (!valley.minimum) continue;
    solution_.progress(0.0, "quasi-potential");
    try {
      QuasiPotential potential =
          quasi_potential<Dim>(solution_.problem.dynamics, solution_.problem.grid, valley.minimum->position);
      if (potential.unreached > 0) {
        solution_.results.warnings.push_back(
            fmt::format("the quasi-potential of {} is infinite in {} cells: the noise does not lead there", valley.name,
                        potential.unreached));
        potential.value = potential.value.unaryExpr(
            [](double v) { return std::isfinite(v) ? v : std::numeric_limits<double>::quiet_NaN(); });
      }
      solution_.observer.field(
          {"quasi_potential_" + valley.name,
           fmt::format("quasi-potential of {}, noise included; NaN where it is infinite", valley.name), "1",
           potential.value});
    } catch (const std::invalid_argument& error) {
      solution_.results.warnings.push_back(fmt::format("no quasi-potential of {}: {}", valley.name, error.what()));
    }
  }
}

template <int Dim>
void EscapeReports<Dim>::show_chain_laws() {
  if (!solution_.observer.field) return;
  for (const Estimator& estimator : estimators()) {
    if (!estimator.chain || std::none_of(grids_.escapes().begin(), grids_.escapes().end(), [&](const auto& escape) {
          return escape.request().asks_for(estimator.method);
        }))
      continue;
    const std::string& process = estimator.chain->process;
    try {
      solution_.observer.field({estimator.method + "_density", "stationary probability density of " + process,
                                "1/volume",
                                estimator.chain->stationary(solution_.problem, solution_.request.particles)
                                    .cwiseQuotient(solution_.volumes())});
    } catch (const SolverError& error) {
      solution_.results.warnings.push_back(fmt::format("no stationary law of {}: {}", process, error.what()));
    }
  }
}

}  // namespace

template <int Dim>
void show_escape_fields(const Solution<Dim>& solution, const Refinement<Dim>& grids) {
  if (!solution.observer.field) return;
  const Eigen::VectorXd volume = solution.volumes();
  for (const EscapeOnGrids<Dim>& one : grids.escapes()) {
    if (!one.solution()) continue;
    const EscapeSolution<Dim>& found = *one.solution();
    const Escape& escape = one.request().escape;
    const std::string pair = solution.valley_name(escape.from) + "_" + solution.target_name(escape);
    if (found.quasi_stationary_rate)
      solution.observer.field({"quasi_stationary_density_" + pair,
                               "quasi-stationary probability density, " + solution.label(escape), "1/volume",
                               found.quasi_stationary_probability.cwiseQuotient(volume)});
    if (one.paths()) show_transition_paths<Dim>(solution, *one.paths(), pair, solution.label(escape));
    if (found.mean_first_passage_time && one.asks_for("mean_first_passage"))
      solution.observer.field({"mean_first_passage_time_" + pair, "mean first-passage time, " + solution.label(escape),
                               "time", found.first_passage_time});
  }
}

template <int Dim>
void report_escapes(Solution<Dim>& solution, const Refinement<Dim>& grids, const Level<Dim>& finest) {
  EscapeReports<Dim>(solution, grids).run(finest);
}

template void show_escape_fields(const Solution<1>&, const Refinement<1>&);
template void show_escape_fields(const Solution<2>&, const Refinement<2>&);
template void report_escapes(Solution<1>&, const Refinement<1>&, const Level<1>&);
template void report_escapes(Solution<2>&, const Refinement<2>&, const Level<2>&);

}  // namespace valleyflux
