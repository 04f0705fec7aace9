#include "solver/solve_problem.hpp"

#include "solver/chain/chain_estimate.hpp"
#include "solver/chain/sgd_chain.hpp"
#include "solver/discretisation/current_field.hpp"
#include "solver/discretisation/departing_cell.hpp"
#include "solver/escape/grid_convergence.hpp"
#include "solver/escape/passages.hpp"
#include "solver/escape/transition_paths.hpp"
#include "solver/network/network_result.hpp"
#include "solver/particles/particle_histogram.hpp"
#include "solver/paths/quasi_potential.hpp"
#include "solver/spectrum/leading_spectrum.hpp"
#include "solver/theory/probable_path.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

template <int Dim>
Eigen::VectorXd volumes(const Grid<Dim>& grid) {
  Eigen::VectorXd volume(grid.cells());
  for (Index cell = 0; cell < grid.cells(); ++cell) volume[cell] = grid.volume(cell);
  return volume;
}

/// Landscape, drift and diffusion at the cell centres.
template <int Dim>
void show_coefficients(const Problem<Dim>& problem, const SolveObserver& observer) {
  if (!observer.field) return;
  const Grid<Dim>& grid = problem.grid;
  Eigen::MatrixXd centres(Dim, grid.cells());
  for (Index cell = 0; cell < grid.cells(); ++cell) centres.col(cell) = grid.centre(cell);
  if (const auto& landscape = problem.dynamics.drift.landscape()) {
    FieldSamples field;
    landscape->sample(centres, 0, field);
    observer.field({"landscape", "landscape L at the cell centres", "1", field.value});
  }
  Eigen::MatrixXd force;
  problem.dynamics.drift.sample(centres, force);
  DiffusionSamples diffusion;
  problem.dynamics.diffusion->sample(centres, false, diffusion);
  for (int i = 0; i < Dim; ++i) {
    const std::string& name = grid.axis(i).name();
    observer.field({"drift_" + name, fmt::format("drift F along {}", name), "1", force.row(i)});
    for (int j = 0; j <= i; ++j) {
      const std::string pair = grid.axis(j).name() + name;
      observer.field(
          {"diffusion_" + pair, fmt::format("diffusion tensor D_{}", pair), "1", diffusion.tensor.row(j + Dim * i)});
    }
  }
}

/// Current density at the cell centres.
template <int Dim>
std::vector<Eigen::VectorXd> current_density(const Discretisation<Dim>& discretisation, const Eigen::VectorXd& p) {
  CurrentField<Dim> field(discretisation.space.grid());
  const Generator& generator = discretisation.generator;
  for (Index edge = 0; edge < generator.edges(); ++edge) {
    const auto e = static_cast<std::size_t>(edge);
    field.add_edge(discretisation, edge,
                   p[generator.from[e]] * generator.forward[e] - p[generator.to[e]] * generator.backward[e]);
  }
  for (const WallExit<Dim>& exit : discretisation.exits)
    field.add_exit(discretisation.space, exit, p[exit.state] * exit.rate);
  return field.density();
}

/// One grid of an error estimate.
template <int Dim>
struct Level {
  Problem<Dim> problem;
  Discretisation<Dim> discretisation;
  std::vector<int> labels;  // valley of every state
  EliminationOrder order;
  std::optional<Eigen::VectorXd> stationary;  // probabilities of the states, where they were asked for and exist
};

template <int Dim>
Level<Dim> make_level(const Problem<Dim>& problem, Index factor, bool departing_cell_rates) {
  Problem<Dim> coarse = problem;
  if (factor > 1) coarse.grid = problem.grid.coarsened(factor);
  Discretisation<Dim> discretisation = discretise<Dim>(coarse);
  if (departing_cell_rates) use_departing_cell_rates<Dim>(coarse, discretisation);
  std::vector<int> labels = state_labels<Dim>(coarse, discretisation.space);
  EliminationOrder order(discretisation.generator, discretisation.space.lattice());
  return {std::move(coarse), std::move(discretisation), std::move(labels), std::move(order), std::nullopt};
}

bool asks_for(const EscapeRequest& request, const std::string& method) {
  return std::find(request.methods.begin(), request.methods.end(), method) != request.methods.end();
}

bool numerical(const EscapeRequest& request) {
  return asks_for(request, "quasi_stationary") || asks_for(request, "mean_first_passage") ||
         asks_for(request, "flux") || asks_for(request, "reactive_flux");
}

std::string joined_notes(const std::string& a, const std::string& b) {
  return a.empty() ? b : b.empty() ? a : a + "; " + b;
}

/// Everything that is known of one escape, on all grids, finest first.
template <int Dim>
struct EscapeRecord {
  std::vector<EscapeSolution<Dim>> solutions;
  std::vector<TransitionPaths> paths;
  std::vector<double> spacings;
  std::string failure;  // of the finest grid
};

/// Puts a rate with its interval into an estimate. `times`: whether the numbers are mean times rather than rates.
/// Returns whether the grid is too coarse for it.
bool set_rate(Estimate& estimate, const std::vector<double>& values, const std::vector<double>& spacings, bool times) {
  const GridConvergence converged =
      extrapolate(values, {spacings.begin(), spacings.begin() + static_cast<std::ptrdiff_t>(values.size())});
  const auto inverse = [](const std::optional<double>& value) {
    return value ? std::optional(1.0 / *value) : std::nullopt;
  };
  estimate.rate = times ? 1.0 / converged.value : converged.value;
  estimate.time = times ? converged.value : 1.0 / converged.value;
  estimate.log_rate = times ? -std::log(converged.value) : std::log(converged.value);
  estimate.low = times ? inverse(converged.high) : converged.low;
  estimate.high = times ? inverse(converged.low) : converged.high;
  estimate.observed_order = converged.observed_order;
  estimate.note = joined_notes(estimate.note, converged.note);
  return converged.too_coarse;
}

template <int Dim>
class Solver {
 public:
  Solver(const Problem<Dim>& problem, const SolveRequest<Dim>& request, const SolveObserver& observer)
      : problem_(problem), request_(request), observer_(observer), limits_(problem) {}

  Results run() {
    progress(0.0, "discretising");
    results_.dimension = Dim;
    Level<Dim> finest = make_level<Dim>(problem_, 1, request_.departing_cell_rates);
    for (int k = 0; k < Dim; ++k) results_.cells.push_back(problem_.grid.axis(k).cells());
    results_.warnings = problem_.warnings;
    if (observer_.labels) observer_.labels(valley_labels<Dim>(problem_));
    show_coefficients<Dim>(problem_, observer_);
    warn_of_noise(finest.discretisation);
    find_stationary_law(finest);
    if (request_.modes > 0) find_spectrum(finest);
    if (request_.evolve) evolve_density(finest);
    measure_escapes(finest);
    return std::move(results_);
  }

 private:
  void progress(double fraction, const std::string& stage) const {
    if (observer_.progress) observer_.progress(fraction, stage);
  }

  void warn_of_noise(const Discretisation<Dim>& discretisation) {
    if (!discretisation.blocked.empty()) {
      const auto& first = discretisation.blocked.front();
      results_.warnings.push_back(fmt::format(
          "the noise vanishes at {} (and at {} edges of the grid in all) where the drift points back: no trajectory "
          "passes there",
          named_coordinates<Dim>(problem_.grid, first.place), discretisation.blocked.size()));
    } else if (discretisation.regularised > 0) {
      results_.warnings.push_back(fmt::format(
          "the noise vanishes or is too anisotropic for the grid in {} of {} cells: its smallest eigenvalue was raised "
          "there",
          discretisation.regularised, problem_.grid.cells()));
    }
  }

  void find_stationary_law(Level<Dim>& level) {
    for (const Valley<Dim>& valley : problem_.valleys) {
      ValleyResult result{valley.name, {}, std::nullopt, std::nullopt};
      if (valley.minimum) {
        result.minimum.assign(valley.minimum->position.data(), valley.minimum->position.data() + Dim);
        if (problem_.dynamics.drift.landscape()) result.height = valley.minimum->height;
      }
      results_.valleys.push_back(std::move(result));
    }
    if (level.discretisation.generator.exit.maxCoeff() > 0) {
      results_.warnings.push_back("no stationary law: probability is lost at an absorbing wall");
      return;
    }
    try {
      level.stationary = stationary_probabilities(level.order, level.discretisation.generator);
      const Eigen::VectorXd& law = *level.stationary;
      for (std::size_t v = 0; v < problem_.valleys.size(); ++v) {
        double sum = 0.0;
        for (std::size_t state = 0; state < level.labels.size(); ++state)
          if (level.labels[state] == static_cast<int>(v)) sum += law[static_cast<Index>(state)];
        results_.valleys[v].stationary_probability = sum;
      }
      if (observer_.field)
        observer_.field(
            {"stationary_density", "stationary probability density", "1",
             level.discretisation.space.cell_probabilities(law).cwiseQuotient(volumes<Dim>(problem_.grid))});
    } catch (const SolverError& error) {
      results_.warnings.push_back(std::string("no stationary law: ") + error.what());
    }
  }

  void find_spectrum(const Level<Dim>& level) {
    progress(0.0, "spectrum");
    const Generator& generator = level.discretisation.generator;
    try {
      // Where probability is lost, what is left of it after a while weighs the cells as well.
      const Eigen::VectorXd weights =
          level.stationary ? *level.stationary
                           : Elimination(level.order, generator).solve_forward(Eigen::VectorXd::Ones(generator.states));
      std::vector<Index> references;
      for (const auto& point : problem_.critical_points)
        if (point.index == 0) references.push_back(level.discretisation.space.nearest(point.position));
      if (references.empty()) {
        Index likeliest = 0;
        weights.maxCoeff(&likeliest);
        references.push_back(likeliest);
      }
      std::sort(references.begin(), references.end());
      references.erase(std::unique(references.begin(), references.end()), references.end());
      const LeadingSpectrum spectrum =
          leading_spectrum(generator, level.discretisation.space.lattice(), weights, references, request_.modes);
      results_.spectrum.assign(spectrum.eigenvalue.data(), spectrum.eigenvalue.data() + spectrum.eigenvalue.size());
      if (observer_.spectrum) {
        const StateSpace<Dim>& space = level.discretisation.space;
        const Eigen::VectorXd volume = volumes<Dim>(problem_.grid);
        SpectrumFields fields{Eigen::MatrixXd(volume.size(), spectrum.right.cols()),
                              Eigen::MatrixXd(volume.size(), spectrum.left.cols())};
        for (Index mode = 0; mode < spectrum.right.cols(); ++mode) {
          fields.right.col(mode) = space.at_cells(spectrum.right.col(mode));
          fields.left.col(mode) = space.cell_probabilities(spectrum.left.col(mode)).cwiseQuotient(volume);
        }
        observer_.spectrum(fields);
      }
    } catch (const SolverError& error) {
      results_.warnings.push_back(std::string("no leading spectrum: ") + error.what());
    }
  }

  void evolve_density(const Level<Dim>& level) {
    const Eigen::VectorXd initial = request_.initial(level.discretisation, level.labels);
    const Eigen::VectorXd volume = volumes<Dim>(problem_.grid);
    const EvolveOptions& options = *request_.evolve;
    const StateSpace<Dim>& space = level.discretisation.space;
    double density_min = 0.0;
    Eigen::VectorXd last;
    const Evolution evolution =
        evolve(level.discretisation.generator, level.order, initial, level.labels,
               static_cast<int>(problem_.valleys.size()), options, [&](const EvolutionFrame& frame) {
                 progress(frame.time / options.until, fmt::format("evolving, t = {:.4g}", frame.time));
                 const Eigen::VectorXd cells = space.cell_probabilities(frame.probability);
                 const Eigen::VectorXd density = cells.cwiseQuotient(volume);
                 density_min = frame.time > 0 ? std::min(density_min, density.minCoeff()) : density.minCoeff();
                 last = cells;
                 if (!observer_.frame) return;
                 observer_.frame({frame.time, density, current_density<Dim>(level.discretisation, frame.probability),
                                  frame.valley_probability, frame.valley_outflux, frame.valley_outflow});
               });
    results_.evolution = EvolutionResult{std::string(name_of(evolution.stepper)),
                                         evolution.steps,
                                         evolution.rejected,
                                         evolution.factorisations,
                                         evolution.mass_error,
                                         density_min,
                                         evolution.balance_error,
                                         evolution.error_estimate};
    if (evolution.backward_euler_steps > 0)
      results_.warnings.push_back(
          fmt::format("{} of {} steps were made by backward Euler to keep the density from "
                      "becoming negative: first order there",
                      evolution.backward_euler_steps, evolution.steps));
    if (request_.particle_histogram) take_histogram(space.cell_probabilities(initial), options.until, last, volume);
  }

  void take_histogram(const Eigen::VectorXd& initial, double until, const Eigen::VectorXd& probability,
                      const Eigen::VectorXd& volume) {
    const ParticleHistogram histogram = particle_histogram<Dim>(
        problem_, initial, until, probability, options_of(request_.particles, "langevin"),
        [&](std::uint32_t done, std::uint32_t, double) {
          progress(static_cast<double>(done) / request_.particles.particles.particles, "particles for the histogram");
          return !(observer_.interrupted && observer_.interrupted());
        });
    if (!histogram.complete) {
      results_.warnings.push_back("no histogram of the particles: interrupted");
      return;
    }
    results_.histogram = HistogramResult{histogram.time, histogram.particles, histogram.total_variation,
                                         histogram.expected, histogram.error};
    constexpr double significant = 4.0;
    if (histogram.total_variation > histogram.expected + significant * histogram.error)
      results_.warnings.push_back(fmt::format(
          "particles and density differ by more than chance at t = {:.4g}: total variation {:.3g}, {:.3g} +- {:.1g} "
          "expected; a shorter langevin.step or a finer grid tells which of them is wrong",
          histogram.time, histogram.total_variation, histogram.expected, histogram.error));
    if (observer_.field)
      observer_.field({"particle_density",
                       fmt::format("density of {} particles at t = {:.6g}: total variation {:.4g} from the density, "
                                   "{:.4g} +- {:.2g} by chance alone",
                                   histogram.particles, histogram.time, histogram.total_variation, histogram.expected,
                                   histogram.error),
                       "1", histogram.probability.cwiseQuotient(volume)});
  }

  std::vector<EscapeRequest> escapes(const Level<Dim>& level) const {
    if (request_.escapes) return *request_.escapes;
    std::vector<EscapeRequest> all;
    for (const auto& [from, to] : neighbouring_valleys<Dim>(problem_, level.labels))
      if (problem_.valleys[static_cast<std::size_t>(from)].minimum &&
          !problem_.valleys[static_cast<std::size_t>(to)].core.empty()) {
        EscapeRequest request;
        request.escape = {from, to};
        all.push_back(std::move(request));
      }
    return all;
  }

  /// The stationary law of a coarser grid, where something asks for it and the finest grid has one.
  void find_coarse_law(Level<Dim>& level, const std::vector<EscapeRequest>& requests) const {
    const bool asked = !networks_.empty() || std::any_of(requests.begin(), requests.end(), [](const auto& request) {
      return asks_for(request, "reactive_flux");
    });
    if (asked) level.stationary = stationary_probabilities(level.order, level.discretisation.generator);
  }

  void find_network(const Level<Dim>& level) {
    const auto cores = std::count_if(problem_.valleys.begin(), problem_.valleys.end(),
                                     [](const Valley<Dim>& valley) { return !valley.core.empty(); });
    if (!level.stationary || cores < 2) return;
    try {
      networks_.push_back(valley_network<Dim>(level.problem, level.discretisation, *level.stationary));
    } catch (const SolverError& error) {
      results_.warnings.push_back(std::string("no network of valleys: ") + error.what());
    }
  }

  void solve_on(const Level<Dim>& level, const std::vector<EscapeRequest>& requests,
                std::vector<EscapeRecord<Dim>>& records) {
    double spacing = 1.0;  // in units of the box: cells of all axes shrink together
    for (int k = 0; k < Dim; ++k)
      spacing = std::min(spacing, 1.0 / static_cast<double>(level.problem.grid.axis(k).cells()));
    for (std::size_t k = 0; k < requests.size(); ++k) {
      const EscapeRequest& request = requests[k];
      EscapeRecord<Dim>& record = records[k];
      const bool finest = record.spacings.empty() && record.failure.empty();
      if (!numerical(request) || !record.failure.empty()) continue;
      if (!finest && record.solutions.back().blocked_at) continue;
      progress(static_cast<double>(k) / static_cast<double>(requests.size()), "escapes");
      try {
        EscapeSolution<Dim> solution =
            solve_escape<Dim>(level.problem, level.discretisation, level.labels, request.escape,
                              {asks_for(request, "mean_first_passage"), asks_for(request, "quasi_stationary"),
                               asks_for(request, "flux")});
        if (asks_for(request, "reactive_flux") && level.stationary && !solution.blocked_at)
          record.paths.push_back(
              transition_paths<Dim>(level.problem, level.discretisation, *level.stationary, request.escape));
        record.solutions.push_back(std::move(solution));
        record.spacings.push_back(spacing);
      } catch (const SolverError& error) {
        if (finest)
          record.failure = error.what();
        else
          results_.warnings.push_back(fmt::format("{}: no error estimate from the grid of 1/{:.4g} cells: {}",
                                                  label(request.escape), spacing, error.what()));
      }
    }
  }

  const std::string& valley_name(int valley) const { return problem_.valleys[static_cast<std::size_t>(valley)].name; }
  std::string target_name(const Escape& escape) const {
    return escape.first_exit() ? "first_exit" : valley_name(escape.to);
  }
  std::string label(const Escape& escape) const { return valley_name(escape.from) + " -> " + target_name(escape); }

  void measure_escapes(const Level<Dim>& finest) {
    const std::vector<EscapeRequest> requests = escapes(finest);
    std::vector<EscapeRecord<Dim>> records(requests.size());
    if (request_.network) find_network(finest);
    solve_on(finest, requests, records);
    show_escape_fields(requests, records);
    for (int level = 1; level < request_.grids; ++level) {
      const Index factor = Index{1} << level;
      Index fewest = problem_.grid.axis(0).cells();
      for (int k = 1; k < Dim; ++k) fewest = std::min(fewest, problem_.grid.axis(k).cells());
      constexpr Index coarsest = 8;
      if (fewest / factor < coarsest) break;
      try {
        Level<Dim> coarse = make_level<Dim>(problem_, factor, request_.departing_cell_rates);
        if (finest.stationary) find_coarse_law(coarse, requests);
        if (networks_.size() == static_cast<std::size_t>(level)) find_network(coarse);
        solve_on(coarse, requests, records);
      } catch (const SolverError& error) {
        results_.warnings.push_back(fmt::format("a grid {} times as coarse cannot be made: {}", factor, error.what()));
      }
    }
    const std::vector<Passage> passages = find_passages<Dim>(problem_);
    for (std::size_t k = 0; k < requests.size(); ++k) {
      report_numerical(requests[k], records[k]);
      report_particles(requests[k], finest);
      if constexpr (Dim == 1)
        if (asks_for(requests[k], "sgd_chain")) report_chain(requests[k], passages);
      report_closed_forms(requests[k], passages);
    }
    if (!networks_.empty()) report_network(passages);
    if constexpr (Dim == 2)
      if (request_.paths) report_paths(requests, passages);
    if (request_.quasi_potential) show_quasi_potentials();
    if constexpr (Dim == 1)
      if (std::any_of(requests.begin(), requests.end(), [](const auto& one) { return asks_for(one, "sgd_chain"); }))
        show_chain_law();
  }

  /// Of the passages that escapes with closed forms lead over.
  void report_paths(const std::vector<EscapeRequest>& requests, const std::vector<Passage>& passages) {
    for (const Passage& passage : passages) {
      const bool asked = std::any_of(requests.begin(), requests.end(), [&](const EscapeRequest& request) {
        return request.escape.from == passage.from &&
               (request.escape.first_exit() || request.escape.to == passage.to) &&
               (asks_for(request, "theory") || asks_for(request, "theory:laplace"));
      });
      const auto has_minimum = [&](int valley) {
        return problem_.valleys[static_cast<std::size_t>(valley)].minimum.has_value();
      };
      if (!asked || !has_minimum(passage.from) || !has_minimum(passage.to)) continue;
      progress(0.0, "paths");
      results_.paths.push_back(probable_path(problem_, passage, limits_));
      if (!results_.paths.back().note.empty())
        results_.warnings.push_back(fmt::format("the most probable path {} -> {}: {}", valley_name(passage.from),
                                                valley_name(passage.to), results_.paths.back().note));
    }
  }

  void show_quasi_potentials() {
    if (!observer_.field) return;
    for (const Valley<Dim>& valley : problem_.valleys) {
      if (!valley.minimum) continue;
      progress(0.0, "quasi-potential");
      try {
        QuasiPotential potential = quasi_potential<Dim>(problem_.dynamics, problem_.grid, valley.minimum->position);
        if (potential.unreached > 0) {
          results_.warnings.push_back(
              fmt::format("the quasi-potential of {} is infinite in {} cells: the noise does not lead there",
                          valley.name, potential.unreached));
          potential.value = potential.value.unaryExpr(
              [](double v) { return std::isfinite(v) ? v : std::numeric_limits<double>::quiet_NaN(); });
        }
        observer_.field({"quasi_potential_" + valley.name,
                         fmt::format("quasi-potential of {}, noise included; NaN where it is infinite", valley.name),
                         "1", potential.value});
      } catch (const std::invalid_argument& error) {
        results_.warnings.push_back(fmt::format("no quasi-potential of {}: {}", valley.name, error.what()));
      }
    }
  }

  double learning_rate() const { return options_of(request_.particles, "sgd").step; }

  void report_chain(const EscapeRequest& request, const std::vector<Passage>& passages) {
    Estimate estimate;
    try {
      estimate = sgd_chain_estimate(problem_, passages, request.escape, learning_rate(), request_.theory.sgd);
      constexpr double poor = 1e-2;
      if (*estimate.high > (1.0 + poor) * *estimate.rate)
        results_.warnings.push_back(label(request.escape) + " by sgd_chain: the nodes do not resolve the steps");
    } catch (const std::runtime_error& error) {
      estimate.note = error.what();
      results_.warnings.push_back(fmt::format("{} by sgd_chain: {}", label(request.escape), error.what()));
    }
    estimate.from = valley_name(request.escape.from);
    estimate.to = target_name(request.escape);
    estimate.method = "sgd_chain";
    results_.estimates.push_back(std::move(estimate));
  }

  void show_chain_law() {
    if (!observer_.field) return;
    try {
      observer_.field(
          {"sgd_chain_density", "stationary probability density of discrete SGD", "1",
           sgd_chain_stationary(problem_, {.eta = learning_rate()}).cwiseQuotient(volumes<Dim>(problem_.grid))});
    } catch (const SolverError& error) {
      results_.warnings.push_back(std::string("no stationary law of discrete SGD: ") + error.what());
    }
  }

  void report_network(const std::vector<Passage>& passages) {
    const std::vector<int>& valleys = networks_.front().valleys;
    const auto n = static_cast<Index>(valleys.size());
    Eigen::MatrixXd rule_1 = Eigen::MatrixXd::Constant(n, n, std::numeric_limits<double>::quiet_NaN());
    for (Index a = 0; a < n; ++a)
      for (Index b = 0; b < n; ++b) {
        if (a == b) continue;
        const auto forms = predictions<Dim>(problem_, passages, valleys[static_cast<std::size_t>(a)],
                                            valleys[static_cast<std::size_t>(b)], request_.theory, limits_);
        const auto first = std::find_if(forms.begin(), forms.end(), [](const auto& form) { return form.log_rate; });
        if (first != forms.end()) rule_1(a, b) = std::exp(*first->log_rate);
      }
    std::vector<std::string> names;
    for (const int v : valleys) names.push_back(valley_name(v));
    results_.network = network_result(networks_, std::move(names), std::move(rule_1));
  }

  void show_escape_fields(const std::vector<EscapeRequest>& requests,
                          const std::vector<EscapeRecord<Dim>>& records) const {
    if (!observer_.field) return;
    const Eigen::VectorXd volume = volumes<Dim>(problem_.grid);
    for (std::size_t k = 0; k < requests.size(); ++k) {
      if (records[k].solutions.empty()) continue;
      const EscapeSolution<Dim>& solution = records[k].solutions.front();
      const std::string pair = valley_name(requests[k].escape.from) + "_" + target_name(requests[k].escape);
      if (solution.quasi_stationary_rate)
        observer_.field({"quasi_stationary_density_" + pair,
                         "quasi-stationary probability density, " + label(requests[k].escape), "1",
                         solution.quasi_stationary_probability.cwiseQuotient(volume)});
      if (!records[k].paths.empty()) show_transition_paths(records[k].paths.front(), pair, label(requests[k].escape));
      if (solution.mean_first_passage_time)
        observer_.field({"mean_first_passage_time_" + pair, "mean first-passage time, " + label(requests[k].escape),
                         "1", solution.first_passage_time});
    }
  }

  void show_transition_paths(const TransitionPaths& paths, const std::string& pair, const std::string& label) const {
    observer_.field({"committor_" + pair, "forward committor, " + label, "1", paths.forward_committor});
    observer_.field({"backward_committor_" + pair, "backward committor, " + label, "1", paths.backward_committor});
    for (int k = 0; k < Dim; ++k) {
      const std::string& axis = problem_.grid.axis(k).name();
      observer_.field({"reactive_current_" + axis + "_" + pair,
                       fmt::format("density of the current of transitions along {}, {}", axis, label), "1",
                       paths.current[static_cast<std::size_t>(k)]});
    }
  }

  void report_numerical(const EscapeRequest& request, const EscapeRecord<Dim>& record) {
    for (const std::string& method : request.methods) {
      if (method.starts_with("theory") || method == "sgd_chain" || by_particles(method)) continue;
      Estimate estimate;
      estimate.from = valley_name(request.escape.from);
      estimate.to = target_name(request.escape);
      estimate.method = method;
      estimate.note = fmt::format("{}, {}", request.escape.first_exit() ? "first exit" : "transition",
                                  name_of(problem_.dynamics.interpretation));
      if (!record.failure.empty()) {
        estimate.note = record.failure;
        results_.warnings.push_back(fmt::format("{} by {}: {}", label(request.escape), method, record.failure));
      } else if (const auto& blocked = record.solutions.front().blocked_at) {
        estimate.rate = 0.0;
        estimate.low = estimate.high = 0.0;
        estimate.note = fmt::format("0, because blocked at {}: the noise vanishes there and the drift points back",
                                    named_coordinates<Dim>(problem_.grid, *blocked));
      } else if (method == "reactive_flux" && record.paths.empty()) {
        estimate.note = "transition path theory needs a stationary law";
      } else {
        fill(estimate, method, record);
      }
      results_.estimates.push_back(std::move(estimate));
    }
  }

  void fill(Estimate& estimate, const std::string& method, const EscapeRecord<Dim>& record) {
    const bool times = method == "mean_first_passage";
    std::vector<double> values;
    if (method == "reactive_flux") {
      for (const TransitionPaths& paths : record.paths) values.push_back(paths.rate);
      estimate.transition_time = record.paths.front().time;
      estimate.note =
          joined_notes(estimate.note, fmt::format("a transition itself takes {:.4g}", record.paths.front().time));
    }
    for (const EscapeSolution<Dim>& solution : record.solutions) {
      if (method == "reactive_flux") break;
      const auto& value = times                          ? solution.mean_first_passage_time
                          : method == "quasi_stationary" ? solution.quasi_stationary_rate
                                                         : solution.flux_rate;
      if (!value) break;
      values.push_back(*value);
    }
    const bool too_coarse = set_rate(estimate, values, record.spacings, times);
    const EscapeSolution<Dim>& finest = record.solutions.front();
    constexpr double mostly = 0.9;
    if (method != "mean_first_passage" && method != "reactive_flux" && finest.quasi_stationary_rate &&
        finest.share_in_valley < mostly)
      estimate.note = joined_notes(
          estimate.note,
          fmt::format("only {:.3g} % of the quasi-stationary law lie in {}: this is the rate of all that is "
                      "not yet there",
                      100.0 * finest.share_in_valley, estimate.from));
    if (too_coarse)
      results_.warnings.push_back(
          fmt::format("{} -> {} by {}: {}", estimate.from, estimate.to, estimate.method, estimate.note));
  }

  void report_particles(const EscapeRequest& request, const Level<Dim>& finest) {
    if (std::none_of(request.methods.begin(), request.methods.end(), by_particles)) return;
    const ParticleEscape escape = particle_escape<Dim>(problem_, request.escape);
    const std::string& from = valley_name(request.escape.from);
    const std::string to = target_name(request.escape);
    const ParticleReports reports{observer_.progress, observer_.interrupted, observer_.escape_times};
    const ParticleMethods& methods = request_.particles;
    const auto coordinate = [&]() -> SplittingCoordinate {
      const ReactionCoordinate along = methods.reaction_coordinate
                                           ? expression_coordinate(*methods.reaction_coordinate)
                                           : committor_coordinate<Dim>(problem_, finest.discretisation, request.escape);
      return {along, largest_in_core<Dim>(problem_, request.escape.from, along)};
    };
    for (const std::string& method : request.methods)
      if (method == "splitting")
        measure_by_splitting(escape, from, to, coordinate, methods, reports, results_);
      else if (by_particles(method))
        measure_by_particles(escape, from, to, method, methods, reports, results_);
  }

  void report_closed_forms(const EscapeRequest& request, const std::vector<Passage>& passages) {
    if (!std::any_of(request.methods.begin(), request.methods.end(),
                     [](const std::string& method) { return method.starts_with("theory"); }))
      return;
    const bool all = asks_for(request, "theory");
    for (const Prediction& form :
         predictions<Dim>(problem_, passages, request.escape.from, request.escape.to, request_.theory, limits_)) {
      if (!all && !asks_for(request, form.method)) continue;
      report_prediction(form, valley_name(request.escape.from), target_name(request.escape), results_);
    }
  }

  const Problem<Dim>& problem_;
  const SolveRequest<Dim>& request_;
  const SolveObserver& observer_;
  SaddleLimits<Dim> limits_;
  std::vector<ValleyNetwork> networks_;  // finest grid first
  Results results_;
};

}  // namespace

template <int Dim>
Results solve_problem(const Problem<Dim>& problem, const SolveRequest<Dim>& request, const SolveObserver& observer) {
  return Solver<Dim>(problem, request, observer).run();
}

double memory_estimate(int dimension, double cells) {
  constexpr double fields = 600.0;     // bytes a cell: coefficients, edges, vectors
  constexpr double spectrum = 1000.0;  // Arnoldi's basis and the eigenvectors
  if (dimension == 1) return cells * (2.0 * fields + spectrum);
  // Factors of a nested dissection grow like n log n; measured: 720 bytes a cell at 2^20 cells.
  return cells * (2.0 * fields + spectrum + 36.0 * std::log2(std::max(cells, 2.0)));
}

template Results solve_problem(const Problem<1>&, const SolveRequest<1>&, const SolveObserver&);
template Results solve_problem(const Problem<2>&, const SolveRequest<2>&, const SolveObserver&);

}  // namespace valleyflux
