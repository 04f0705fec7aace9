#include "solver/multilevel/flow_graph.hpp"

#include <numeric>

namespace valleyflux {

namespace {

std::size_t at(std::int32_t index) {
  return static_cast<std::size_t>(index);
}

}  // namespace

FlowGraph flow_graph(const Generator& generator, const StateSubset& subset,
                     const Eigen::Ref<const Eigen::MatrixXi>& positions, const Eigen::VectorXd& exit,
                     const Eigen::VectorXd& source, const Eigen::VectorXd& weight) {
  const auto states = static_cast<std::int32_t>(subset.states.size());
  FlowGraph graph;
  if (exit.size() > 0) graph.cemetery = states;
  const auto nodes = states + (graph.cemetery >= 0 ? 1 : 0);
  const auto linked = [&](std::int32_t i) { return exit[i] > 0 || source[i] > 0; };
  const auto each_edge = [&](const auto& f) {
    for (std::size_t e = 0; e < generator.from.size(); ++e) {
      const std::int32_t i = subset.node[at(generator.from[e])], j = subset.node[at(generator.to[e])];
      if (i >= 0 && j >= 0 && (generator.forward[e] > 0 || generator.backward[e] > 0)) f(i, j, e);
    }
    if (graph.cemetery < 0) return;
    for (std::int32_t i = 0; i < states; ++i)
      if (linked(i)) f(i, states, generator.from.size());
  };
  graph.begin.assign(at(nodes) + 1, 0);
  each_edge([&](std::int32_t i, std::int32_t j, std::size_t) {
    ++graph.begin[at(i) + 1];
    ++graph.begin[at(j) + 1];
  });
  std::partial_sum(graph.begin.begin(), graph.begin.end(), graph.begin.begin());
  const std::size_t entries = at(graph.begin.back());
  graph.neighbour.resize(entries);
  graph.reverse.resize(entries);
  graph.rate.resize(entries);
  // Edges come sorted by their ends, and the cemetery last: neighbours ascend.
  std::vector<std::int32_t> next(graph.begin.begin(), graph.begin.end() - 1);
  each_edge([&](std::int32_t i, std::int32_t j, std::size_t e) {
    const std::int32_t of_i = next[at(i)]++, of_j = next[at(j)]++;
    graph.neighbour[at(of_i)] = j;
    graph.neighbour[at(of_j)] = i;
    graph.reverse[at(of_i)] = of_j;
    graph.reverse[at(of_j)] = of_i;
    double to = 0.0, back = 0.0;  // from i to j, and from j to i
    if (e == generator.from.size()) {
      to = exit[i];
      back = source[i];
    } else if (weight.size() == 0) {
      to = generator.forward[e];
      back = generator.backward[e];
    } else {
      const double ratio = weight[j] / weight[i];
      to = ratio * generator.backward[e];
      back = generator.forward[e] / ratio;
    }
    graph.rate[at(of_i)] = back;
    graph.rate[at(of_j)] = to;
  });
  graph.position.assign(at(nodes), {0, 0});
  for (std::int32_t i = 0; i < states; ++i)
    for (int k = 0; k < static_cast<int>(positions.rows()) && k < 2; ++k)
      graph.position[at(i)][static_cast<std::size_t>(k)] = positions(k, subset.states[at(i)]);
  sum_outflows(graph);
  return graph;
}

void link_reverse(FlowGraph& graph) {
  graph.reverse.resize(graph.neighbour.size());
  // Rows come in ascending order: the k-th that names j is the k-th neighbour of j.
  std::vector<std::int32_t> next(graph.begin.begin(), graph.begin.end() - 1);
  for (std::size_t entry = 0; entry < graph.neighbour.size(); ++entry)
    graph.reverse[entry] = next[at(graph.neighbour[entry])]++;
}

void sum_outflows(FlowGraph& graph) {
  const auto nodes = static_cast<std::int32_t>(graph.begin.size()) - 1;
  graph.outflow.resize(at(nodes));
#pragma omp parallel for schedule(static) if (nodes > worth_a_team)
  for (std::int32_t i = 0; i < nodes; ++i) {
    double sum = 0.0;
    for (std::int32_t k = graph.begin[at(i)]; k < graph.begin[at(i) + 1]; ++k) sum += graph.back(k);
    graph.outflow[at(i)] = sum;
  }
}

}  // namespace valleyflux
