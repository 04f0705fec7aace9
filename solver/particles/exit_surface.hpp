#pragma once

#include "grids/grid.hpp"
#include "grids/region.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

/// Signed distance to the surface of a target set, positive outside it; absorbing walls of the grid are part of the
/// target. Known at the cell centres of a grid, exactly but for the curvature of the surface within a cell (the surface
/// is located on the edges between centres by bisection, and is straight in between), and interpolated linearly: the
/// error is of second order in h. Farther from the surface than `reach` only that much is known.
template <int Dim>
class ExitSurface {
 public:
  /// reach > 0, in the unit of the coordinates: distances up to it are right.
  ExitSurface(const Grid<Dim>& grid, const Region<Dim>& target, double reach);

  /// Distance at x, a point of the box (periodic axes wrapped); at least `reach` or at most -reach far away.
  double distance(const Point<Dim>& x) const;
  /// Unit vector away from the target, by which the distance grows.
  Point<Dim> normal(const Point<Dim>& x) const;
  double reach() const { return reach_; }

 private:
  /// The cell centre below x in every direction and how far beyond it x is, in cells.
  struct Place {
    Offset<Dim> low;
    Point<Dim> fraction;
  };
  Place place(const Point<Dim>& x) const;
  double at(const Offset<Dim>& cell) const;

  Grid<Dim> grid_;
  double reach_;
  Eigen::VectorXd distance_;  // cells
};

extern template class ExitSurface<1>;
extern template class ExitSurface<2>;

}  // namespace valleyflux
