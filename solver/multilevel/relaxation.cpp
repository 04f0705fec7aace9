#include "solver/multilevel/relaxation.hpp"

#include <cstdint>

namespace valleyflux {

namespace {

constexpr int slab_count = 16;

std::size_t row(std::int32_t node) {
  return static_cast<std::size_t>(node);
}

/// First row of a slab.
std::int32_t slab_begin(std::int32_t nodes, int slab) {
  return static_cast<std::int32_t>((static_cast<std::int64_t>(slab) * nodes + slab_count - 1) / slab_count);
}

int slab_of(std::int32_t nodes, std::int32_t node) {
  return static_cast<int>(static_cast<std::int64_t>(node) * slab_count / nodes);
}

void relax_node(const FlowGraph& graph, std::vector<double>& x, std::int32_t i) {
  double inflow = 0.0;
  for (std::int32_t k = graph.begin[row(i)]; k < graph.begin[row(i) + 1]; ++k)
    inflow += graph.rate[row(k)] * x[row(graph.neighbour[row(k)])];
  if (graph.outflow[row(i)] > 0) x[row(i)] = inflow / graph.outflow[row(i)];
}

void relax_rows(FlowLevel& level, std::int32_t begin, std::int32_t end, std::int32_t left_out, Sweep sweep) {
  if (sweep == Sweep::forwards) {
    for (std::int32_t i = begin; i < end; ++i)
      if (i != left_out) relax_node(level.graph, level.x, i);
  } else {
    for (std::int32_t i = end - 1; i >= begin; --i)
      if (i != left_out) relax_node(level.graph, level.x, i);
  }
}

}  // namespace

void relax(FlowLevel& level, Sweep sweep) {
  const std::int32_t nodes = level.graph.nodes(), cemetery = level.graph.cemetery;
  if (level.slabs == 0) {
    relax_rows(level, 0, nodes, -1, sweep);
    return;
  }
  for (const int half : {0, 1}) {
    const int first = sweep == Sweep::forwards ? half : 1 - half;
#pragma omp parallel for schedule(static, 1)
    for (int slab = first; slab < slab_count; slab += 2)
      relax_rows(level, slab_begin(nodes, slab), slab_begin(nodes, slab + 1), cemetery, sweep);
  }
  if (cemetery >= 0) relax_node(level.graph, level.x, cemetery);
}

void find_slabs(FlowLevel& level) {
  const FlowGraph& graph = level.graph;
  const std::int32_t nodes = graph.nodes();
  constexpr std::int32_t large = 20000;
  level.slabs = 0;
  if (nodes < large) return;
  for (std::int32_t i = 0; i < nodes; ++i) {
    if (i == graph.cemetery) continue;
    const int slab = slab_of(nodes, i);
    for (std::int32_t k = graph.begin[row(i)]; k < graph.begin[row(i) + 1]; ++k) {
      const std::int32_t j = graph.neighbour[row(k)];
      if (j == graph.cemetery) continue;
      const int other = slab_of(nodes, j);
      if (other != slab && (other - slab) % 2 == 0) return;
    }
  }
  level.slabs = slab_count;
}

}  // namespace valleyflux
