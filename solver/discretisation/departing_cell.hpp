#pragma once

#include "problems/problem.hpp"
#include "solver/discretisation/discretise.hpp"

namespace valleyflux {

/// Replaces the rates between the cells of a discretisation by those of the departing-cell form, a check of the edge
/// form that shares only the Selling weights with it:
///   q(x -> x + e_k) = rho_k(x) B(-e_k . D^-1 b), B(s) = s / (exp(s) - 1),
/// with the weights rho_k, the tensor D and the Ito drift b of the departing cell alone, in lattice units (no
/// divergence of D is needed; Scharfetter & Gummel 1969 where D is diagonal). Second order, less accurate than the edge
/// form, and without the exact stationary law. Joints over reflecting walls keep their weights; exits through
/// absorbing walls, cuts by surfaces and blocked edges stay as they are.
template <int Dim>
void use_departing_cell_rates(const Problem<Dim>& problem, Discretisation<Dim>& discretisation);

template <>
void use_departing_cell_rates(const Problem<1>& problem, Discretisation<1>& discretisation);
template <>
void use_departing_cell_rates(const Problem<2>& problem, Discretisation<2>& discretisation);

}  // namespace valleyflux
