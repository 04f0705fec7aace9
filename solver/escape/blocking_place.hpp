#pragma once

#include "problems/problem.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/escape/killed_process.hpp"

namespace valleyflux {

/// Where the way into a target that is never reached is blocked: among the crossings that stop what the start can
/// reach, the nearest one. process: killed in the target. Throws SolverError where the grid does not meet the target,
/// and where no zero of the noise is in the way: rates underflow then.
template <int Dim>
Point<Dim> blocking_place(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                          const KilledProcess<Dim>& process, const Region<Dim>& target, Index start_state,
                          const Point<Dim>& start);

extern template Point<1> blocking_place(const Problem<1>&, const Discretisation<1>&, const KilledProcess<1>&,
                                        const Region<1>&, Index, const Point<1>&);
extern template Point<2> blocking_place(const Problem<2>&, const Discretisation<2>&, const KilledProcess<2>&,
                                        const Region<2>&, Index, const Point<2>&);

}  // namespace valleyflux
