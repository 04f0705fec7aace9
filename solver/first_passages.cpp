#include "solver/first_passages.hpp"

#include "solver/elimination/elimination.hpp"
#include "solver/escape/escape.hpp"
#include "solver/escape/killed_process.hpp"
#include "solver/escape_warning.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

constexpr int per_doubling = 8;     // times, evenly spaced: steps of one doubling fit the next
constexpr double tolerance = 1e-7;  // of a step, L1

/// One escape of a level, killed at its target.
template <int Dim>
struct KilledPassage {
  KilledProcess<Dim> process;
  EliminationOrder order;
  Index start;
  double mean;  // time, from the start
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
  const Index from = process.states[static_cast<std::size_t>(start)];
  const double mean =
      Elimination(order, process.generator).solve(Eigen::VectorXd::Ones(process.generator.states))[from];
  return {std::move(process), std::move(order), from, mean};
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
  constexpr int most = 100;
  const double until = options.until.value_or(means * longest);
  const double after = std::min(options.after.value_or(part * shortest), until);
  const int doublings = std::clamp(static_cast<int>(std::ceil(std::log2(until / after))), 0, most);
  return {std::ldexp(until, -doublings), doublings};
}

/// Density and survival at those times. progress: of the stretches.
template <int Dim>
void evolve_passage(const KilledPassage<Dim>& passage, const Moments& moments, const std::function<void(int)>& progress,
                    FirstPassageResult& result) {
  const Generator& generator = passage.process.generator;
  ExitRates exits;
  for (Index state = 0; state < generator.states; ++state)
    if (generator.exit[state] > 0) exits.emplace_back(state, generator.exit[state]);
  const Eigen::VectorXd times = moments.all();
  result.density = result.survival = Eigen::VectorXd::Zero(times.size());
  Eigen::VectorXd probability = Eigen::VectorXd::Unit(generator.states, passage.start);
  double left = 1.0, arrived = 0.0;
  constexpr double nothing = 1e-290;
  for (int k = 0; k <= moments.doublings && left > nothing; ++k) {
    const auto [begin, end] = moments.stretch(k);
    double left_at_end = left;
    const auto take = [&, at = Index{per_doubling} * k - 1](const EvolutionFrame& frame) mutable {
      if (frame.time > 0) {
        result.survival[at] = left * frame.probability.sum();
        result.density[at] = left * frame.exit_flux[0];
        // What has arrived until then is no more than the error of the steps.
        if (arrived + left * frame.exited <= result.time_error + left * tolerance)
          result.density[at] = std::numeric_limits<double>::quiet_NaN();
        left_at_end = result.survival[at];
        probability = frame.probability;
      }
      ++at;
    };
    const Evolution evolution = evolve(generator, passage.order, probability, ValleyParts(0, generator.states),
                                       {.until = end - begin,
                                        .frames = per_doubling,
                                        .stepper = Stepper::tr_bdf2,
                                        .tolerance = tolerance,
                                        .of_mass = true,
                                        .exits = {exits}},
                                       take);
    result.time_error += left * evolution.error_estimate;
    arrived += left - left_at_end;
    left = left_at_end;
    probability /= probability.sum();
    progress(k + 1);
  }
}

/// How far the level's mean time is from that of all grids.
std::optional<double> error_of_mean(const FirstPassageResult& result, const std::vector<Estimate>& estimates) {
  const auto known = std::find_if(estimates.begin(), estimates.end(), [&](const Estimate& one) {
    return one.from == result.from && one.to == result.to && one.method == "mean_first_passage" && one.time;
  });
  if (known == estimates.end()) return std::nullopt;
  return std::abs(result.mean / *known->time - 1.0);
}

}  // namespace

template <int Dim>
void add_first_passages(Solution<Dim>& solution, const std::vector<EscapeRequest>& escapes, const Level<Dim>& level) {
  std::vector<std::pair<FirstPassageResult, KilledPassage<Dim>>> found;
  const auto warn = [&](const Escape& escape, const std::exception& error) {
    solution.results.warnings.push_back(
        fmt::format("no distribution of the first-passage time of {}: {}", solution.label(escape), error.what()));
  };
  for (const EscapeRequest& request : escapes) {
    try {
      FirstPassageResult result;
      result.from = solution.valley_name(request.escape.from);
      result.to = solution.target_name(request.escape);
      KilledPassage<Dim> passage = passage_of<Dim>(level, request.escape);
      result.mean = passage.mean;
      result.mean_error = error_of_mean(result, solution.results.estimates);
      found.emplace_back(std::move(result), std::move(passage));
    } catch (const SolverError& error) {
      warn(request.escape, error);
    }
  }
  if (found.empty()) return;
  const auto [shortest, longest] = std::minmax_element(
      found.begin(), found.end(), [](const auto& a, const auto& b) { return a.second.mean < b.second.mean; });
  const Moments moments = moments_of(*solution.request.first_passage, shortest->second.mean, longest->second.mean);
  solution.results.first_passage_time = moments.all();
  for (std::size_t n = 0; n < found.size(); ++n) {
    auto& [result, passage] = found[n];
    const double stretches = moments.doublings + 1;
    evolve_passage<Dim>(
        passage, moments,
        [&](int done) {
          solution.progress((static_cast<double>(n) + done / stretches) / static_cast<double>(found.size()),
                            "first-passage times");
        },
        result);
    solution.results.first_passages.push_back(std::move(result));
  }
}

template void add_first_passages(Solution<1>&, const std::vector<EscapeRequest>&, const Level<1>&);
template void add_first_passages(Solution<2>&, const std::vector<EscapeRequest>&, const Level<2>&);

}  // namespace valleyflux
