#pragma once

#include "grids/grid.hpp"
#include "grids/region.hpp"
#include "problems/critical_points.hpp"
#include "problems/drift.hpp"

#include <memory>
#include <vector>

namespace valleyflux {

/// Basins of attraction of the flow dx/dt = F(x) inside a box (projected on reflecting walls).
template <int Dim>
class Basins {
 public:
  /// `minima`: the stable points, in the order that labels count them.
  Basins(Drift drift, Grid<Dim> grid, std::vector<CriticalPoint<Dim>> minima);

  /// Index into `minima` of the point that the flow from x ends in, or -1 (it leaves the box or ends elsewhere).
  int basin_of(const Point<Dim>& x) const;
  /// basin_of every cell centre, found on the grid: flows stop when they reach cells whose label is settled.
  const std::vector<int>& labels() const;
  /// The basin of minima[k] as a region with an exact surface. Copies share the labels.
  Region<Dim> region(int k) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

extern template class Basins<1>;
extern template class Basins<2>;

}  // namespace valleyflux
