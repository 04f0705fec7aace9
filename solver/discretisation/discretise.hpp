#pragma once

#include "problems/problem.hpp"
#include "solver/discretisation/blocked_crossing.hpp"
#include "solver/discretisation/generator.hpp"
#include "solver/discretisation/hat_width.hpp"
#include "solver/discretisation/state_space.hpp"
#include "solver/discretisation/wall_exit.hpp"

#include <vector>

namespace valleyflux {

/// The Fokker-Planck equation of a problem as a Markov jump process.
///
/// Two and more dimensions: states are the cells; edges along the Selling offsets of D in lattice units, of weight w =
/// half the sum of the weights that its two ends give it; rates q_ij = w V / (K M_i), q_ji = w exp(-Z(1)) V / (K M_j),
/// with K the edge's integral of exp(-Z) (see edge_integral.hpp), M the cells' masses and V what the ends' widths give
/// to the edge (see hat_width.hpp); where z is no gradient, M = V = 1. Reflecting walls by ghost cells that are
/// eliminated (star-mesh rule), absorbing walls and surfaces cut where they are met. One dimension: states are nodes
/// (state_space.hpp); with the scale density s' and the speed density 1 / (D s') of line_integral.hpp, conductances c =
/// 1 / int s' over the edges and masses m_i = int phi_i / (D s'), phi_i the hat that is harmonic on its edges (rises as
/// int s' from 0 to 1), rates q_ij = c / m_i. Mean first-passage times, committors and splitting probabilities are then
/// exact at the nodes of any grid (Green's function is a sum of hats), and no steep slope holds anything back: the rate
/// downhill tends to F / h. Consequences: rates >= 0, exact conservation, second order for smooth coefficients; the
/// stationary law is the Boltzmann law, averaged over the hat of each state, to round-off where the noise is constant
/// and isotropic and the drift a gradient.
template <int Dim>
struct Discretisation {
  StateSpace<Dim> space;
  Generator generator{};                    // over all states; exit: through absorbing walls
  std::vector<Offset<Dim>> displacement{};  // plane: of each edge, in cells (across a periodic end: beyond it)
  Eigen::VectorXd weight{};                 // plane: w of each edge
  LogWidths<Dim> log_width{};               // plane: log W of each cell along the axes
  std::vector<WallExit<Dim>> exits{};       // whose rates add up to generator.exit
  std::vector<BlockedCrossing<Dim>> blocked{};
  bool switches_missed = false;  // line: formulas may switch at more places than were found (line_breaks.hpp)
  Index regularised = 0;         // cells whose D was too anisotropic (or zero) for the lattice
  Index distorted = 0;           // those of them whose D is far from degenerate: another problem is solved
  double raise = 1.0;            // by which degenerate noise was raised more than it had to be
  double time = 0.0;             // of drift and noise

  /// From one end of an edge to the other (across a periodic end: beyond it).
  Point<Dim> along(Index edge) const;
};

/// Throws SolverError naming the place if a rate is not finite, or if the coefficients of a line vary too fast for any
/// quadrature. Parallel over cells; the result does not depend on the number of threads. raise: see LatticeSampler; on
/// the line noise is never raised. time: of drift and noise where they depend on it, in the unit of the case; rates are
/// then those of the process that stays as it is at that moment. The line's nodes at minima and surfaces are those of
/// the problem (made at time 0).
template <int Dim>
Discretisation<Dim> discretise(const Problem<Dim>& problem, double raise = 1.0, double time = 0.0);

/// On the line: with further regions, whose surfaces become nodes as those of the problem's valleys and cores do.
Discretisation<1> discretise(const Problem<1>& problem, const std::vector<Region<1>>& surfaces, double time = 0.0);

template <>
Discretisation<1> discretise(const Problem<1>& problem, double raise, double time);
extern template struct Discretisation<1>;
extern template struct Discretisation<2>;
extern template Discretisation<2> discretise(const Problem<2>&, double, double);

}  // namespace valleyflux
