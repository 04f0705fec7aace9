#include "solver/particles/splitting.hpp"

#include "solver/finite.hpp"
#include "solver/particles/shared_work.hpp"
#include "solver/particles/splitting_run.hpp"

#include <fmt/format.h>

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

/// Where a tenth of the excursions from the origin get to: a level so close by that all loops pass it, and so far that
/// one forgets the one before.
double first_level(const ParticleMover& mover, const ReactionCoordinate& coordinate, SplittingSetting setting,
                   const SplittingObserver& observer) {
  constexpr std::uint32_t runs = 64, excursions = 20, pilot = 0x80000000u;
  constexpr double part = 0.9;
  setting.level = setting.origin;
  setting.replicas = excursions;
  std::vector<SplittingRun> pilots;
  for (std::uint32_t k = 0; k < runs; ++k) pilots.emplace_back(setting, pilot + k, true);
  move_runs(mover, setting.surface, coordinate, pilots, [&] { return !observer || observer(0); });
  std::vector<double> tops;
  for (const SplittingRun& run : pilots)
    for (const SplittingPath& path : run.paths())
      if (path.top() < std::numeric_limits<double>::infinity()) tops.push_back(path.top());
  if (tops.empty()) return setting.origin;
  std::sort(tops.begin(), tops.end());
  return tops[static_cast<std::size_t>(part * static_cast<double>(tops.size() - 1))];
}

struct MeanAndError {
  double mean = 0.0, error = 0.0;
};
MeanAndError mean_and_error(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  MeanAndError result;
  for (const double value : values) result.mean += value / n;
  double sum = 0.0;
  for (const double value : values) sum += (value - result.mean) * (value - result.mean);
  result.error = std::sqrt(sum / (n * (n - 1.0)));
  return result;
}

void evaluate(const std::vector<SplittingRun>& runs, SplittingEstimate& estimate) {
  std::vector<double> probability, loop_time, first_time, recurrent;
  double path_time = 0.0;
  for (const SplittingRun& run : runs) {
    estimate.steps += static_cast<double>(run.steps());
    if (!run.finished()) continue;
    ++estimate.runs;
    probability.push_back(run.weight());
    first_time.push_back(run.first_time());
    recurrent.push_back(run.recurrent());
    if (run.has_loops()) loop_time.push_back(run.loop_time());
    if (run.weight() > 0)
      path_time += run.weight() * run.path_time();
    else
      ++estimate.extinct;
  }
  constexpr std::size_t fewest = 2;
  if (probability.size() < fewest) return;
  const MeanAndError p = mean_and_error(probability);
  const MeanAndError loop = loop_time.size() >= fewest ? mean_and_error(loop_time) : MeanAndError{};
  estimate.probability = p.mean;
  estimate.loop_time = loop.mean;
  const MeanAndError first = mean_and_error(first_time);
  estimate.first_time = first.mean;
  if (!(p.mean > 0)) return;
  estimate.path_time = path_time / (p.mean * static_cast<double>(probability.size()));
  // Where targets are near some are met before the loops are recurrent.
  const MeanAndError later = mean_and_error(recurrent);
  const double failed = (1.0 / p.mean - 1.0) * loop.mean, loops = failed + estimate.path_time;
  const double time = first.mean + later.mean * loops;
  estimate.rate = 1.0 / time;
  const double by_probability = later.mean * loop.mean / p.mean / time * (p.error / p.mean);
  const double by_loops = loop.mean > 0 ? later.mean * failed / time * (loop.error / loop.mean) : 0.0;
  const double by_start = std::hypot(first.error, later.error * loops) / time;
  estimate.relative_error = std::hypot(by_probability, by_loops, by_start);
  const boost::math::students_t student(static_cast<double>(probability.size() - 1));
  const double factor = std::exp(boost::math::quantile(student, 0.975) * estimate.relative_error);
  estimate.low = *estimate.rate / factor;
  estimate.high = *estimate.rate * factor;
}

}  // namespace

SplittingEstimate adaptive_splitting(const ParticleSystem& system, const std::vector<double>& start,
                                     const ReactionCoordinate& coordinate, double origin, const ExitSurface& surface,
                                     const ParticleOptions& options, const SplittingOptions& splitting,
                                     const SplittingObserver& observer) {
  if (splitting.replicas < 2 || splitting.runs < 2)
    throw std::invalid_argument(fmt::format("splitting needs at least 2 replicas and 2 runs (got {} and {})",
                                            splitting.replicas, splitting.runs));
  const double at_start = value_at(coordinate, start);
  if (!(at_start <= origin))
    throw std::invalid_argument(
        fmt::format("splitting: the reaction coordinate is {} at the start, and not below {} of the set that paths "
                    "return to",
                    finite_text(at_start), finite_text(origin)));
  if (!(surface.distance(start) > 0)) throw std::invalid_argument("the start of the particles lies in their target");
  const ParticleMover mover(system, options);
  SplittingSetting setting{mover, surface, start, origin, origin, splitting.replicas};
  setting.level = first_level(mover, coordinate, setting, observer);

  // Shares of the runs, side by side in one block each; what a run does does not depend on its neighbours.
  constexpr std::uint32_t share = 32;
  const auto shares = static_cast<std::ptrdiff_t>((splitting.runs + share - 1) / share);
  std::vector<std::vector<SplittingRun>> runs(static_cast<std::size_t>(shares));
  SharedWork work;
  std::uint32_t finished = 0;  // touched in reports alone
  work.run(shares, [&](std::ptrdiff_t k) {
    std::vector<SplittingRun>& mine = runs[static_cast<std::size_t>(k)];
    const auto first = static_cast<std::uint32_t>(k) * share;
    for (std::uint32_t n = first; n < std::min(first + share, splitting.runs); ++n)
      mine.emplace_back(setting, n, false);
    std::uint32_t counted = 0;
    const auto look = [&] {
      const auto now = static_cast<std::uint32_t>(
          std::count_if(mine.begin(), mine.end(), [](const SplittingRun& run) { return run.finished(); }));
      return work.report([&] {
        finished += now - std::exchange(counted, now);
        return !observer || observer(finished);
      });
    };
    move_runs(mover, setting.surface, coordinate, mine, look);
    look();
  });
  std::vector<SplittingRun> all;
  for (std::vector<SplittingRun>& some : runs)
    all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  SplittingEstimate estimate;
  evaluate(all, estimate);
  estimate.complete = estimate.runs == splitting.runs;
  return estimate;
}

}  // namespace valleyflux
