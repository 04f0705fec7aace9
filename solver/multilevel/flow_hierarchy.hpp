#pragma once

#include "solver/multilevel/coarse_flows.hpp"
#include "solver/multilevel/flow_level.hpp"

#include <vector>

namespace valleyflux {

/// Levels of a graph from fine to coarse, and the cycle over them that corrects the stationary law by factors: flows
/// of the current law make the coarse chains, whose laws say how much larger that of each aggregate is to be. No
/// difference is ever taken but that of the two flows of a pair, so that improbable states are as right as the others.
/// (Horton & Leutenegger 1994, with coarse exchange that conducts in series.)
class FlowHierarchy {
 public:
  /// start: > 0 for all nodes, the cemetery included.
  FlowHierarchy(FlowGraph graph, std::vector<double> start);

  /// Groups the nodes anew, by the flows of the law as it is now.
  void regroup();
  /// One cycle. Every second one leaves the coarse exchange as it is: that alone converges on some rough landscapes.
  void cycle();
  /// More visits of the coarse levels from now on; false if there are as many as there can be.
  bool visit_coarse_levels_more_often();

  std::vector<double>& law() { return levels_.front().x; }
  const FlowGraph& graph() const { return levels_.front().graph; }

 private:
  void cycle_from(std::size_t level, bool in_series);
  void mark_visited_twice();

  std::vector<FlowLevel> levels_;
  FlowScratch scratch_;
  double fewer_ = 3.5;  // times as few nodes as the last level that is visited twice has the next one
  long cycles_ = 0;
};

}  // namespace valleyflux
