#include "solver/first_passages.hpp"

#include "solver/elimination/elimination.hpp"
#include "solver/escape/escape.hpp"
#include "solver/escape/killed_process.hpp"
#include "solver/escape/quasi_stationary.hpp"
#include "solver/evolution/explicit_evolve.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

namespace valleyflux {

namespace {

constexpr int per_doubling = 8;     // times, evenly spaced: steps of one doubling fit the next
constexpr double tolerance = 1e-7;  // of a step, L1, of the mass that is left

/// One escape of a level, killed at its target.
template <int Dim>
struct KilledPassage {
  KilledProcess<Dim> process;
  EliminationOrder order;
  Index start;
  double mean, variance;     // of the time, from the start
  ExitRates arrivals, lost;  // of the states, into the target and through absorbing walls
  double slowest;            // principal eigenvalue; NaN where there is none
};

/// Throws SolverError where there is no such time.
template <int Dim>
KilledPassage<Dim> passage_of(const Level<Dim>& level, const Escape& escape) {
  const StateSpace<Dim>& space = level.discretisation.space;
  const Index start = space.nearest(escape_start<Dim>(level.problem, escape));
  KilledProcess<Dim> process =
      killed_process<Dim>(level.problem, level.discretisation, escape_target<Dim>(level.problem, escape), start);
  if (process.trapped >= 0) throw SolverError("some trajectories never arrive");
  EliminationOrder order(process.generator, process.positions);
  const Elimination elimination(order, process.generator);
  const Index from = process.states[static_cast<std::size_t>(start)];
  const Eigen::VectorXd mean = elimination.solve(Eigen::VectorXd::Ones(process.generator.states));
  // The second moment over the mean: its square may be beyond the range of doubles.
  const double second = elimination.solve(mean / mean[from])[from];
  const double variance = mean[from] * (2.0 * second - mean[from]);

  KilledPassage<Dim> passage{std::move(process),
                             std::move(order),
                             from,
                             mean[from],
                             variance,
                             {},
                             {},
                             std::numeric_limits<double>::quiet_NaN()};
  const Eigen::VectorXd& exit = passage.process.generator.exit;
  const Eigen::VectorXd lost = passage.process.loss_rates();
  for (Index state = 0; state < exit.size(); ++state) {
    if (lost[state] > 0) passage.lost.emplace_back(state, lost[state]);
    if (exit[state] > lost[state]) passage.arrivals.emplace_back(state, exit[state] - lost[state]);
  }
  try {
    passage.slowest = quasi_stationary(passage.process.generator, passage.order, elimination).rate;
  } catch (const SolverError&) {
    // Then all of the distribution is stepped through.
  }
  return passage;
}

/// Moments up to `first`, in each doubling from there on, the last one being first * 2^doublings.
struct Moments {
  double first;
  int doublings;

  /// Begin and end of the k-th stretch of evenly spaced ones.
  std::pair<double, double> stretch(int k) const {
    const double end = std::ldexp(first, k);
    return {k == 0 ? 0.0 : 0.5 * end, end};
  }
  Eigen::VectorXd all() const {
    Eigen::VectorXd times(per_doubling * (doublings + 1));
    for (int k = 0; k <= doublings; ++k) {
      const auto [begin, end] = stretch(k);
      for (int n = 1; n <= per_doubling; ++n)
        times[per_doubling * k + n - 1] = begin + (end - begin) * n / per_doubling;
    }
    return times;
  }
};

/// Ten of the longest mean times, and from a ten-thousandth of the shortest one on, where nothing else is asked for.
Moments moments_of(const FirstPassageOptions& options, double shortest, double longest) {
  constexpr double means = 10.0, part = 1e-4;
  constexpr int most = 200;
  constexpr double latest = 1e300;
  const double until = options.until.value_or(std::min(means * longest, latest));
  const double wanted = options.points ? static_cast<double>((*options.points + per_doubling - 1) / per_doubling - 1)
                                       : std::ceil(std::log2(until / (part * shortest)));
  const int doublings = static_cast<int>(std::clamp(wanted, 0.0, static_cast<double>(most)));
  return {std::ldexp(until, -doublings), doublings};
}

/// Density of arrival, and what is still on its way, at the moments.
struct Curves {
  Eigen::VectorXd density, survival;
  double time_error = 0.0;  // of the time integration, in probability
  Index known = 0;          // the first moment by which more has arrived than that
};

/// progress: of the stretches.
template <int Dim>
Curves curves_of(const KilledPassage<Dim>& passage, const Moments& moments, const std::function<void(int)>& progress) {
  const Generator& generator = passage.process.generator;
  const Eigen::VectorXd times = moments.all();
  Curves curves;
  curves.density = curves.survival = Eigen::VectorXd::Zero(times.size());
  curves.known = times.size();
  Eigen::VectorXd probability = Eigen::VectorXd::Unit(generator.states, passage.start);
  double left = 1.0;
  // Where even the first moment is long after all that is fast: doublings before it, of which nothing is told.
  constexpr double parts_of_a_stretch = 30.0;  // powers of two; the ladder of steps has more
  const double rates = std::log2(moments.first * expected_explicit_steps(generator, 1.0));
  const int silent = std::max(0, static_cast<int>(std::ceil(rates - parts_of_a_stretch)));
  constexpr double nothing = 1e-290, settled = 1e-6;
  for (int k = -silent; k <= moments.doublings && left > nothing; ++k) {
    auto [begin, end] = moments.stretch(k);
    if (k == -silent) begin = 0.0;
    double left_at_end = left;
    const auto take = [&, at = Index{per_doubling} * k - 1](const EvolutionFrame& frame) mutable {
      if (frame.time > 0) {
        left_at_end = left * frame.probability.sum();
        probability = frame.probability;
        if (at >= 0) {
          curves.survival[at] = left_at_end;
          curves.density[at] = left * frame.exit_flux[0];
          if (1.0 - left_at_end > curves.time_error + left * tolerance) curves.known = std::min(curves.known, at);
        }
      }
      ++at;
    };
    constexpr long most_steps = 100000;
    const Evolution evolution = evolve(generator, passage.order, probability, ValleyParts(0, generator.states),
                                       {.until = end - begin,
                                        .frames = per_doubling,
                                        .stepper = Stepper::tr_bdf2,
                                        .tolerance = tolerance,
                                        .of_mass = true,
                                        .max_steps = most_steps,
                                        .exits = {passage.arrivals, passage.lost}},
                                       take);
    curves.time_error += left * evolution.error_estimate;
    left = left_at_end;
    probability /= probability.sum();
    progress(k + 1);
    // From here on everything decays like the slowest of all.
    double rate = 0.0, arriving = 0.0;
    for (const auto& [state, exit] : passage.arrivals) arriving += exit * probability[state];
    for (const auto& [state, exit] : passage.lost) rate += exit * probability[state];
    rate += arriving;
    if (!(std::abs(rate / passage.slowest - 1.0) < settled)) continue;
    for (Index at = std::max(0, per_doubling * (k + 1)); at < times.size(); ++at) {
      curves.survival[at] = left * std::exp(-passage.slowest * (times[at] - end));
      curves.density[at] = arriving / rate * passage.slowest * curves.survival[at];
      curves.known = std::min(curves.known, at);
    }
    break;
  }
  return curves;
}

/// What the level that is twice as coarse makes of the errors.
void compare(const Curves& own, const std::optional<Curves>& coarse, FirstPassageResult& result) {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN(), well_known = 0.2;
  result.time_error = own.time_error;
  result.survival = own.survival;
  result.density = own.density;
  result.density_error = Eigen::VectorXd::Constant(own.density.size(), unknown);
  if (coarse) {
    result.density_error = (own.density - coarse->density).cwiseAbs();
    result.grid_error = (own.survival - coarse->survival).cwiseAbs().maxCoeff();
  }
  for (Index at = 0; at < own.density.size(); ++at)
    if (at < own.known || result.density_error[at] > well_known * own.density[at])
      result.density[at] = result.density_error[at] = unknown;
}

/// How far the level's mean time is from that of all grids.
std::optional<double> error_of_mean(const FirstPassageResult& result, const std::vector<Estimate>& estimates) {
  const auto known = std::find_if(estimates.begin(), estimates.end(), [&](const Estimate& one) {
    return one.from == result.from && one.to == result.to && one.method == "mean_first_passage" && one.time;
  });
  if (known == estimates.end()) return std::nullopt;
  return std::abs(result.mean / *known->time - 1.0);
}

/// Nothing where the level is too coarse for them.
template <int Dim>
std::optional<Curves> coarse_curves(const Level<Dim>& level, const Escape& escape, const Moments& moments) {
  try {
    return curves_of<Dim>(passage_of<Dim>(level, escape), moments, [](int) {});
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
  std::optional<Level<Dim>> coarse;
  try {
    coarse = make_level<Dim>(solution.problem, 1, solution.level_options());
  } catch (const std::exception&) {
    // Too few cells for a coarser grid: no error is known.
  }
  const auto [shortest, longest] = std::minmax_element(
      passages.begin(), passages.end(), [](const auto& a, const auto& b) { return a.second.mean < b.second.mean; });
  const Moments moments = moments_of(*solution.request.first_passage, shortest->second.mean, longest->second.mean);
  solution.results.first_passage_time = moments.all();
  for (std::size_t n = 0; n < passages.size(); ++n) {
    const auto& [escape, passage] = passages[n];
    const auto progress = [&](int done) {
      const double share = std::max(0.0, done / (moments.doublings + 1.0));
      solution.progress((static_cast<double>(n) + share) / static_cast<double>(passages.size()), "first-passage times");
    };
    FirstPassageResult result;
    result.from = solution.valley_name(escape.from);
    result.to = solution.target_name(escape);
    result.mean = passage.mean;
    if (std::isfinite(passage.variance)) result.variance = passage.variance;
    result.mean_error = error_of_mean(result, solution.results.estimates);
    try {
      const Curves own = curves_of<Dim>(passage, moments, progress);
      std::optional<Curves> other;
      if (coarse) other = coarse_curves<Dim>(*coarse, escape, moments);
      compare(own, other, result);
      solution.results.first_passages.push_back(std::move(result));
    } catch (const SolverError& error) {
      warn(escape, error);
    }
  }
}

template void add_first_passages(Solution<1>&, const std::vector<EscapeRequest>&, const Level<1>&);
template void add_first_passages(Solution<2>&, const std::vector<EscapeRequest>&, const Level<2>&);

}  // namespace valleyflux
