#pragma once

#include "solver/multilevel/flow_graph.hpp"

#include <cstdint>
#include <vector>

namespace valleyflux {

/// Nodes of a graph in groups, which are the nodes of the next coarser one.
struct Aggregates {
  Entries<std::int32_t> of;  // nodes
  std::int32_t count = 0;
  std::vector<FlowGraph::Position> position;  // aggregates
  int axis = 0;                               // along which the next ones are to be looked for first
};

/// Pairs of nodes that exchange the most for what flows through them at x: neighbours along the lattice direction of
/// the strongest exchange, beginning with `axis` among equals, whose coordinates halve to the same number; where that
/// leaves too many, greedily by strength. Integer coordinates are changed to a basis that holds the direction.
Aggregates aggregate(FlowGraph& graph, const Eigen::VectorXd& x, int axis);

}  // namespace valleyflux
