#include "solver/refinement.hpp"

#include "solver/memory_estimate.hpp"
#include "solver/moved_levels.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace valleyflux {

template <int Dim>
void Refinement<Dim>::find_stationary_state(Level<Dim>& finest, bool law) {
  list_valleys();
  if (law)
    find_law(finest);
  else
    finest.no_stationary = "it was not asked for";
  spectrum_.find(finest);
}

template <int Dim>
Level<Dim> Refinement<Dim>::level_at(int level, double raise) const {
  solution_.progress(0.0, "discretising");
  return make_level<Dim>(solution_.problem, level, solution_.level_options(), raise);
}

template <int Dim>
void Refinement<Dim>::find_stationary_on(Level<Dim>& level) const {
  solution_.progress(0.0, "stationary law");
  find_stationary<Dim>(level);
}

template <int Dim>
void Refinement<Dim>::list_valleys() {
  for (const Valley<Dim>& valley : solution_.problem.valleys) {
    ValleyResult result{valley.name, {}, std::nullopt, std::nullopt};
    if (valley.minimum) {
      result.minimum.assign(valley.minimum->position.data(), valley.minimum->position.data() + Dim);
      if (solution_.problem.dynamics.drift.potential()) result.height = valley.minimum->height;
    }
    solution_.results.valleys.push_back(std::move(result));
  }
}

template <int Dim>
void Refinement<Dim>::find_law(Level<Dim>& level) {
  find_stationary_on(level);
  if (!level.stationary) {
    solution_.results.warnings.push_back("no stationary law: " + level.no_stationary);
    return;
  }
  const Eigen::VectorXd probability = add_valley_probabilities(level);
  for (std::size_t v = 0; v < solution_.problem.valleys.size(); ++v)
    solution_.results.valleys[v].stationary_probability = probability[static_cast<Index>(v)];
  if (solution_.observer.field)
    solution_.observer.field(
        {"stationary_density", "stationary probability density", "1/volume",
         level.discretisation.space.cell_probabilities(*level.stationary).cwiseQuotient(solution_.volumes())});
}

template <int Dim>
Eigen::VectorXd Refinement<Dim>::add_valley_probabilities(const Level<Dim>& level) {
  Eigen::VectorXd probability = level.parts * *level.stationary;
  valley_probabilities_.resize(solution_.problem.valleys.size());
  for (std::size_t v = 0; v < valley_probabilities_.size(); ++v)
    valley_probabilities_[v].add(level.spacing, probability[static_cast<Index>(v)]);
  return probability;
}

template <int Dim>
void Refinement<Dim>::find_network(const Level<Dim>& level) {
  const auto cores = std::count_if(solution_.problem.valleys.begin(), solution_.problem.valleys.end(),
                                   [](const Valley<Dim>& valley) { return !valley.core.empty(); });
  if (!level.stationary || cores < 2) return;
  solution_.progress(0.0, "network of valleys");
  try {
    networks_.push_back({level.spacing, valley_network<Dim>(level)});
  } catch (const SolverError& error) {
    // On another grid than the problem's own errors are told from fewer grids.
    if (networks_.empty()) solution_.results.warnings.push_back(std::string("no network of valleys: ") + error.what());
  }
}

template <int Dim>
void Refinement<Dim>::solve_on(const Level<Dim>& level, const std::string& stage) {
  if (escapes_.size() > 1) engine_of(level);  // whose order they share
  for (std::size_t k = 0; k < escapes_.size(); ++k) {
    solution_.progress(static_cast<double>(k) / static_cast<double>(escapes_.size()), stage);
    escapes_[k].solve_on(level, wanted());
  }
}

template <int Dim>
bool Refinement<Dim>::has_coarser(int level) const {
  constexpr Index coarsest = 8;
  if (level >= solution_.request.grids) return false;
  for (int k = 0; k < Dim; ++k)
    if (solution_.problem.grid.axis(k).cells() >> level < coarsest) return false;
  return true;
}

template <int Dim>
std::optional<DensityOnGrids<Dim>> Refinement<Dim>::densities() {
  if (!has_coarser(2)) return std::nullopt;
  try {
    for (const int level : {1, 2}) coarser_.emplace(level, level_at(level));
    return DensityOnGrids<Dim>(solution_, coarser_.at(1), coarser_.at(2));
  } catch (const SolverError&) {
    return std::nullopt;  // grids that cannot be made tell no error
  } catch (const std::invalid_argument&) {
    return std::nullopt;  // nor do those that the initial density does not fit
  }
}

template <int Dim>
void Refinement<Dim>::solve_coarser(const Level<Dim>& finest) {
  for (int level = 1; has_coarser(level); ++level) {
    try {
      auto made = coarser_.extract(level);
      Level<Dim> coarse = made ? std::move(made.mapped()) : level_at(level);
      if (finest.stationary) find_stationary_on(coarse);
      if (coarse.stationary) add_valley_probabilities(coarse);
      if (!networks_.empty()) find_network(coarse);
      spectrum_.add(coarse);
      solve_on(coarse, "escapes on a coarser grid");
      ++levels_;
    } catch (const SolverError&) {
      break;  // errors are told from the grids that can be made
    } catch (const std::invalid_argument&) {
      break;  // the domain falls apart there
    }
  }
}

template <int Dim>
void Refinement<Dim>::compare_raised(const Level<Dim>& finest) {
  if (solution_.request.grids == 1 || finest.discretisation.regularised == 0 || escapes_.empty()) return;
  if (finest.discretisation.distorted > 0) {
    for (EscapeOnGrids<Dim>& escape : escapes_) escape.distrust();
    return;
  }
  constexpr double more = 4.0;
  Level<Dim> raised = level_at(0, more);
  if (finest.stationary) find_stationary_on(raised);
  for (EscapeOnGrids<Dim>& escape : escapes_) escape.compare_raised(raised);
}

template <int Dim>
void Refinement<Dim>::compare_walls(const Level<Dim>& finest) {
  if (solution_.request.grids == 1) return;
  const std::optional<std::vector<Level<Dim>>> levels =
      levels_of_moved_walls<Dim>(solution_, finest.stationary.has_value());
  if (levels && levels->empty()) return;
  for (EscapeOnGrids<Dim>& escape : escapes_) escape.compare_walls(levels);
  spectrum_.compare_walls(levels);
  if (networks_.empty()) return;
  if (!levels) {
    moved_networks_.reset();
    return;
  }
  try {
    for (const Level<Dim>& level : *levels) moved_networks_->push_back(valley_network<Dim>(level));
  } catch (const SolverError&) {
    moved_networks_.reset();
  }
}

template <int Dim>
std::string Refinement<Dim>::no_memory() const {
  return fmt::format("accuracy.memory = {:.3g} GB holds no finer grid", solution_.request.accuracy.memory / 1e9);
}

template <int Dim>
void Refinement<Dim>::refine() {
  const auto any = [&](auto asks) { return std::any_of(escapes_.begin(), escapes_.end(), asks); };
  for (int level = -1;; --level) {
    const bool few = levels_ < std::min(solution_.request.grids, 3), unseen = spectrum_.wants_finer();
    if (!few && !unseen && !any([&](const auto& escape) { return !escape.finer(wanted()).empty(); })) return;
    const double cells = static_cast<double>(solution_.problem.grid.cells()) * std::pow(2.0, -level * Dim);
    // A finer grid takes longer than all before it together.
    constexpr double most_cells = Dim == 1 ? 1 << 21 : 1 << 20;
    if (cells > most_cells) {
      limit_ = fmt::format("finer grids than {:.0f} cells are not tried", most_cells);
      return;
    }
    if (memory_estimate(Dim, cells) > solution_.request.accuracy.memory) {
      limit_ = no_memory();
      return;
    }
    try {
      Level<Dim> fine = level_at(level);
      // Long offsets of anisotropic noise make separators thick: only the order itself tells.
      const double needed = engine_of(fine)->solver_bytes() + cells * bytes_of_cell;
      if (needed > solution_.request.accuracy.memory) {
        limit_ = no_memory();
        return;
      }
      const bool for_escapes = any([&](const auto& escape) { return escape.finer_needs_stationary(wanted()); });
      // The spectrum takes the law for its weights.
      if (for_escapes || ((few || unseen) && !valley_probabilities_.empty())) find_stationary_on(fine);
      if (fine.stationary) add_valley_probabilities(fine);
      if (!networks_.empty() && (few || for_escapes)) find_network(fine);
      if (few || unseen) spectrum_.add(fine);
      solve_on(fine, fmt::format("escapes on a grid of {:.0f} cells", cells));
      probe(fine.problem.grid);
      ++levels_;
      for (int k = 0; k < Dim; ++k)
        solution_.results.accuracy->cells[static_cast<std::size_t>(k)] = fine.problem.grid.axis(k).cells();
    } catch (const SolverError& error) {
      limit_ = fmt::format("a finer grid cannot be made: {}", error.what());
      return;
    }
  }
}

template <int Dim>
void Refinement<Dim>::report_accuracy() {
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
      solution_.results.accuracy->reached = std::max(solution_.results.accuracy->reached.value_or(0.0), error);
      if (std::find(missing.begin(), missing.end(), method) != missing.end())
        shown.push_back(fmt::format("{} ({:.1e})", method, error));
    }
    if (!shown.empty())
      short_of.push_back(fmt::format("{} by {}", solution_.label(escape.request().escape), fmt::join(shown, ", ")));
  }
  if (!all) solution_.results.accuracy->reached.reset();
  if (short_of.empty() || solution_.request.grids == 1) return;
  solution_.results.warnings.push_back(
      fmt::format("relative errors above accuracy.relative = {:.2g}: {} (finest grid: {} cells; {})", wanted(),
                  fmt::join(short_of, "; "), fmt::join(solution_.results.accuracy->cells, " x "),
                  limit_.empty() ? "finer ones did not help" : limit_));
}

template <int Dim>
void Refinement<Dim>::probe(const Grid<Dim>& grid) {
  if constexpr (Dim == 2) {
    if (solution_.request.grids == 1 || escapes_.empty()) return;
    if (!features_) features_.emplace(solution_.problem);
    overlooked_ = features_->overlooked_by(grid);
  }
}

template <int Dim>
void Refinement<Dim>::solve_escapes(std::vector<EscapeRequest> escapes, const Level<Dim>& finest) {
  for (EscapeRequest& request : escapes) escapes_.emplace_back(std::move(request), overlooked_);
  AccuracyResult& accuracy = solution_.results.accuracy.emplace();
  accuracy.wanted = wanted();
  accuracy.cells = solution_.results.cells;
  if (!solution_.problem.grid_rule.empty()) accuracy.chosen = solution_.problem.grid_rule;
  for (int k = 0; k < Dim; ++k)
    accuracy.domain.push_back({solution_.problem.grid.axis(k).min(), solution_.problem.grid.axis(k).max()});
  if (solution_.request.network) find_network(finest);
  solve_on(finest, "escapes");
}

template <int Dim>
void Refinement<Dim>::solve_on_others(const Level<Dim>& finest) {
  compare_raised(finest);
  compare_walls(finest);
  solve_coarser(finest);
  probe(solution_.problem.grid);
  if (solution_.request.grids > 1) refine();
}

template <int Dim>
void Refinement<Dim>::finish() {
  if constexpr (Dim == 2)
    if (overlooked_.fatal())
      solution_.results.warnings.push_back(
          fmt::format("the potential has features narrower than the cells of the finest grid, "
                      "as near {}: no number from the grids can be trusted",
                      named_coordinates<2>(solution_.problem.grid, overlooked_.place)));
  report_accuracy();
  for (std::size_t v = 0; v < valley_probabilities_.size(); ++v) {
    const GridConvergence converged = valley_probabilities_[v].converged();
    if (!converged.low) continue;
    ValleyResult& valley = solution_.results.valleys[v];
    valley.stationary_probability = std::min(converged.value, 1.0);
    valley.stationary_low = *converged.low;
    valley.stationary_high = std::min(*converged.high, 1.0);
  }
  spectrum_.finish();
}

template class Refinement<1>;
template class Refinement<2>;

}  // namespace valleyflux
