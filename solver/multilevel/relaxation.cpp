#include "solver/multilevel/relaxation.hpp"

#include <omp.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace valleyflux {

namespace {

constexpr int slab_count = 16;

/// First row of a slab.
std::int32_t slab_begin(std::int32_t nodes, int slab) {
  return static_cast<std::int32_t>((static_cast<std::int64_t>(slab) * nodes + slab_count - 1) / slab_count);
}

int slab_of(std::int32_t nodes, std::int32_t node) {
  return static_cast<int>(static_cast<std::int64_t>(node) * slab_count / nodes);
}

/// Rows begin ... end - 1, in either order.
struct Rows {
  std::int32_t begin = 0, end = 0;
};

/// Relaxes node by node, those of `count` ranges in turn: one waits for the node before it, but not for another
/// range's. left: what then leaves each range for the cemetery.
template <std::size_t count, bool leaves>
void relax_rows(FlowLevel& level, const std::array<Rows, count>& ranges, Sweep sweep, double* left) {
  const FlowGraph& graph = level.graph;
  const std::int32_t *begin = graph.begin.data(), *neighbour = graph.neighbour.data();
  const double *rate = graph.rate.data(), *outflow = graph.outflow.data();
  const double *exit = graph.exit.data(), *source = graph.source.data(), outside = level.outside;
  double* const x = level.x.data();
  std::array<double, count> leaving{};
  std::int32_t longest = 0;
  for (const Rows& rows : ranges) longest = std::max(longest, rows.end - rows.begin);
  for (std::int32_t n = 0; n < longest; ++n)
    for (std::size_t r = 0; r < count; ++r) {
      const std::int32_t i = sweep == Sweep::forwards ? ranges[r].begin + n : ranges[r].end - 1 - n;
      if (i < ranges[r].begin || i >= ranges[r].end) continue;
      double inflow = leaves ? source[i] * outside : 0.0;
      for (std::int32_t k = begin[i]; k < begin[i + 1]; ++k) inflow += rate[k] * x[neighbour[k]];
      if (outflow[i] > 0) x[i] = inflow / outflow[i];
      if (leaves) leaving[r] += exit[i] * x[i];
    }
  std::copy(leaving.begin(), leaving.end(), left);
}

/// Every second slab from `first` on, `count` of them by each thread.
template <std::size_t count, bool leaves>
void relax_half(FlowLevel& level, int first, Sweep sweep, std::array<double, slab_count / 2>& left) {
  const std::int32_t nodes = level.graph.nodes();
#pragma omp parallel for schedule(static)
  for (int group = 0; group < slab_count / 2; group += static_cast<int>(count)) {
    std::array<Rows, count> ranges;
    for (std::size_t r = 0; r < count; ++r) {
      const int slab = first + 2 * (group + static_cast<int>(r));
      ranges[r] = {slab_begin(nodes, slab), slab_begin(nodes, slab + 1)};
    }
    relax_rows<count, leaves>(level, ranges, sweep, &left[static_cast<std::size_t>(group)]);
  }
}

template <bool leaves>
void relax_nodes(FlowLevel& level, Sweep sweep) {
  double leaving = 0.0;
  if (level.slabs == 0) {
    relax_rows<1, leaves>(level, {Rows{0, level.graph.nodes()}}, sweep, &leaving);
  } else {
    const int threads = omp_get_max_threads();
    for (const int half : {0, 1}) {
      const int first = sweep == Sweep::forwards ? half : 1 - half;
      std::array<double, slab_count / 2> left;
      if (threads <= 2)
        relax_half<4, leaves>(level, first, sweep, left);
      else if (threads <= 4)
        relax_half<2, leaves>(level, first, sweep, left);
      else
        relax_half<1, leaves>(level, first, sweep, left);
      for (const double of_slab : left) leaving += of_slab;
    }
  }
  if (leaves && level.graph.returning > 0) level.outside = leaving / level.graph.returning;
}

}  // namespace

void relax(FlowLevel& level, Sweep sweep) {
  if (level.graph.leaves())
    relax_nodes<true>(level, sweep);
  else
    relax_nodes<false>(level, sweep);
}

void find_slabs(FlowLevel& level) {
  const FlowGraph& graph = level.graph;
  const std::int32_t nodes = graph.nodes();
  constexpr std::int32_t large = 20000;
  level.slabs = 0;
  if (nodes < large) return;
  bool touching = false;
#pragma omp parallel for schedule(static) reduction(|| : touching)
  for (std::int32_t i = 0; i < nodes; ++i) {
    const int slab = slab_of(nodes, i);
    for (std::int32_t k = graph.begin[i]; k < graph.begin[i + 1]; ++k) {
      const int other = slab_of(nodes, graph.neighbour[k]);
      touching = touching || (other != slab && (other - slab) % 2 == 0);
    }
  }
  if (!touching) level.slabs = slab_count;
}

}  // namespace valleyflux
