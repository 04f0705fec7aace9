#pragma once

#include "solver/discretisation/generator.hpp"

#include <Eigen/Core>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace valleyflux {

/// Loops over more nodes than that are shared among threads.
inline constexpr std::int32_t worth_a_team = 20000;

/// A chain whose states all lead to each other, as a graph: node i takes in rate[k] x_j from neighbour[k] = j, for the
/// entries k = begin[i] ... begin[i + 1] - 1, and gives away outflow[i] x_i. The pattern is symmetric, neighbours
/// ascend. What leaves the chain goes to one more node, the last one (`cemetery`), which gives it back to the sources:
/// the stationary law x of the graph is, up to a factor, the answer to the forward equation.
struct FlowGraph {
  using Position = std::array<std::int32_t, 2>;

  std::vector<std::int32_t> begin, neighbour;
  std::vector<std::int32_t> reverse;  // of entry (i, j): entry (j, i)
  std::vector<double> rate;           // entries
  std::vector<double> outflow;        // nodes
  std::vector<Position> position;     // nodes: integer coordinates
  std::int32_t cemetery = -1;         // -1: nothing leaves

  std::int32_t nodes() const { return static_cast<std::int32_t>(outflow.size()); }
  double from(std::int32_t entry) const { return rate[static_cast<std::size_t>(entry)]; }
  /// The rate of the same pair the other way.
  double back(std::int32_t entry) const {
    return rate[static_cast<std::size_t>(reverse[static_cast<std::size_t>(entry)])];
  }
};

/// Some of a generator's states, by themselves.
struct StateSubset {
  std::vector<std::int32_t> states;  // ascending
  std::vector<std::int32_t> node;    // of every state of the generator, -1 outside
};

/// The graph of a subset's jumps among themselves. exit, source: rates of its nodes to and from the cemetery; both
/// empty: none. weight: invariant weights of the nodes, to reverse the chain in time; empty: as it is. positions:
/// of all states.
FlowGraph flow_graph(const Generator& generator, const StateSubset& subset,
                     const Eigen::Ref<const Eigen::MatrixXi>& positions, const Eigen::VectorXd& exit,
                     const Eigen::VectorXd& source, const Eigen::VectorXd& weight);

/// Fills `reverse`, where the pattern is symmetric and neighbours ascend.
void link_reverse(FlowGraph& graph);
/// Fills `outflow`.
void sum_outflows(FlowGraph& graph);

}  // namespace valleyflux
