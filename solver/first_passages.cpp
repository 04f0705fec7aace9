#include "solver/first_passages.hpp"

#include "solver/elimination/elimination.hpp"
#include "solver/escape/escape.hpp"
#include "solver/escape/escape_ends.hpp"
#include "solver/escape/killed_process.hpp"
#include "solver/escape/quasi_stationary.hpp"
#include "solver/evolution/arrival_curves.hpp"
#include "solver/moved_levels.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

namespace valleyflux {

namespace {

/// One escape of a level, killed at its target.
template <int Dim>
struct KilledPassage {
  KilledProcess<Dim> process;
  std::unique_ptr<LinearEngine> engine;
  Eigen::VectorXd start;             // states: their probabilities at first
  double mean, variance;             // of the time, from the start
  std::vector<EscapeEnd<Dim>> ends;  // that it may come to
  std::vector<ExitRates> rates;      // into each of them
  Eigen::VectorXd visits;            // states: mean time in each, from the start
  Eigen::VectorXd later_visits;      // states: the same from a start that is spread as `visits` over `mean`
  double slowest;                    // principal eigenvalue; NaN where there is none
  Eigen::VectorXd slowest_share;     // ends: of what leaves at that rate

  KilledStart killed_start() const { return {process.generator, *engine, start, rates, slowest, slowest_share}; }
};

/// Probabilities of the states for a start at x: on the line that of a node, in the plane those of the four nearest
/// cells whose mean place x is.
template <int Dim>
Eigen::VectorXd start_at(const StateSpace<Dim>& space, const KilledProcess<Dim>& process, const Point<Dim>& x) {
  const Index states = process.generator.states;
  const auto state_of = [&](Index whole) { return process.states[static_cast<std::size_t>(whole)]; };
  Eigen::VectorXd nearest = Eigen::VectorXd::Unit(states, state_of(space.nearest(x)));
  if (Dim == 1) return nearest;
  const Grid<Dim>& grid = space.grid();
  const Point<Dim> at = grid.cell_coordinates(x);
  const Offset<Dim> lowest = at.array().floor().matrix().template cast<int>();
  Eigen::VectorXd spread = Eigen::VectorXd::Zero(states);
  for (int corner = 0; corner < (1 << Dim); ++corner) {
    Offset<Dim> cell = lowest;
    double weight = 1.0;
    for (int k = 0; k < Dim; ++k) {
      const bool upper = (corner >> k) & 1;
      const double above = at[k] - lowest[k];
      cell[k] += upper ? 1 : 0;
      weight *= upper ? above : 1.0 - above;
    }
    if (weight == 0.0) continue;
    const auto found = grid.wrapped(cell);
    const Index state = found ? state_of(space.of_cell(*found)) : -1;
    if (state < 0) return nearest;
    spread[state] += weight;
  }
  return spread;
}

/// Throws SolverError where there is no such time.
template <int Dim>
KilledPassage<Dim> passage_of(const Level<Dim>& whole, const Escape& escape) {
  const std::optional<Level<Dim>> at_wall = level_at_wall<Dim>(whole, escape);
  const Level<Dim>& level = at_wall ? *at_wall : whole;
  const StateSpace<Dim>& space = level.discretisation.space;
  const Point<Dim> minimum = escape_start<Dim>(level.problem, escape);
  KilledProcess<Dim> process =
      killed_process<Dim>(level.problem, level.discretisation, escape_target<Dim>(level.problem, escape),
                          space.nearest(minimum), target_wall<Dim>(level.problem, escape));
  if (process.trapped >= 0) throw SolverError("some trajectories never arrive");
  std::unique_ptr<LinearEngine> engine = order_of(level)->part(process.generator, process.whole);
  std::unique_ptr<LinearSolver> solver = engine->factorise(process.generator);
  Eigen::VectorXd start = start_at<Dim>(space, process, minimum);
  const Eigen::VectorXd times = solver->solve(Eigen::VectorXd::Ones(process.generator.states));
  const double mean = start.dot(times);
  // The second moment over the mean: its square may be beyond the range of doubles.
  const double second = start.dot(solver->solve(times / mean));
  const double variance = mean * (2.0 * second - mean);
  std::vector<EscapeEnd<Dim>> ends = escape_ends<Dim>(level.problem, level.discretisation, escape, process);
  std::vector<ExitRates> rates;
  for (const EscapeEnd<Dim>& end : ends) rates.push_back(end.rates);
  Eigen::VectorXd visits = solver->solve_forward(start);
  Eigen::VectorXd later = solver->solve_forward(visits / mean);

  KilledPassage<Dim> passage{std::move(process),
                             std::move(engine),
                             std::move(start),
                             mean,
                             variance,
                             std::move(ends),
                             std::move(rates),
                             std::move(visits),
                             std::move(later),
                             std::numeric_limits<double>::quiet_NaN(),
                             {}};
  try {
    const QuasiStationary law = quasi_stationary(passage.process.generator, *passage.engine, std::move(solver), times);
    passage.slowest = law.rate;
    passage.slowest_share = rates_into(passage.rates, law.probability) / law.rate;
  } catch (const SolverError&) {
    // Then all of the distribution is stepped through.
  }
  return passage;
}

/// Ten of the longest mean times, and from a ten-thousandth of the shortest one on, where nothing else is asked for.
DoublingTimes times_of(const FirstPassageOptions& options, double shortest, double longest) {
  constexpr double means = 10.0, part = 1e-4;
  constexpr int most = 200;
  constexpr double latest = 1e300;
  constexpr int per_doubling = DoublingTimes::per_doubling;
  const double until = options.until.value_or(std::min(means * longest, latest));
  const double wanted = options.points ? std::ceil(static_cast<double>(*options.points) / per_doubling) - 1.0
                                       : std::ceil(std::log2(until / (part * shortest)));
  const int doublings = static_cast<int>(std::clamp(wanted, 0.0, static_cast<double>(most)));
  return {std::ldexp(until, -doublings), doublings};
}

/// Probabilities of the ends, the mean times of those that come there, and where they do.
template <int Dim>
std::vector<FirstPassageTarget> targets_of(const KilledPassage<Dim>& passage) {
  const Eigen::VectorXd probability = rates_into(passage.rates, passage.visits);
  const Eigen::VectorXd later = rates_into(passage.rates, passage.later_visits);
  std::vector<FirstPassageTarget> targets;
  for (std::size_t k = 0; k < passage.ends.size(); ++k) {
    const EscapeEnd<Dim>& end = passage.ends[k];
    const auto at = static_cast<Index>(k), places = static_cast<Index>(end.places.size());
    FirstPassageTarget target{.name = end.name, .probability = std::min(probability[at], 1.0)};
    const double mean = passage.mean * (later[at] / probability[at]);
    if (std::isfinite(mean)) target.mean = mean;
    target.exit_points.resize(Dim, places);
    target.exit_probability.resize(places);
    for (Index place = 0; place < places; ++place) {
      const auto& [state, rate] = end.rates[static_cast<std::size_t>(place)];
      target.exit_points.col(place) = end.places[static_cast<std::size_t>(place)];
      target.exit_probability[place] = passage.visits[state] * rate;
    }
    targets.push_back(std::move(target));
  }
  return targets;
}

/// What one level says of an escape.
struct Found {
  std::vector<FirstPassageTarget> targets;
  std::vector<char> walls;  // targets: whether each is one
  ArrivalCurves curves;

  /// Density of arrival, which being lost at a wall is not.
  Eigen::VectorXd density() const {
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(curves.density.rows());
    for (std::size_t k = 0; k < walls.size(); ++k)
      if (!walls[k]) sum += curves.density.col(static_cast<Index>(k));
    return sum;
  }
  /// The number of a target; nothing where the level has none of this name.
  std::optional<std::size_t> number_of(const std::string& name) const {
    for (std::size_t k = 0; k < targets.size(); ++k)
      if (targets[k].name == name) return k;
    return std::nullopt;
  }
};

template <int Dim>
Found find(const KilledPassage<Dim>& passage, const DoublingTimes& times, const std::function<void(int)>& progress) {
  Found found{targets_of<Dim>(passage), {}, arrival_curves(passage.killed_start(), times, progress)};
  for (const EscapeEnd<Dim>& end : passage.ends) found.walls.push_back(end.wall ? 1 : 0);
  return found;
}

/// A density and its difference to that of the coarser level, as far as it is known.
struct KnownDensity {
  Eigen::VectorXd density, error;

  KnownDensity(const Eigen::VectorXd& own, const std::optional<Eigen::VectorXd>& coarse, Index known) : density(own) {
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN(), well_known = 0.2;
    error = coarse ? Eigen::VectorXd((own - *coarse).cwiseAbs()) : Eigen::VectorXd::Constant(own.size(), unknown);
    for (Index at = 0; at < own.size(); ++at)
      if (at < known || error[at] > well_known * own[at]) density[at] = error[at] = unknown;
  }
};

/// What the level that is twice as coarse makes of the errors.
void compare(Found own, const std::optional<Found>& coarse, FirstPassageResult& result) {
  const ArrivalCurves& curves = own.curves;
  result.time_error = curves.time_error;
  result.survival = curves.survival;
  KnownDensity all(own.density(), coarse ? std::optional(coarse->density()) : std::nullopt, curves.known);
  result.density = std::move(all.density);
  result.density_error = std::move(all.error);
  if (coarse) result.grid_error = (curves.survival - coarse->curves.survival).cwiseAbs().maxCoeff();
  for (std::size_t k = 0; k < own.targets.size(); ++k) {
    FirstPassageTarget& target = own.targets[k];
    std::optional<Eigen::VectorXd> other;
    if (const auto at = coarse ? coarse->number_of(target.name) : std::nullopt) {
      other = coarse->curves.density.col(static_cast<Index>(*at));
      target.grid_error = std::abs(target.probability - coarse->targets[*at].probability);
    }
    KnownDensity known(curves.density.col(static_cast<Index>(k)), other, curves.known_of[k]);
    target.density = std::move(known.density);
    target.density_error = std::move(known.error);
  }
  result.targets = std::move(own.targets);
}

/// What moving the walls of the domain makes of the errors of the targets' probabilities.
template <int Dim>
void compare_walls(const std::optional<std::vector<Level<Dim>>>& levels, const Escape& escape,
                   FirstPassageResult& result) {
  const auto unknown = [&] {
    for (FirstPassageTarget& target : result.targets) target.grid_error.reset();
  };
  if (!levels) unknown();
  if (!levels || levels->empty()) return;
  for (const Level<Dim>& level : *levels) {
    try {
      const std::vector<FirstPassageTarget> moved = targets_of<Dim>(passage_of<Dim>(level, escape));
      for (FirstPassageTarget& target : result.targets) {
        const auto same =
            std::find_if(moved.begin(), moved.end(), [&](const auto& m) { return m.name == target.name; });
        const double probability = same == moved.end() ? 0.0 : same->probability;
        if (target.grid_error)
          target.grid_error = std::max(*target.grid_error, std::abs(target.probability - probability));
      }
    } catch (const std::exception&) {
      unknown();
    }
  }
}

/// What all grids say of the mean time.
void add_interval(FirstPassageResult& result, const std::vector<Estimate>& estimates) {
  const auto known = std::find_if(estimates.begin(), estimates.end(), [&](const Estimate& one) {
    return one.from == result.from && one.to == result.to && one.method == "mean_first_passage" && one.time;
  });
  if (known == estimates.end()) return;
  result.mean_error = std::abs(result.mean / *known->time - 1.0);
  if (known->high && *known->high > 0) result.low = 1.0 / *known->high;
  if (known->low && *known->low > 0) result.high = 1.0 / *known->low;
}

/// Nothing where the level is too coarse for them.
template <int Dim>
std::optional<Found> coarsely(const Level<Dim>& level, const Escape& escape, const DoublingTimes& times) {
  try {
    return find<Dim>(passage_of<Dim>(level, escape), times, [](int) {});
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace

template <int Dim>
void add_first_passages(Solution<Dim>& solution, const std::vector<EscapeRequest>& escapes, const Level<Dim>& level) {
  const auto warn = [&](const Escape& escape, const std::exception& error) {
    solution.results.warnings.push_back(
        fmt::format("no distribution of the first-passage time of {}: {}", solution.label(escape), error.what()));
  };
  std::vector<std::pair<Escape, KilledPassage<Dim>>> passages;
  for (const EscapeRequest& request : escapes) {
    try {
      passages.emplace_back(request.escape, passage_of<Dim>(level, request.escape));
    } catch (const SolverError& error) {
      warn(request.escape, error);
    }
  }
  if (passages.empty()) return;
  constexpr const char* stage = "first-passage times";
  solution.progress(0.0, stage);
  std::optional<Level<Dim>> coarse;
  try {
    coarse = make_level<Dim>(solution.problem, 1, solution.level_options());
  } catch (const std::exception&) {
    // Too few cells for a coarser grid: no error is known.
  }
  const std::optional<std::vector<Level<Dim>>> moved = levels_of_moved_walls<Dim>(solution, false);
  const auto [shortest, longest] = std::minmax_element(
      passages.begin(), passages.end(), [](const auto& a, const auto& b) { return a.second.mean < b.second.mean; });
  const DoublingTimes times = times_of(*solution.request.first_passage, shortest->second.mean, longest->second.mean);
  solution.results.first_passage_time = times.all();
  for (std::size_t n = 0; n < passages.size(); ++n) {
    const auto& [escape, passage] = passages[n];
    const auto progress = [&](int done) {
      const double share = std::max(0.0, done / (times.doublings + 1.0));
      solution.progress((static_cast<double>(n) + share) / static_cast<double>(passages.size()), stage);
    };
    FirstPassageResult result;
    result.from = solution.valley_name(escape.from);
    result.to = solution.target_name(escape);
    result.mean = passage.mean;
    if (std::isfinite(passage.variance)) result.variance = passage.variance;
    add_interval(result, solution.results.estimates);
    try {
      Found own = find<Dim>(passage, times, progress);
      std::optional<Found> other;
      if (coarse) other = coarsely<Dim>(*coarse, escape, times);
      compare(std::move(own), other, result);
      compare_walls<Dim>(moved, escape, result);
      solution.results.first_passages.push_back(std::move(result));
    } catch (const SolverError& error) {
      warn(escape, error);
    }
  }
}

template void add_first_passages(Solution<1>&, const std::vector<EscapeRequest>&, const Level<1>&);
template void add_first_passages(Solution<2>&, const std::vector<EscapeRequest>&, const Level<2>&);

}  // namespace valleyflux
