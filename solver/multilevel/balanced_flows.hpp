#pragma once

#include "solver/multilevel/flow_graph.hpp"
#include "solver/solver_error.hpp"

#include <Eigen/Core>

#include <functional>

namespace valleyflux {

struct MultilevelOptions {
  double tolerance = 1e-11;  // largest relative change of any state's share by a cycle, twice in a row
  int most_cycles = 80;
  std::function<void(int cycles, double change)> cycled = {};  // told after every cycle; may be empty
};

/// Cycles no longer bring the solution closer, or would take too many.
class Stalled : public SolverError {
 public:
  using SolverError::SolverError;
};

struct BalancedFlows {
  Eigen::VectorXd law;   // states: stationary, largest 1; below about 1e-300 it underflows
  double through = 0.0;  // the law times the exit rates, summed: what leaves for the cemetery
  int cycles = 0;
};

/// The stationary law of a graph whose nodes all lead to each other, by cycles until no state above 1e-250 of the
/// largest changes. start: > 0, states. Throws Stalled.
BalancedFlows balance(FlowGraph graph, const Eigen::VectorXd& exit, const Eigen::VectorXd& start,
                      const MultilevelOptions& options = {});

}  // namespace valleyflux
