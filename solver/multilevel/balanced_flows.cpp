#include "solver/multilevel/balanced_flows.hpp"

#include "solver/multilevel/flow_hierarchy.hpp"
#include "solver/multilevel/law_watch.hpp"

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
  /// Six cycles since the nodes were grouped gained little more than a digit: that is seldom the chain's own fault.
  bool groups_fail() const {
    constexpr std::size_t span = 6;
    constexpr double little = 0.05;
    return changes_.size() > grouped_ + span && change() > little * changes_[changes_.size() - 1 - span];
  }
  void note_grouping() { grouped_ = changes_.size(); }
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
  std::size_t seen_ = 0, grouped_ = 0;
};

}  // namespace

BalancedFlows balance(FlowGraph graph, Eigen::VectorXd start, const MultilevelOptions& options) {
  start /= start.maxCoeff();
  FlowHierarchy hierarchy(std::move(graph), std::move(start));
  hierarchy.approach();
  LawWatch watch(hierarchy.law());
  Progress progress(options);
  BalancedFlows flows;
  double since_grouped = 0.0;      // largest change of a cycle
  bool grouped_for_speed = false;  // once
  // A law counts that settles on groups of its own.
  while (!progress.settled() || since_grouped > far_off) {
    if (flows.cycles == options.most_cycles)
      throw Stalled(fmt::format("the multilevel solver's solution still changes by {:.1e} after {} cycles",
                                progress.change(), flows.cycles));
    constexpr int early = 20;
    const bool far = flows.cycles > 0 && flows.cycles < early && progress.change() > far_off;
    const bool slowly = !grouped_for_speed && progress.groups_fail();
    if (progress.settled() || far || slowly) {
      grouped_for_speed = grouped_for_speed || slowly;
      hierarchy.regroup();
      progress.note_grouping();
      since_grouped = 0.0;
    }
    hierarchy.cycle();
    ++flows.cycles;
    progress.note(watch.change(hierarchy.law()));
    constexpr double drift = 16.0;
    if (watch.top() > drift || watch.top() < 1.0 / drift) hierarchy.rescale(watch.rescale());
    since_grouped = std::max(since_grouped, progress.change());
    if (options.cycled) options.cycled(flows.cycles, progress.change());
    if (options.enough && options.enough(hierarchy.law(), hierarchy.through())) break;
    constexpr double nearly_there = 1e-9;
    if (progress.change() > nearly_there && progress.slow()) hierarchy.visit_coarse_levels_more_often();
  }
  hierarchy.rescale(1.0 / watch.top());
  flows.through = hierarchy.through();
  flows.law = std::move(hierarchy.law());
  return flows;
}

}  // namespace valleyflux
