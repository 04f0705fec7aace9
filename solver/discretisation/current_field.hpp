#pragma once

#include "grids/grid.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

/// Current density at the cell centres, gathered from the currents of edges: half of an edge's current times its length
/// belongs to each of its ends.
template <int Dim>
class CurrentField {
 public:
  explicit CurrentField(const Grid<Dim>& grid);

  /// Half of the current `flow` (probability per time) along the displacement `along`, to `cell`.
  void add(Index cell, const Point<Dim>& along, double flow);
  /// By axis, over the cells: probability per time and per cross-section.
  std::vector<Eigen::VectorXd> density() const;

 private:
  Eigen::VectorXd volume_;
  std::vector<Eigen::VectorXd> moment_;
};

extern template class CurrentField<1>;
extern template class CurrentField<2>;

}  // namespace valleyflux
