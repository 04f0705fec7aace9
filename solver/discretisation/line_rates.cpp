#include "solver/discretisation/line_rates.hpp"

#include "grids/wide.hpp"
#include "grids/wide_functions.hpp"

#include <algorithm>

namespace valleyflux {

namespace {

constexpr Index nodes_together = 512;

/// Two stretches of each of n edges; edge[k * n + p]: number k of edge p, in the order of LineEdge.
struct Join {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(const double* rise, const double* resistance, const double* mass, const double* up,
                                    const double* down, Index n, double* edge) {
    VALLEYFLUX_INDEPENDENT
    for (Index p = 0; p < n; ++p) {
      const Index q = n + p;
      // Densities grow by these factors from one end to the place, and from there to the other end.
      const double before = wide_exp(rise[p]), after = wide_exp(rise[q]);
      const double beyond = before * resistance[q], forward = 1.0 / (resistance[p] + beyond);
      const double backward = before * after * forward;
      edge[p] = forward;
      edge[n + p] = backward;
      edge[2 * n + p] = fused(mass[p], beyond, down[p]) * forward;
      edge[3 * n + p] = down[q] * forward;
      edge[4 * n + p] = up[p] * backward;
      edge[5 * n + p] = fused(resistance[p], mass[q] / before, up[q]) * backward;
    }
  }
};

struct DivideBySums {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(double* a, double* b, double* c, double* d, double* mass, Index n) {
    VALLEYFLUX_INDEPENDENT
    for (Index i = 0; i < n; ++i) {
      const double sum = (a[i] + b[i]) + (c[i] + d[i]), inverse = 1.0 / sum;
      mass[i] = sum;
      a[i] *= inverse;
      b[i] *= inverse;
      c[i] *= inverse;
      d[i] *= inverse;
    }
  }
};

struct ToRates {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(double* conductance, const double* mass, Index n) {
    VALLEYFLUX_INDEPENDENT
    for (Index i = 0; i < n; ++i) conductance[i] /= mass[i];
  }
};

template <typename Work>
void in_blocks(Index all, const Work& work) {
#pragma omp parallel for schedule(static)
  for (Index first = 0; first < all; first += nodes_together) work(first, std::min(nodes_together, all - first));
}

}  // namespace

void join_stretches(const PanelIntegrals& stretches, std::vector<LineEdge>& edges) {
  const Index n = stretches.rise.size() / 2;
  constexpr Index numbers = 6;
  alignas(64) std::array<double, static_cast<std::size_t>(numbers * panel_block)> number;
  run_widest<Join>(stretches.rise.data(), stretches.resistance.data(), stretches.mass.data(), stretches.up.data(),
                   stretches.down.data(), n, number.data());
  edges.clear();
  for (const double* at = number.data(); at != number.data() + n; ++at)
    edges.push_back({at[0], at[n], {at[2 * n], at[3 * n]}, {at[4 * n], at[5 * n]}});
}

void divide_by_sums(NodeParts& parts, Eigen::VectorXd& mass) {
  const Index n = parts.cols();
  mass.resize(n);
  in_blocks(n, [&](Index first, Index count) {
    double* row = parts.data() + first;
    run_widest<DivideBySums>(row, row + n, row + 2 * n, row + 3 * n, mass.data() + first, count);
  });
}

void conductances_to_rates(std::vector<double>& forward, std::vector<double>& backward, const Eigen::VectorXd& mass) {
  const auto edges = static_cast<Index>(forward.size()), joined = std::min(edges, mass.size() - 1);
  in_blocks(edges,
            [&](Index first, Index count) { run_widest<ToRates>(forward.data() + first, mass.data() + first, count); });
  in_blocks(joined, [&](Index first, Index count) {
    run_widest<ToRates>(backward.data() + first, mass.data() + first + 1, count);
  });
  if (joined < edges) run_widest<ToRates>(backward.data() + joined, mass.data(), Index{1});
}

}  // namespace valleyflux
