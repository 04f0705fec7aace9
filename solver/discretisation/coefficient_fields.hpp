#pragma once

#include "solver/solution.hpp"

namespace valleyflux {

/// Shows landscape, drift and diffusion at the cell centres.
template <int Dim>
void show_coefficients(const Solution<Dim>& solution);

/// Warns of noise that vanishes, and of what was done about it, and of formulas that switch too often to be followed.
template <int Dim>
void warn_of_coefficients(Solution<Dim>& solution, const Discretisation<Dim>& discretisation);

extern template void show_coefficients(const Solution<1>&);
extern template void show_coefficients(const Solution<2>&);
extern template void warn_of_coefficients(Solution<1>&, const Discretisation<1>&);
extern template void warn_of_coefficients(Solution<2>&, const Discretisation<2>&);

}  // namespace valleyflux
