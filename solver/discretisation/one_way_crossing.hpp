#pragma once

#include "solver/discretisation/discretise.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace valleyflux {

/// Whether the other direction of a blocked edge is passed. The two of an edge that is not stand side by side.
template <int Dim>
bool passed_one_way(const std::vector<BlockedCrossing<Dim>>& crossings, std::size_t k) {
  const bool before = k > 0 && crossings[k - 1].edge == crossings[k].edge;
  const bool after = k + 1 < crossings.size() && crossings[k + 1].edge == crossings[k].edge;
  return !before && !after;
}

/// That direction in words: "to larger x"; in the plane "one way".
template <int Dim>
std::string way_across(const Grid<Dim>& grid, const Discretisation<Dim>& discretisation, std::size_t crossing) {
  if (Dim > 1) return "one way";
  const BlockedCrossing<Dim>& blocked = discretisation.blocked[crossing];
  const bool larger = (discretisation.along(blocked.edge)[0] > 0) != blocked.forward;
  return (larger ? "to larger " : "to smaller ") + grid.axis(0).name();
}

}  // namespace valleyflux
