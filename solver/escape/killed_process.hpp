#pragma once

#include "solver/discretisation/discretise.hpp"

#include <vector>

namespace valleyflux {

/// Part of a process: the cells that are kept, all others being absorbing. Rates into the absorbing set become exit
/// rates, cut where the edge crosses the set's surface (second order; compare Gibou et al. 2002).
template <int Dim>
struct KilledProcess {
  Generator generator;        // over the kept cells
  std::vector<Index> cells;   // state -> cell
  std::vector<Index> states;  // cell -> state, -1 where not kept
  Eigen::MatrixXi positions;  // Dim x states: coordinates of the cells
  Index trapped = -1;         // a kept cell from which the absorbing set cannot be reached, -1 if there is none
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
