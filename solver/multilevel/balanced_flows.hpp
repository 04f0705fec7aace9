#pragma once

#include "solver/multilevel/flow_graph.hpp"
#include "solver/multilevel/multilevel_options.hpp"

#include <Eigen/Core>

namespace valleyflux {

struct BalancedFlows {
  Eigen::VectorXd law;   // states: stationary, largest 1; below about 1e-300 it underflows
  double through = 0.0;  // the law times the exit rates, summed: what leaves for the cemetery
  int cycles = 0;
};

/// The stationary law of a graph whose nodes all lead to each other, by cycles until no state above 1e-250 of the
/// largest changes. start: > 0, states. Throws Stalled.
BalancedFlows balance(FlowGraph graph, Eigen::VectorXd start, const MultilevelOptions& options = {});

}  // namespace valleyflux
