#pragma once

#include "problems/problem.hpp"
#include "solver/discretisation/blocked_crossing.hpp"
#include "solver/discretisation/generator.hpp"
#include "solver/discretisation/hat_width.hpp"
#include "solver/discretisation/line_integral.hpp"

#include <vector>

namespace valleyflux {

/// The Fokker-Planck equation of a problem as a Markov jump process on the cells of its grid.
///
/// Two and more dimensions: edges along the Selling offsets of D in lattice units, of weight w = half the sum of the
/// weights that its two ends give it; rates q_ij = w V / (K M_i), q_ji = w exp(-Z(1)) V / (K M_j), with K the edge's
/// integral of exp(-Z) (see edge_integral.hpp), M the cells' masses and V what the ends' widths give to the edge (see
/// hat_width.hpp); where z is no gradient, M = V = 1. Reflecting walls by ghost cells that are eliminated (star-mesh
/// rule), absorbing walls and surfaces cut where they are met.
/// One dimension: q_ij = 1 / (m_i int_i^j D^-alpha exp(Phi - Phi_i) dx) with m_i the mass of cell i at local
/// equilibrium, both integrated adaptively (see line_integral.hpp). Consequences: rates >= 0, exact conservation,
/// second order for smooth coefficients; the stationary law is exp(Z_i) M_i, the Boltzmann law averaged over the hat of
/// each cell, to round-off where the noise is constant and isotropic and the drift a gradient.
template <int Dim>
struct Discretisation {
  Generator generator;                    // over all cells; exit: through absorbing walls
  std::vector<Offset<Dim>> displacement;  // of each edge, in cells (across a periodic end: beyond it)
  Eigen::VectorXd weight;                 // w of each edge; size 0 in 1-D
  LogWidths<Dim> log_width;               // 2-D: log W of each cell along the axes; size 0 in 1-D
  Eigen::VectorXd log_mass;               // 1-D: log m of each cell; size 0 otherwise
  std::vector<BlockedCrossing<Dim>> blocked;
  Index regularised = 0;  // cells whose D was too anisotropic (or zero) for the lattice
};

/// Throws SolverError naming the place if a rate is not finite. Parallel over cells; the result does not depend on the
/// number of threads.
template <int Dim>
Discretisation<Dim> discretise(const Problem<Dim>& problem);

/// Finds the blocked edges of a discretisation and sets their rates to zero (called by `discretise`).
template <int Dim>
void close_blocked_edges(const Problem<Dim>& problem, Discretisation<Dim>& discretisation);

/// The integrator of a one-dimensional problem; the scale of D is its largest value at the cell centres.
LineIntegrator line_integrator(const Problem<1>& problem);

template <>
Discretisation<1> discretise(const Problem<1>& problem);
extern template Discretisation<2> discretise(const Problem<2>&);
extern template void close_blocked_edges(const Problem<1>&, Discretisation<1>&);
extern template void close_blocked_edges(const Problem<2>&, Discretisation<2>&);

}  // namespace valleyflux
