#pragma once

#include "solver/discretisation/lattice_coefficients.hpp"
#include "solver/discretisation/selling.hpp"
#include "solver/discretisation/state_space.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

/// Samples of every state, at the centre of its cell: slopes of the potential and the Selling terms of D, in lattice
/// units.
template <int Dim>
struct CellSamples {
  Eigen::Matrix<double, Dim, Eigen::Dynamic> slope;
  Eigen::VectorXd potential;
  std::vector<SellingTerms<Dim>> terms;
  std::vector<double> smallest;                           // smallest eigenvalue of the lattice tensor
  Eigen::Matrix<double, Dim, Eigen::Dynamic> along_axes;  // how far the terms run along each axis, 0 to 1
  Index regularised = 0, distorted = 0;
};

/// Of the term along an offset; 0 where there is none.
template <int Dim>
double weight_along(const SellingTerms<Dim>& terms, const Offset<Dim>& offset) {
  for (const SellingTerm<Dim>& term : terms)
    if (term.offset == offset) return term.weight;
  return 0.0;
}

/// Throws what the coefficients do. Parallel over cells.
template <int Dim>
CellSamples<Dim> sample_cells(const LatticeSampler<Dim>& sampler, const StateSpace<Dim>& space);

extern template CellSamples<2> sample_cells(const LatticeSampler<2>&, const StateSpace<2>&);

}  // namespace valleyflux
