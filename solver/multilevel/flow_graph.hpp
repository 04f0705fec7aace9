#pragma once

#include "solver/discretisation/jumps_by_state.hpp"

#include <Eigen/Core>

#include <array>
#include <cstdint>
#include <vector>

namespace valleyflux {

/// Loops over more nodes than that are shared among threads.
inline constexpr std::int32_t worth_a_team = 20000;

/// Numbers that nobody has set yet: memory is first touched by the thread that fills it.
template <class T>
using Entries = Eigen::Array<T, Eigen::Dynamic, 1>;

/// A chain whose states all lead to each other, as a graph: node i takes in rate[k] x_j from neighbour[k] = j, for the
/// entries k = begin[i] ... begin[i + 1] - 1, and gives away outflow[i] x_i. The pattern is symmetric, neighbours
/// ascend. What leaves the chain goes to one more node, the cemetery, which is in no row and gives it back to the
/// sources: the stationary law x of the graph is, up to a factor, the answer to the forward equation.
struct FlowGraph {
  using Position = std::array<std::int32_t, 2>;

  Entries<std::int32_t> begin, neighbour;
  Entries<std::uint8_t> place;     // of entry (i, j): where (j, i) stands in the row of j
  Entries<double> rate;            // entries
  Eigen::VectorXd exit, source;    // nodes: rates to the cemetery and from it; empty: nothing leaves
  Entries<double> outflow;         // nodes, the exit included
  double returning = 0.0;          // what flows out of the cemetery: the sum of the sources
  std::vector<Position> position;  // nodes: integer coordinates

  std::int32_t nodes() const { return static_cast<std::int32_t>(outflow.size()); }
  bool leaves() const { return exit.size() > 0; }
  std::int32_t reverse(std::int32_t entry) const { return begin[neighbour[entry]] + place[entry]; }
  /// The rate of an entry's pair the other way.
  double back(std::int32_t entry) const { return rate[reverse(entry)]; }
};

/// A row has no more entries than that: `place` and FlowLevel::coarse_place tell one from this many.
inline constexpr std::int32_t longest_row = 255;

/// Some of a generator's states, by themselves.
struct StateSubset {
  std::vector<std::int32_t> states;  // ascending
  std::vector<std::int32_t> node;    // of every state of the generator, -1 outside
};

/// The graph of a subset's jumps among themselves. exit, source: rates of its nodes to and from the cemetery; both
/// empty: none. weight: invariant weights of the nodes, to reverse the chain in time; empty: as it is. positions:
/// of all states. Throws Stalled where a row is too long.
FlowGraph flow_graph(const JumpsByState& jumps, const StateSubset& subset,
                     const Eigen::Ref<const Eigen::MatrixXi>& positions, Eigen::VectorXd exit, Eigen::VectorXd source,
                     const Eigen::VectorXd& weight);

/// Turns lengths of rows, in begin[i + 1], into their ends. Throws Stalled where one is too long.
void end_rows(Entries<std::int32_t>& begin);
/// Fills `place`, where the pattern is symmetric and neighbours ascend.
void find_places(FlowGraph& graph);
/// Fills `outflow` and `returning`.
void sum_outflows(FlowGraph& graph);

/// Sum of f(0) ... f(count - 1), in an order that does not depend on the number of threads.
template <class F>
double sum_in_order(std::int64_t count, const F& f) {
  constexpr int blocks = 64;
  std::array<double, blocks> sums{};
#pragma omp parallel for schedule(static) if (count > worth_a_team)
  for (int b = 0; b < blocks; ++b) {
    double sum = 0.0;
    for (std::int64_t i = b * count / blocks; i < (b + 1) * count / blocks; ++i) sum += f(i);
    sums[static_cast<std::size_t>(b)] = sum;
  }
  double total = 0.0;
  for (const double sum : sums) total += sum;
  return total;
}

}  // namespace valleyflux
