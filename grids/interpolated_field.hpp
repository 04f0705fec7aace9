#pragma once

#include "grids/grid.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// A field known at the cell centres of a grid, linear in every coordinate between them. Between the outermost centres
/// and the walls what lies inwards is continued.
template <int Dim>
class InterpolatedField {
 public:
  /// values: one for each cell of `grid`.
  InterpolatedField(Grid<Dim> grid, Eigen::VectorXd values);

  const Grid<Dim>& grid() const { return grid_; }
  Eigen::VectorXd& values() { return values_; }
  double operator()(const Point<Dim>& x) const;

 private:
  Grid<Dim> grid_;
  Eigen::VectorXd values_;
};

/// Gives the cells outside the domain that lie beside it the value of a cell inside, so that a field can be
/// interpolated up to its walls.
template <int Dim>
void continue_beyond_domain(const Grid<Dim>& grid, Eigen::VectorXd& values);

extern template void continue_beyond_domain(const Grid<1>&, Eigen::VectorXd&);
extern template void continue_beyond_domain(const Grid<2>&, Eigen::VectorXd&);
extern template class InterpolatedField<1>;
extern template class InterpolatedField<2>;

}  // namespace valleyflux
