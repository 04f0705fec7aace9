#pragma once

#include "grids/grid.hpp"
#include "grids/region.hpp"
#include "problems/dynamics/drift.hpp"
#include "problems/valleys/critical_points.hpp"

#include <memory>
#include <vector>

namespace valleyflux {

/// Basins of attraction of the flow dx/dt = F(x) inside a box (projected on reflecting walls). On the line they end at
/// the unstable zeros of F. In the plane they are labelled on the grid by following the flow, and the curves that flow
/// into the saddles (see separatrix.hpp) tell sides where basins meet, to about 1e-10 of a cell.
template <int Dim>
class Basins {
 public:
  /// `critical_points`: all zeros of F in the box; labels count the stable ones (index 0) in their order. Throws
  /// std::invalid_argument, saying where, when flows or curves have not ended after a hundred times the usual steps.
  Basins(Drift drift, Grid<Dim> grid, const std::vector<CriticalPoint<Dim>>& critical_points);

  /// Number of the stable point that the flow from x ends in, or -1 (it leaves the box or ends elsewhere). Thread-safe.
  int basin_of(const Point<Dim>& x) const;
  /// The basin of every cell centre.
  const std::vector<int>& labels() const;
  /// The basin of the k-th stable point as a region with an exact surface. Copies share the labels.
  Region<Dim> region(int k) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

extern template class Basins<1>;
extern template class Basins<2>;

}  // namespace valleyflux
