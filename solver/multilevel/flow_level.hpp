#pragma once

#include "solver/multilevel/flow_graph.hpp"

#include <cstdint>

namespace valleyflux {

/// One level of the hierarchy: a graph, what is known of its stationary law, and its aggregates, which are the nodes
/// of the next coarser level.
struct FlowLevel {
  FlowGraph graph;
  Eigen::VectorXd x;     // nodes: the law per unit of mass, > 0 but where it underflows
  Entries<double> mass;  // nodes: what of the finest level's law an x of 1 stands for; empty: 1
  double outside = 0.0;  // the same of the cemetery: its x ...
  double outside_mass = 1.0;

  Entries<std::int32_t> member_begin, members;  // of aggregates
  Entries<std::uint8_t> coarse_place;           // entries: where in its aggregate's row they add to

  int axis = 0;        // along which aggregates are looked for first
  int slabs = 0;       // of rows that are relaxed at the same time; 0: one row after the other
  bool twice = false;  // whether a visit makes two cycles

  double mass_of(std::int32_t i) const { return mass.size() > 0 ? mass[i] : 1.0; }
};

/// FlowLevel::coarse_place of an entry inside an aggregate.
inline constexpr std::uint8_t inside_aggregate = longest_row;

}  // namespace valleyflux
