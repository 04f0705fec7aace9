#include "solver/solve_problem.hpp"

#include "solver/discretisation/current_field.hpp"
#include "solver/discretisation/feature_probe.hpp"
#include "solver/escape/escape_on_grids.hpp"
#include "solver/escape/grid_convergence.hpp"
#include "solver/escape/passages.hpp"
#include "solver/escape/valley_width.hpp"
#include "solver/level.hpp"
#include "solver/methods/estimator.hpp"
#include "solver/network/network_result.hpp"
#include "solver/particles/particle_histogram.hpp"
#include "solver/paths/quasi_potential.hpp"
#include "solver/recommended_rate.hpp"
#include "solver/spectrum/leading_spectrum.hpp"
#include "solver/spectrum/spectrum_on_grids.hpp"
#include "solver/theory/probable_path.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

// Beside the factors: coefficients, edges and vectors of two grids, Arnoldi's basis and the eigenvectors.
constexpr double bytes_of_cell = 2200.0;

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

std::string joined_notes(const std::string& a, const std::string& b) {
  return a.empty() ? b : b.empty() ? a : a + "; " + b;
}

template <int Dim>
class Solver {
 public:
  Solver(const Problem<Dim>& problem, const SolveRequest<Dim>& request, const SolveObserver& observer)
      : problem_(problem), request_(request), observer_(observer), limits_(problem) {}

  Results run() {
    progress(0.0, "discretising");
    results_.dimension = Dim;
    Level<Dim> finest = make_level<Dim>(problem_, 0, request_.departing_cell_rates);
    for (int k = 0; k < Dim; ++k) results_.cells.push_back(problem_.grid.axis(k).cells());
    results_.warnings = problem_.warnings;
    if (observer_.labels) observer_.labels(valley_labels<Dim>(problem_));
    show_coefficients<Dim>(problem_, observer_);
    warn_of_noise(finest.discretisation);
    show_stationary_law(finest);
    if (request_.modes > 0) find_spectrum(finest);
    if (request_.evolve) evolve_density(finest);
    measure_escapes(finest);
    recommend(results_.estimates, request_.accuracy.relative);
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
    } else if (discretisation.distorted > 0) {
      results_.warnings.push_back(fmt::format(
          "the noise is too anisotropic for the cells in {} of {}: its smallest eigenvalue was raised there, and what "
          "that does to rates is not known; cells whose sides are more alike, measured by the noise along them, would "
          "do",
          discretisation.distorted, problem_.grid.cells()));
    } else if (discretisation.regularised > 0) {
      results_.warnings.push_back(
          fmt::format("the noise is degenerate in {} of {} cells: its smallest eigenvalue was raised there",
                      discretisation.regularised, problem_.grid.cells()));
    }
  }

  void show_stationary_law(Level<Dim>& level) {
    for (const Valley<Dim>& valley : problem_.valleys) {
      ValleyResult result{valley.name, {}, std::nullopt, std::nullopt};
      if (valley.minimum) {
        result.minimum.assign(valley.minimum->position.data(), valley.minimum->position.data() + Dim);
        if (problem_.dynamics.drift.landscape()) result.height = valley.minimum->height;
      }
      results_.valleys.push_back(std::move(result));
    }
    find_stationary<Dim>(level);
    if (!level.stationary) {
      results_.warnings.push_back("no stationary law: " + level.no_stationary);
      return;
    }
    const Eigen::VectorXd probability = add_valley_probabilities(level);
    for (std::size_t v = 0; v < problem_.valleys.size(); ++v)
      results_.valleys[v].stationary_probability = probability[static_cast<Index>(v)];
    if (observer_.field)
      observer_.field({"stationary_density", "stationary probability density", "1",
                       level.discretisation.space.cell_probabilities(*level.stationary)
                           .cwiseQuotient(volumes<Dim>(problem_.grid))});
  }

  Eigen::VectorXd add_valley_probabilities(const Level<Dim>& level) {
    Eigen::VectorXd probability = level.parts * *level.stationary;
    valley_probabilities_.resize(problem_.valleys.size());
    for (std::size_t v = 0; v < valley_probabilities_.size(); ++v)
      valley_probabilities_[v].add(level.spacing, probability[static_cast<Index>(v)]);
    return probability;
  }

  LeadingSpectrum spectrum_of(const Level<Dim>& level) const {
    const Generator& generator = level.discretisation.generator;
    // Where probability is lost, what is left of it after a while weighs the cells as well.
    const Eigen::VectorXd weights =
        level.stationary ? *level.stationary
                         : Elimination(level.order, generator).solve_forward(Eigen::VectorXd::Ones(generator.states));
    const StateSpace<Dim>& space = level.discretisation.space;
    std::vector<Index> references;
    for (const auto& point : problem_.critical_points)
      if (point.index == 0) references.push_back(space.nearest(point.position));
    if (references.empty()) {
      Index likeliest = 0;
      weights.maxCoeff(&likeliest);
      references.push_back(likeliest);
    }
    std::sort(references.begin(), references.end());
    references.erase(std::unique(references.begin(), references.end()), references.end());
    return leading_spectrum(generator, space.lattice(), weights, references, request_.modes);
  }

  void show_spectrum(const Level<Dim>& level, const LeadingSpectrum& spectrum) const {
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

  void find_spectrum(const Level<Dim>& level) {
    progress(0.0, "spectrum");
    try {
      const LeadingSpectrum spectrum = spectrum_of(level);
      results_.spectrum.assign(spectrum.eigenvalue.data(), spectrum.eigenvalue.data() + spectrum.eigenvalue.size());
      spectra_.add(results_.spectrum, level.spacing);
      if (observer_.spectrum) show_spectrum(level, spectrum);
    } catch (const SolverError& error) {
      results_.warnings.push_back(std::string("no leading spectrum: ") + error.what());
    }
  }

  /// On another grid, for the errors: where it fails there, they are told from fewer grids.
  void add_spectrum(const Level<Dim>& level) {
    if (results_.spectrum.empty()) return;
    try {
      const LeadingSpectrum spectrum = spectrum_of(level);
      const auto modes = static_cast<Index>(results_.spectrum.size());  // as many as there are eigenfunctions
      if (spectrum.eigenvalue.size() < modes) return;
      spectra_.add({spectrum.eigenvalue.data(), spectrum.eigenvalue.data() + modes}, level.spacing);
      results_.spectrum = spectra_.finest();
    } catch (const SolverError&) {
      return;
    }
  }

  void evolve_density(const Level<Dim>& level) {
    const Eigen::VectorXd initial = request_.initial(level.discretisation, level.labels);
    const Eigen::VectorXd volume = volumes<Dim>(problem_.grid);
    EvolveOptions options = *request_.evolve;
    std::vector<Axis> axes;
    for (int k = 0; k < Dim; ++k) axes.push_back(problem_.grid.axis(k));
    const std::vector<AbsorbingWall> walls = absorbing_walls(axes);
    for (const AbsorbingWall& wall : walls) {
      ExitRates rates;
      for (const WallExit<Dim>& exit : level.discretisation.exits)
        if (exit.axis == wall.axis && exit.upper == wall.upper) rates.emplace_back(exit.state, exit.rate);
      options.exits.push_back(std::move(rates));
    }
    Eigen::VectorXd through_walls;
    const StateSpace<Dim>& space = level.discretisation.space;
    double density_min = 0.0;
    Eigen::VectorXd last;
    const Evolution evolution = evolve(
        level.discretisation.generator, level.order, initial, level.parts, options,
        [&](const EvolutionFrame& frame) {
          progress(frame.time / options.until, fmt::format("evolving, t = {:.4g}", frame.time));
          const Eigen::VectorXd cells = space.cell_probabilities(frame.probability);
          const Eigen::VectorXd density = cells.cwiseQuotient(volume);
          density_min = frame.time > 0 ? std::min(density_min, density.minCoeff()) : density.minCoeff();
          last = cells;
          through_walls = frame.exit_outflow;
          if (!observer_.frame) return;
          observer_.frame({frame.time, density, current_density<Dim>(level.discretisation, frame.probability),
                           frame.valley_probability, frame.valley_outflux, frame.valley_outflow, frame.exit_flux,
                           frame.exit_outflow});
        },
        observer_.record);
    results_.evolution = EvolutionResult{std::string(name_of(evolution.stepper)),
                                         evolution.steps,
                                         evolution.rejected,
                                         evolution.factorisations,
                                         evolution.mass_error,
                                         density_min,
                                         evolution.balance_error,
                                         evolution.error_estimate};
    for (std::size_t k = 0; k < walls.size(); ++k)
      results_.evolution->walls.push_back({walls[k].name, through_walls[static_cast<Index>(k)]});
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
        problem_, initial, until, probability, options_of(request_.particles),
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

  std::vector<EscapeRequest> escapes() const {
    if (request_.escapes) return *request_.escapes;
    const auto has_core = [](const Valley<Dim>& valley) { return !valley.core.empty(); };
    std::vector<EscapeRequest> all;
    for (std::size_t v = 0; v < problem_.valleys.size(); ++v) {
      const auto cores = std::count_if(problem_.valleys.begin(), problem_.valleys.end(), has_core);
      const Valley<Dim>& valley = problem_.valleys[v];
      if (!valley.minimum || cores - (has_core(valley) ? 1 : 0) < 1) continue;
      EscapeRequest request;
      request.escape = escape_from(static_cast<int>(v));
      all.push_back(std::move(request));
    }
    return all;
  }

  void find_network(const Level<Dim>& level) {
    const auto cores = std::count_if(problem_.valleys.begin(), problem_.valleys.end(),
                                     [](const Valley<Dim>& valley) { return !valley.core.empty(); });
    if (!level.stationary || cores < 2) return;
    try {
      networks_.push_back(
          {level.spacing, valley_network<Dim>(level.problem, level.discretisation, level.stationary_weights())});
    } catch (const SolverError& error) {
      // On another grid than the problem's own errors are told from fewer grids.
      if (networks_.empty()) results_.warnings.push_back(std::string("no network of valleys: ") + error.what());
    }
  }

  const std::string& valley_name(int valley) const { return problem_.valleys[static_cast<std::size_t>(valley)].name; }
  std::string target_name(const Escape& escape) const {
    return escape.first_exit() ? "first_exit" : escape.arrival == Arrival::any_core ? "any" : valley_name(escape.to);
  }
  std::string label(const Escape& escape) const { return valley_name(escape.from) + " -> " + target_name(escape); }

  double wanted() const { return request_.accuracy.relative; }

  void solve_on(const Level<Dim>& level, const std::string& stage) {
    for (std::size_t k = 0; k < escapes_.size(); ++k) {
      progress(static_cast<double>(k) / static_cast<double>(escapes_.size()), stage);
      escapes_[k].solve_on(level, wanted());
    }
  }

  void solve_coarser(const Level<Dim>& finest) {
    for (int level = 1; level < request_.grids; ++level) {
      const Index factor = Index{1} << level;
      Index fewest = problem_.grid.axis(0).cells();
      for (int k = 1; k < Dim; ++k) fewest = std::min(fewest, problem_.grid.axis(k).cells());
      constexpr Index coarsest = 8;
      if (fewest / factor < coarsest) break;
      try {
        Level<Dim> coarse = make_level<Dim>(problem_, level, request_.departing_cell_rates);
        if (finest.stationary) find_stationary<Dim>(coarse);
        if (coarse.stationary) add_valley_probabilities(coarse);
        if (!networks_.empty()) find_network(coarse);
        if (request_.modes > 0) add_spectrum(coarse);
        solve_on(coarse, "escapes on a coarser grid");
        ++levels_;
      } catch (const SolverError&) {
        break;  // errors are told from the grids that can be made
      }
    }
  }

  /// What raised noise does to rates is the same on every grid of the same proportions: told by raising it more.
  void compare_raised(const Level<Dim>& finest) {
    if (request_.grids == 1 || finest.discretisation.regularised == 0 || escapes_.empty()) return;
    if (finest.discretisation.distorted > 0) {
      for (EscapeOnGrids<Dim>& escape : escapes_) escape.distrust();
      return;
    }
    constexpr double more = 4.0;
    Level<Dim> raised = make_level<Dim>(problem_, 0, request_.departing_cell_rates, more);
    if (finest.stationary) find_stationary<Dim>(raised);
    for (EscapeOnGrids<Dim>& escape : escapes_) escape.compare_raised(raised);
  }

  /// On the line: cells of the finest grid of the spectrum over the width of the narrowest valley.
  double spectrum_cells_over_width() const {
    if constexpr (Dim == 1) {
      if (results_.spectrum.empty()) return 0.0;
      const double own = 1.0 / static_cast<double>(problem_.grid.axis(0).cells());
      return cells_over_width(problem_) * spectra_.finest_spacing() / own;
    }
    return 0.0;
  }

  std::string no_memory() const {
    return fmt::format("accuracy.memory = {:.3g} GB holds no finer grid", request_.accuracy.memory / 1e9);
  }

  /// Finer and finer grids until no escape misses the accuracy asked for, or the next one would be too large. The other
  /// numbers' errors need three grids: of a coarse grid, coarser ones are too few.
  void refine() {
    const auto any = [&](auto asks) { return std::any_of(escapes_.begin(), escapes_.end(), asks); };
    for (int level = -1;; --level) {
      const bool few =
          levels_ < std::min(request_.grids, 3) || (request_.modes > 0 && !resolves(spectrum_cells_over_width()));
      if (!few && !any([&](const auto& escape) { return !escape.finer(wanted()).empty(); })) return;
      const double cells = static_cast<double>(problem_.grid.cells()) * std::pow(2.0, -level * Dim);
      // A finer grid takes longer than all before it together.
      constexpr double most_cells = Dim == 1 ? 1 << 21 : 1 << 20;
      if (cells > most_cells) {
        limit_ = fmt::format("finer grids than {:.0f} cells are not tried", most_cells);
        return;
      }
      if (memory_estimate(Dim, cells) > request_.accuracy.memory) {
        limit_ = no_memory();
        return;
      }
      try {
        Level<Dim> fine = make_level<Dim>(problem_, level, request_.departing_cell_rates);
        // Long offsets of anisotropic noise make separators thick: only the order itself tells.
        const double needed = static_cast<double>(fine.order.factor_bytes()) + cells * bytes_of_cell;
        if (needed > request_.accuracy.memory) {
          limit_ = no_memory();
          return;
        }
        const bool stationary = any([&](const auto& escape) { return escape.finer_needs_stationary(wanted()); });
        if (stationary || (few && !valley_probabilities_.empty())) find_stationary<Dim>(fine);
        if (fine.stationary) {
          add_valley_probabilities(fine);
          if (!networks_.empty()) find_network(fine);
        }
        if (few && request_.modes > 0) add_spectrum(fine);
        solve_on(fine, fmt::format("escapes on a grid of {:.0f} cells", cells));
        probe(fine.problem.grid);
        ++levels_;
        for (int k = 0; k < Dim; ++k)
          results_.accuracy->cells[static_cast<std::size_t>(k)] = fine.problem.grid.axis(k).cells();
      } catch (const SolverError& error) {
        limit_ = fmt::format("a finer grid cannot be made: {}", error.what());
        return;
      }
    }
  }

  /// What was reached, and a warning where that is not what was asked for.
  void report_accuracy() {
    std::vector<std::string> short_of;
    bool all = true;
    for (const EscapeOnGrids<Dim>& escape : escapes_) {
      const std::vector<std::string> missing = escape.missing(wanted());
      std::vector<std::string> shown;
      for (const std::string& method : escape.methods()) {
        const Estimate estimate = escape.estimate(method);
        if (!estimate.rate || *estimate.rate == 0.0) continue;
        if (!estimate.low) {
          all = false;
          shown.push_back(fmt::format("{} (no error is known)", method));
          continue;
        }
        const double error = 0.5 * (*estimate.high - *estimate.low) / *estimate.rate;
        results_.accuracy->reached = std::max(results_.accuracy->reached.value_or(0.0), error);
        if (std::find(missing.begin(), missing.end(), method) != missing.end())
          shown.push_back(fmt::format("{} ({:.1e})", method, error));
      }
      if (!shown.empty())
        short_of.push_back(fmt::format("{} by {}", label(escape.request().escape), fmt::join(shown, ", ")));
    }
    if (!all) results_.accuracy->reached.reset();
    if (short_of.empty() || request_.grids == 1) return;
    results_.warnings.push_back(
        fmt::format("relative errors above accuracy.relative = {:.2g}: {} (finest grid: {} cells; {})", wanted(),
                    fmt::join(short_of, "; "), fmt::join(results_.accuracy->cells, " x "),
                    limit_.empty() ? "finer ones did not help" : limit_));
  }

  /// Whether a grid shows what the potential is like between its cells.
  void probe(const Grid<Dim>& grid) {
    if constexpr (Dim == 2) {
      if (request_.grids == 1 || escapes_.empty()) return;
      if (!features_) features_.emplace(problem_);
      overlooked_ = features_->overlooked_by(grid);
      for (EscapeOnGrids<Dim>& escape : escapes_) escape.overlook(overlooked_);
    }
  }

  void measure_escapes(Level<Dim>& finest) {
    for (EscapeRequest& request : escapes()) escapes_.emplace_back(std::move(request));
    results_.accuracy.emplace();
    results_.accuracy->wanted = wanted();
    results_.accuracy->cells = results_.cells;
    for (int k = 0; k < Dim; ++k)
      results_.accuracy->domain.push_back({problem_.grid.axis(k).min(), problem_.grid.axis(k).max()});
    if (request_.network) find_network(finest);
    solve_on(finest, "escapes");
    show_escape_fields();
    compare_raised(finest);
    solve_coarser(finest);
    probe(problem_.grid);
    if (request_.grids > 1) refine();
    if constexpr (Dim == 2)
      if (overlooked_.fatal())
        results_.warnings.push_back(
            fmt::format("the potential has features narrower than the cells of the finest grid, "
                        "as near {}: no number from the grids can be trusted",
                        named_coordinates<2>(problem_.grid, overlooked_.place)));
    report_accuracy();
    report_errors();
    const std::vector<Passage> passages = find_passages<Dim>(problem_);
    for (const EscapeOnGrids<Dim>& escape : escapes_) {
      const EscapeRequest& request = escape.request();
      report_numerical(escape);
      report_particles(request, finest);
      if constexpr (Dim == 1) report_chains(request, passages);
      report_closed_forms(request, passages);
    }
    if (!networks_.empty()) report_network(passages);
    if constexpr (Dim == 2)
      if (request_.paths) report_paths(passages);
    if (request_.quasi_potential) show_quasi_potentials();
    if constexpr (Dim == 1) show_chain_laws();
  }

  /// Of what is told on the problem's own grid.
  void report_errors() {
    for (std::size_t v = 0; v < valley_probabilities_.size(); ++v) {
      const GridConvergence converged = valley_probabilities_[v].converged();
      if (!converged.low) continue;
      results_.valleys[v].stationary_probability = std::min(converged.value, 1.0);
      results_.valleys[v].stationary_low = *converged.low;
      results_.valleys[v].stationary_high = std::min(*converged.high, 1.0);
    }
    results_.spectrum_error = spectra_.errors();
    if (request_.grids > 1 && !shows(spectrum_cells_over_width())) {
      results_.spectrum.clear();
      results_.spectrum_error.clear();
      results_.warnings.push_back("no leading spectrum: a valley is narrower than half a cell of the finest grid");
    }
  }

  /// Of the passages that escapes with closed forms lead over.
  void report_paths(const std::vector<Passage>& passages) {
    for (const Passage& passage : passages) {
      const bool asked = std::any_of(escapes_.begin(), escapes_.end(), [&](const EscapeOnGrids<Dim>& one) {
        const EscapeRequest& request = one.request();
        return request.escape.from == passage.from && request.escape.leads_to(passage.to) &&
               request.asks_for("theory:laplace");
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

  void report_chains(const EscapeRequest& request, const std::vector<Passage>& passages) {
    for (const std::string& method : methods_asked(request.methods, MethodStage::chain)) {
      Measured found;
      try {
        found = estimator_of(method).chain->escape(
            {problem_, passages, request.escape, request_.particles, request_.theory});
      } catch (const std::runtime_error& error) {
        found = {{}, {error.what()}};
        found.estimate.note = error.what();
      }
      found.estimate.from = valley_name(request.escape.from);
      found.estimate.to = target_name(request.escape);
      found.estimate.method = method;
      for (const std::string& warning : found.warnings)
        results_.warnings.push_back(fmt::format("{} by {}: {}", label(request.escape), method, warning));
      results_.estimates.push_back(std::move(found.estimate));
    }
  }

  void show_chain_laws() {
    if (!observer_.field) return;
    for (const Estimator& estimator : estimators()) {
      if (!estimator.chain || std::none_of(escapes_.begin(), escapes_.end(), [&](const auto& escape) {
            return escape.request().asks_for(estimator.method);
          }))
        continue;
      const std::string& process = estimator.chain->process;
      try {
        observer_.field(
            {estimator.method + "_density", "stationary probability density of " + process, "1",
             estimator.chain->stationary(problem_, request_.particles).cwiseQuotient(volumes<Dim>(problem_.grid))});
      } catch (const SolverError& error) {
        results_.warnings.push_back(fmt::format("no stationary law of {}: {}", process, error.what()));
      }
    }
  }

  void report_network(const std::vector<Passage>& passages) {
    const std::vector<int>& valleys = networks_.front().network.valleys;
    const auto n = static_cast<Index>(valleys.size());
    Eigen::MatrixXd rule_1 = Eigen::MatrixXd::Constant(n, n, std::numeric_limits<double>::quiet_NaN());
    for (Index a = 0; a < n; ++a)
      for (Index b = 0; b < n; ++b) {
        if (a == b) continue;
        const Escape pair{valleys[static_cast<std::size_t>(a)], valleys[static_cast<std::size_t>(b)]};
        const auto forms = predictions<Dim>(problem_, passages, pair, request_.theory, limits_);
        const auto first = std::find_if(forms.begin(), forms.end(), [](const auto& form) { return form.log_rate; });
        if (first != forms.end()) rule_1(a, b) = std::exp(*first->log_rate);
      }
    std::vector<std::string> names;
    for (const int v : valleys) names.push_back(valley_name(v));
    results_.network = network_result(networks_, std::move(names), std::move(rule_1));
  }

  void show_escape_fields() const {
    if (!observer_.field) return;
    const Eigen::VectorXd volume = volumes<Dim>(problem_.grid);
    for (const EscapeOnGrids<Dim>& one : escapes_) {
      if (!one.solution()) continue;
      const EscapeSolution<Dim>& solution = *one.solution();
      const Escape& escape = one.request().escape;
      const std::string pair = valley_name(escape.from) + "_" + target_name(escape);
      if (solution.quasi_stationary_rate)
        observer_.field({"quasi_stationary_density_" + pair, "quasi-stationary probability density, " + label(escape),
                         "1", solution.quasi_stationary_probability.cwiseQuotient(volume)});
      if (one.paths()) show_transition_paths(*one.paths(), pair, label(escape));
      if (solution.mean_first_passage_time && one.asks_for("mean_first_passage"))
        observer_.field({"mean_first_passage_time_" + pair, "mean first-passage time, " + label(escape), "1",
                         solution.first_passage_time});
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

  void report_numerical(const EscapeOnGrids<Dim>& one) {
    const Escape& escape = one.request().escape;
    const std::vector<TargetShare> shares = one.shares();
    for (const std::string& method : one.methods()) {
      Estimate estimate = one.estimate(method);
      estimate.from = valley_name(escape.from);
      estimate.to = target_name(escape);
      estimate.shares = shares;
      if (!estimate.rate && !one.lacks_meaning(method)) {
        results_.warnings.push_back(fmt::format("{} by {}: {}{}", label(escape), method, estimate.note,
                                                limit_.empty() ? "" : fmt::format(" ({})", limit_)));
      } else if (estimate.rate && *estimate.rate == 0.0 && !estimate.log_rate) {
        estimate.note = fmt::format("0, because blocked at {}: the noise vanishes there and the drift points back",
                                    named_coordinates<Dim>(problem_.grid, *one.solution()->blocked_at));
      } else if (estimate.rate) {
        estimate.note = joined_notes(fmt::format("{}, {}", escape.first_exit() ? "first exit" : "transition",
                                                 name_of(problem_.dynamics.interpretation)),
                                     estimate.note);
      }
      results_.estimates.push_back(std::move(estimate));
    }
  }

  void report_particles(const EscapeRequest& request, const Level<Dim>& finest) {
    const std::vector<std::string> asked = methods_asked(request.methods, MethodStage::particles);
    if (asked.empty()) return;
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
    for (const std::string& method : asked) {
      try {
        add_measured(estimator_of(method).particles({escape, from, to, coordinate, methods, reports}), from, to,
                     results_);
      } catch (const SolverError& error) {
        Estimate failed;
        failed.from = from;
        failed.to = to;
        failed.method = method;
        failed.note = error.what();
        results_.warnings.push_back(fmt::format("{} by {}: {}", label(request.escape), method, error.what()));
        results_.estimates.push_back(std::move(failed));
      }
    }
  }

  void report_closed_forms(const EscapeRequest& request, const std::vector<Passage>& passages) {
    if (methods_asked(request.methods, MethodStage::closed_form).empty()) return;
    const std::string& from = valley_name(request.escape.from);
    report_predictions(predictions<Dim>(problem_, passages, request.escape, request_.theory, limits_), request.methods,
                       from, target_name(request.escape), results_);
  }

  const Problem<Dim>& problem_;
  const SolveRequest<Dim>& request_;
  const SolveObserver& observer_;
  SaddleLimits<Dim> limits_;
  std::vector<EscapeOnGrids<Dim>> escapes_;
  std::string limit_;  // what ended the refinement
  std::optional<FeatureProbe> features_;
  Overlooked overlooked_;  // by the finest grid
  int levels_ = 1;         // grids solved on
  std::vector<GridSeries> valley_probabilities_;
  SpectrumOnGrids spectra_;
  std::vector<NetworkOnGrid> networks_;  // the problem's own grid first
  Results results_;
};

}  // namespace

template <int Dim>
Results solve_problem(const Problem<Dim>& problem, const SolveRequest<Dim>& request, const SolveObserver& observer) {
  return Solver<Dim>(problem, request, observer).run();
}

double memory_estimate(int dimension, double cells) {
  if (dimension == 1) return cells * bytes_of_cell;
  // Factors of a nested dissection grow like n log n; measured: 720 bytes a cell at 2^20 cells. Long offsets take more.
  return cells * (bytes_of_cell + 36.0 * std::log2(std::max(cells, 2.0)));
}

template Results solve_problem(const Problem<1>&, const SolveRequest<1>&, const SolveObserver&);
template Results solve_problem(const Problem<2>&, const SolveRequest<2>&, const SolveObserver&);

}  // namespace valleyflux
