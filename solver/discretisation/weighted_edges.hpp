#pragma once

#include "solver/discretisation/cell_samples.hpp"
#include "solver/discretisation/hat_width.hpp"
#include "solver/discretisation/wall_exit.hpp"

#include <cstdint>
#include <vector>

namespace valleyflux {

/// One edge before its rates are known.
template <int Dim>
struct WeightedEdge {
  std::int32_t from, to;  // from < to
  Offset<Dim> displacement;
  double weight;
};

/// Edges of all states by their ends, joined over the ghosts beyond reflecting walls, and so that no set of cells is
/// left alone; the ways out through absorbing walls go to `exits`. Parallel over cells; the order does not depend on
/// the number of threads. Throws what the coefficients do.
template <int Dim>
std::vector<WeightedEdge<Dim>> weighted_edges(const LatticeSampler<Dim>& sampler, const StateSpace<Dim>& space,
                                              const CellSamples<Dim>& cells, const LogWidths<Dim>& log_width,
                                              std::vector<WallExit<Dim>>& exits);

extern template std::vector<WeightedEdge<2>> weighted_edges(const LatticeSampler<2>&, const StateSpace<2>&,
                                                            const CellSamples<2>&, const LogWidths<2>&,
                                                            std::vector<WallExit<2>>&);

}  // namespace valleyflux
