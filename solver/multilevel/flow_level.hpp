#pragma once

#include "solver/multilevel/flow_graph.hpp"

#include <cstdint>
#include <vector>

namespace valleyflux {

/// One level of the hierarchy: a graph, what is known of its stationary law, and its aggregates, which are the nodes
/// of the next coarser level.
struct FlowLevel {
  FlowGraph graph;
  std::vector<double> x;     // nodes: the law per unit of mass, > 0 but where it underflows
  std::vector<double> mass;  // nodes: what of the finest level's law an x of 1 stands for

  std::vector<std::int32_t> aggregate;              // nodes
  std::vector<std::int32_t> member_begin, members;  // aggregates
  std::vector<std::int32_t> coarse_entry;           // entries: that of the coarse graph they add to, -1 inside one

  int axis = 0;        // along which aggregates are looked for first
  int slabs = 0;       // of rows that are relaxed at the same time; 0: one row after the other
  bool twice = false;  // whether a visit makes two cycles
};

}  // namespace valleyflux
