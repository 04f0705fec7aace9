#pragma once

#include "grids/grid.hpp"
#include "grids/region.hpp"
#include "problems/dynamics/coefficients.hpp"
#include "problems/valleys/critical_points.hpp"

#include <optional>

namespace valleyflux {

/// Half the width, in cells, that a core in the plane has at least: wherever it lies it then holds a cell's centre.
inline constexpr double least_core_radius = 0.75;

/// Covariance of the local equilibrium around a minimum, in units of cells; nothing where it does not exist.
template <int Dim>
std::optional<Tensor<Dim>> local_covariance(const Dynamics& dynamics, const Grid<Dim>& grid,
                                            const CriticalPoint<Dim>& minimum);

/// Core of a valley around its minimum a: the ellipsoid (x-a)^T S^-1 (x-a) <= 1 of the local equilibrium's
/// covariance S (J S + S J^T + 2 D(a) = 0, J the Jacobian of F at a); in the plane grown in directions in which it
/// would reach less than 0.75 cells, so that it holds a cell's centre. It never reaches beyond the valley. Around a
/// degenerate minimum: 0.75 cells in every direction; around a kinked one as far as L rises by D along each axis.
/// Beside missing data, where all centres of cells in it may lie beyond them: the valley's nearest cell.
template <int Dim>
Region<Dim> default_core(const Dynamics& dynamics, const Grid<Dim>& grid, const CriticalPoint<Dim>& minimum,
                         const Region<Dim>& valley);

extern template Region<1> default_core(const Dynamics&, const Grid<1>&, const CriticalPoint<1>&, const Region<1>&);
extern template Region<2> default_core(const Dynamics&, const Grid<2>&, const CriticalPoint<2>&, const Region<2>&);
extern template std::optional<Tensor<1>> local_covariance(const Dynamics&, const Grid<1>&, const CriticalPoint<1>&);
extern template std::optional<Tensor<2>> local_covariance(const Dynamics&, const Grid<2>&, const CriticalPoint<2>&);

}  // namespace valleyflux
