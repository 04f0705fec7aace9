#pragma once

#include "grids/grid.hpp"
#include "solver/discretisation/lattice_coefficients.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>

namespace valleyflux {

/// Masses of cells in the plane. Along a grid line through a cell's centre, exp(Z), Z counted from the centre, is the
/// density at equilibrium, and phi the harmonic hat: 1 at the centre, 0 at the next centres, with exp(-Z) phi'
/// constant between. int phi exp(Z) dt is the cell's width along the line, in cells: 1 for any constant slope,
/// 1 - O(h^2) in a well. W_k is the width along axis k to the power of the part that D's terms along it have in D (1
/// for a diagonal D, 0 where offsets are long and the lattice is dense across them) and of the part of the slope that
/// is a gradient. A cell holds the mass M = prod W_k, in units of exp(Z) of its centre, an edge along axis k carries
/// the geometric mean of its ends' M / W_k, another one 1. Where D is diagonal and Z separates along the axes, passage
/// times are exact on any grid; everywhere the change is of second order in h.
template <int Dim>
using LogWidths = Eigen::Matrix<double, Dim, Eigen::Dynamic>;  // log W along each axis, by cell

/// Logarithm of what a cell of these widths (a column of LogWidths) gives to the edge along `step`. An edge across the
/// axes follows the mass where that is off by more than a factor e: no cell must freeze.
template <int Dim>
double log_transverse(const Eigen::Ref<const Point<Dim>>& log_width, const Offset<Dim>& step) {
  const double log_mass = log_width.sum();
  for (int k = 0; k < Dim; ++k)
    if (step.cwiseAbs().sum() == std::abs(step[k])) return log_mass - log_width[k];
  return std::copysign(std::max(std::abs(log_mass) - 1.0, 0.0), log_mass);
}

/// rate * exp(log_factor), where the product is in range though a factor is not.
double scaled(double rate, double log_factor);

/// The wall that the segment from cell `at` along `step` meets first: fraction of the segment, and what it does.
struct WallHit {
  double fraction;
  Boundary boundary;
  int axis;
  bool upper;
};

template <int Dim>
WallHit first_wall(const Grid<Dim>& grid, const Offset<Dim>& at, const Offset<Dim>& step);

/// Logarithm of the half of W on the side of `step`, in units of the step. Up to a reflecting wall the hat stays 1. To
/// an absorbing wall it falls as to a neighbour, and counts as long as half a cell: without a slope the cell keeps its
/// volume, so that its density is what it holds divided by that.
template <int Dim>
double log_half_width(const LatticeSampler<Dim>& sampler, const Grid<Dim>& grid, const Offset<Dim>& at,
                      const Offset<Dim>& step);

extern template WallHit first_wall(const Grid<2>&, const Offset<2>&, const Offset<2>&);
extern template double log_half_width(const LatticeSampler<2>&, const Grid<2>&, const Offset<2>&, const Offset<2>&);

}  // namespace valleyflux
