#pragma once

#include "solver/level.hpp"
#include "solver/refinement.hpp"
#include "solver/solution.hpp"

namespace valleyflux {

/// Shows what escapes look like on the problem's own grid.
template <int Dim>
void show_escape_fields(const Solution<Dim>& solution, const Refinement<Dim>& grids);

/// Reports the escapes that were solved on grids by all methods asked for: a row each, and the network of valleys, the
/// most probable paths, quasi-potentials and laws of chains. finest: the problem's own grid.
template <int Dim>
void report_escapes(Solution<Dim>& solution, const Refinement<Dim>& grids, const Level<Dim>& finest);

extern template void show_escape_fields(const Solution<1>&, const Refinement<1>&);
extern template void show_escape_fields(const Solution<2>&, const Refinement<2>&);
extern template void report_escapes(Solution<1>&, const Refinement<1>&, const Level<1>&);
extern template void report_escapes(Solution<2>&, const Refinement<2>&, const Level<2>&);

}  // namespace valleyflux
