#pragma once

#include "grids/grid.hpp"
#include "problems/dynamics/coefficients.hpp"
#include "solver/results.hpp"

#include <string>

namespace valleyflux {

/// Rate at which the whole domain is left through its absorbing ends: quasi_stationary, or mean_first_passage from
/// `start`. Throws as make_problem and solve_problem do.
template <int Dim>
Estimate domain_exit_rate(const Dynamics& dynamics, Grid<Dim> grid, const Point<Dim>& start, const std::string& method);

extern template Estimate domain_exit_rate(const Dynamics&, Grid<1>, const Point<1>&, const std::string&);
extern template Estimate domain_exit_rate(const Dynamics&, Grid<2>, const Point<2>&, const std::string&);

}  // namespace valleyflux
