#pragma once

#include "solver/discretisation/collocated_panels.hpp"
#include "solver/discretisation/state_space.hpp"

#include <Eigen/Core>

#include <array>
#include <vector>

namespace valleyflux {

/// From integrals over stretches of the line to rates between its nodes, for many of them at once.

/// An edge between two nodes.
struct LineEdge {
  double forward = 0.0, backward = 0.0;  // 1 / int s', relative to the first and to the last node
  // What it adds to the masses of the two nodes, each relative to its own, before and after the place that divides it.
  std::array<double, 2> first{}, last{};
};

/// Edges of two stretches each: the first half of the stretches (panel_block in all at the most) lead to the places
/// that divide the edges, the second half on from there.
void join_stretches(const PanelIntegrals& stretches, std::vector<LineEdge>& edges);

/// Masses become parts of 1, their sums go to `mass`. Parallel.
void divide_by_sums(NodeParts& parts, Eigen::VectorXd& mass);

/// Conductances of edges, each between a node and the next (of the last one the first), become rates. Parallel.
void conductances_to_rates(std::vector<double>& forward, std::vector<double>& backward, const Eigen::VectorXd& mass);

}  // namespace valleyflux
