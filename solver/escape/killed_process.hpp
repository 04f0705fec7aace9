#pragma once

#include "solver/discretisation/discretise.hpp"

#include <vector>

namespace valleyflux {

/// An edge from a kept cell that the absorbing set's surface cuts.
template <int Dim>
struct SurfaceCut {
  Index state;             // that it leaves
  Index beyond;            // the cell at its other end (kept itself where a long edge leads across the set)
  Point<Dim> arrival;      // a point on it that lies in the set
  double fraction;         // of the edge, at which the surface is met
  double exit;             // its part of the state's exit rate
  double outward, inward;  // rates of the whole edge, uncut, from the state and back
};

/// Part of a process: the cells that are kept, all others being absorbing. Rates into the absorbing set become exit
/// rates, cut where the edge crosses the set's surface (second order; compare Gibou et al. 2002).
template <int Dim>
struct KilledProcess {
  Generator generator;        // over the kept cells
  std::vector<Index> cells;   // state -> cell
  std::vector<Index> states;  // cell -> state, -1 where not kept
  Eigen::MatrixXi positions;  // Dim x states: coordinates of the cells
  std::vector<SurfaceCut<Dim>> cuts;
  Eigen::VectorXd share;  // of a cell's probability that its state stands for: on the line the volumes of cut cells
                          // end half-way to the surface, in the plane their hats end at it
  Index trapped = -1;     // a kept cell from which the absorbing set cannot be reached, -1 if there is none
};

/// The process killed on entering `target`, restricted to the cells that it can reach from `start` (all cells outside
/// the target if negative). Edges longer than a cell are also asked whether they cross the target on their way.
/// Throws SolverError if `start` lies in the target or no cell is left.
template <int Dim>
KilledProcess<Dim> killed_process(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                  const Region<Dim>& target, Index start = -1);

extern template KilledProcess<1> killed_process(const Problem<1>&, const Discretisation<1>&, const Region<1>&, Index);
extern template KilledProcess<2> killed_process(const Problem<2>&, const Discretisation<2>&, const Region<2>&, Index);

}  // namespace valleyflux
