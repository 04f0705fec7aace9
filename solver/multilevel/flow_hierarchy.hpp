#pragma once

#include "solver/multilevel/coarse_flows.hpp"
#include "solver/multilevel/flow_level.hpp"

#include <vector>

namespace valleyflux {

/// A law that a cycle changed by more, relative, is grouped anew: groups of a law that is far off may be blind to what
/// is missing.
inline constexpr double far_off = 0.75;

/// Levels of a graph from fine to coarse, and the cycle over them that corrects the stationary law by factors: flows
/// of the current law make the coarse chains, whose laws say how much larger that of each aggregate is to be. No
/// difference is ever taken but that of the two flows of a pair, so that improbable states are as right as the others.
/// (Horton & Leutenegger 1994, with coarse exchange that conducts in series.)
class FlowHierarchy {
 public:
  /// start: > 0, of all nodes.
  FlowHierarchy(FlowGraph graph, Eigen::VectorXd start);

  /// Groups the nodes anew, by the flows of the law as it is now.
  void regroup() { regroup_from(0); }
  /// Brings the law nearer by cycles over coarse levels alone, which cost little, from the coarsest up.
  void approach();
  /// One cycle. Every second one leaves the coarse exchange as it is: that alone converges on some rough landscapes.
  void cycle();
  /// More visits of the coarse levels from now on; false if there are as many as there can be.
  bool visit_coarse_levels_more_often();

  Eigen::VectorXd& law() { return levels_.front().x; }
  const Eigen::VectorXd& law() const { return levels_.front().x; }
  /// The law times the exit rates, summed.
  double through() const;
  void rescale(double factor);

 private:
  void regroup_from(std::size_t level);
  void cycle_from(std::size_t level, bool in_series);
  void correct(std::size_t level);
  void settle(std::size_t level, int most);
  void mark_visited_twice();

  std::vector<FlowLevel> levels_;
  Entries<float> resistance_;  // of entries of the level that is made, for a moment
  double fewer_ = 3.5;         // times as few nodes as the last level that is visited twice has the next one
  long cycles_ = 0;
};

}  // namespace valleyflux
