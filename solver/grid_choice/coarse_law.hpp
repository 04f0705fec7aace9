#pragma once

#include "grids/grid.hpp"
#include "grids/region.hpp"
#include "problems/dynamics/coefficients.hpp"

#include <Eigen/Core>

#include <optional>
#include <vector>

namespace valleyflux {

/// The stationary law on a grid of few cells, walls reflecting: where probability is, and where next to none.
template <int Dim>
struct CoarseLaw {
  Grid<Dim> grid;
  Eigen::VectorXd log_density;  // cells; minus infinity where it underflows

  /// The largest in each layer of cells across axis k.
  Eigen::VectorXd profile(int k) const;
  /// At the level of which the cells that hold these points are joined by cells of no less density: that of the highest
  /// pass that is needed to get from each to each. That of the largest density where there are fewer than two.
  double joining_level(const std::vector<Point<Dim>>& points) const;
  /// The largest on both sides of a region's border; nothing where the border does not cross the grid.
  std::optional<double> border_level(const Region<Dim>& region) const;
};

/// Boltzmann's law where that is known to be the one. Nothing where there is no such law, or the dynamics are not
/// finite in some cell. Absorbing walls reflect here.
template <int Dim>
std::optional<CoarseLaw<Dim>> coarse_law(const Dynamics& dynamics, const Grid<Dim>& grid);

extern template struct CoarseLaw<1>;
extern template struct CoarseLaw<2>;
extern template std::optional<CoarseLaw<1>> coarse_law(const Dynamics&, const Grid<1>&);
extern template std::optional<CoarseLaw<2>> coarse_law(const Dynamics&, const Grid<2>&);

}  // namespace valleyflux
