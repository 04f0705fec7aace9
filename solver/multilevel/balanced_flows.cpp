#include "solver/multilevel/balanced_flows.hpp"

#include "solver/multilevel/flow_hierarchy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

/// How far the law has come from cycle to cycle.
class Progress {
 public:
  explicit Progress(const MultilevelOptions& options) : options_(options) {}

  void note(double change) { changes_.push_back(change); }
  double change() const { return changes_.empty() ? 1.0 : changes_.back(); }
  bool settled() const {
    constexpr double before = 10.0;  // by chance a single cycle changes little
    return changes_.size() > 1 && change() < options_.tolerance &&
           changes_[changes_.size() - 2] < before * options_.tolerance;
  }
  /// Eight cycles, of those since the last time this was true, gained less than a digit.
  bool slow() {
    constexpr std::size_t first = 16, span = 8;
    constexpr double digit = 0.1;
    const bool is_slow = changes_.size() - seen_ > first && change() > digit * changes_[changes_.size() - 1 - span];
    if (is_slow) seen_ = changes_.size();
    return is_slow;
  }

 private:
  const MultilevelOptions& options_;
  std::vector<double> changes_;
  std::size_t seen_ = 0;
};

/// Scales the law of the states to a largest one of 1 and returns the largest relative change of any that is watched.
double rescale(std::vector<double>& law, const std::vector<double>& before, std::int64_t states) {
  double top = 0.0;
#pragma omp parallel for schedule(static) reduction(max : top) if (states > worth_a_team)
  for (std::int64_t i = 0; i < states; ++i) top = std::max(top, law[static_cast<std::size_t>(i)]);
  if (!(top > 0) || !std::isfinite(top)) throw Stalled("the multilevel solver left the range of double precision");
  constexpr double watched = 1e-250, then = 1e-290;
  double change = 0.0;
#pragma omp parallel for schedule(static) reduction(max : change) if (states > worth_a_team)
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(law.size()); ++i) {
    const auto k = static_cast<std::size_t>(i);
    law[k] /= top;
    if (i < states && law[k] > watched && before[k] > then)
      change = std::max(change, std::abs(law[k] / before[k] - 1.0));
  }
  return change;
}

}  // namespace

BalancedFlows balance(FlowGraph graph, const Eigen::VectorXd& exit, const Eigen::VectorXd& start,
                      const MultilevelOptions& options) {
  const auto states = static_cast<std::int64_t>(start.size());
  std::vector<double> first(start.data(), start.data() + states);
  const double top = start.maxCoeff();
  for (double& x : first) x /= top;
  const bool leaves = graph.cemetery >= 0;
  if (leaves) {
    double sources = 0.0;
    for (std::int32_t k = graph.begin[static_cast<std::size_t>(states)];
         k < static_cast<std::int32_t>(graph.rate.size()); ++k)
      sources += graph.back(k);
    first.push_back(exit.dot(start) / top / sources);
  }
  FlowHierarchy hierarchy(std::move(graph), std::move(first));
  Progress progress(options);
  BalancedFlows flows;
  std::vector<double> before;
  double since_grouped = 0.0;  // largest change of a cycle
  constexpr double much = 0.5;
  // Groups of a law that was far off may be blind to what is still missing: a law counts that settles on its own.
  while (!progress.settled() || since_grouped > much) {
    if (flows.cycles == options.most_cycles)
      throw Stalled(fmt::format("the multilevel solver's solution still changes by {:.1e} after {} cycles",
                                progress.change(), flows.cycles));
    constexpr int early = 20;
    if (progress.settled() || (flows.cycles > 0 && flows.cycles < early && progress.change() > much)) {
      hierarchy.regroup();
      since_grouped = 0.0;
    }
    before = hierarchy.law();
    hierarchy.cycle();
    ++flows.cycles;
    progress.note(rescale(hierarchy.law(), before, states));
    since_grouped = std::max(since_grouped, progress.change());
    if (options.cycled) options.cycled(flows.cycles, progress.change());
    constexpr double nearly_there = 1e-9;
    if (progress.change() > nearly_there && progress.slow()) hierarchy.visit_coarse_levels_more_often();
  }
  flows.law = Eigen::Map<const Eigen::VectorXd>(hierarchy.law().data(), states);
  if (leaves) flows.through = exit.dot(flows.law);
  return flows;
}

}  // namespace valleyflux
