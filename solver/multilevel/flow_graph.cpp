#include "solver/multilevel/flow_graph.hpp"

#include "solver/multilevel/multilevel_options.hpp"

#include <algorithm>
#include <utility>

namespace valleyflux {

FlowGraph flow_graph(const JumpsByState& jumps, const StateSubset& subset,
                     const Eigen::Ref<const Eigen::MatrixXi>& positions, Eigen::VectorXd exit, Eigen::VectorXd source,
                     const Eigen::VectorXd& weight) {
  const auto nodes = static_cast<std::int32_t>(subset.states.size());
  const auto state_of = [&](std::int32_t i) { return subset.states[static_cast<std::size_t>(i)]; };
  /// f(neighbour, rate to it, rate back), neighbours descending: edges come sorted by their ends, the last ones first.
  const auto each_jump = [&](std::int32_t i, const auto& f) {
    jumps.each(state_of(i), [&](std::int32_t other, double to, double back) {
      const std::int32_t j = subset.node[static_cast<std::size_t>(other)];
      if (j >= 0 && (to > 0 || back > 0)) f(j, to, back);
    });
  };
  FlowGraph graph;
  graph.begin.resize(nodes + 1);
  graph.begin[0] = 0;
#pragma omp parallel for schedule(static) if (nodes > worth_a_team)
  for (std::int32_t i = 0; i < nodes; ++i) {
    std::int32_t count = 0;
    each_jump(i, [&](std::int32_t, double, double) { ++count; });
    graph.begin[i + 1] = count;
  }
  end_rows(graph.begin);
  graph.neighbour.resize(graph.begin[nodes]);
  graph.rate.resize(graph.begin[nodes]);
  graph.position.assign(subset.states.size(), {0, 0});
#pragma omp parallel for schedule(static) if (nodes > worth_a_team)
  for (std::int32_t i = 0; i < nodes; ++i) {
    std::int32_t k = graph.begin[i + 1];
    each_jump(i, [&](std::int32_t j, double to, double back) {
      graph.neighbour[--k] = j;
      graph.rate[k] = weight.size() == 0 ? back : to / (weight[j] / weight[i]);
    });
    for (Index axis = 0; axis < std::min<Index>(positions.rows(), 2); ++axis)
      graph.position[static_cast<std::size_t>(i)][static_cast<std::size_t>(axis)] = positions(axis, state_of(i));
  }
  find_places(graph);
  graph.exit = std::move(exit);
  graph.source = std::move(source);
  sum_outflows(graph);
  return graph;
}

void end_rows(Entries<std::int32_t>& begin) {
  std::int32_t longest = 0;
  for (Index i = 1; i < begin.size(); ++i) {
    longest = std::max(longest, begin[i]);
    begin[i] += begin[i - 1];
  }
  if (longest > longest_row) throw Stalled("too many states are neighbours of one for the multilevel solver");
}

void find_places(FlowGraph& graph) {
  const auto nodes = static_cast<std::int32_t>(graph.begin.size()) - 1;
  graph.place.resize(graph.neighbour.size());
#pragma omp parallel for schedule(static) if (nodes > worth_a_team)
  for (std::int32_t i = 0; i < nodes; ++i)
    for (std::int32_t k = graph.begin[i]; k < graph.begin[i + 1]; ++k) {
      const std::int32_t *row = &graph.neighbour[graph.begin[graph.neighbour[k]]], *found = row;
      while (*found != i) ++found;
      graph.place[k] = static_cast<std::uint8_t>(found - row);
    }
}

void sum_outflows(FlowGraph& graph) {
  const auto nodes = static_cast<std::int32_t>(graph.begin.size()) - 1;
  graph.outflow.resize(nodes);
#pragma omp parallel for schedule(static) if (nodes > worth_a_team)
  for (std::int32_t i = 0; i < nodes; ++i) {
    double sum = graph.leaves() ? graph.exit[i] : 0.0;
    for (std::int32_t k = graph.begin[i]; k < graph.begin[i + 1]; ++k) sum += graph.back(k);
    graph.outflow[i] = sum;
  }
  if (graph.leaves()) graph.returning = sum_in_order(nodes, [&](std::int64_t i) { return graph.source[i]; });
}

}  // namespace valleyflux
