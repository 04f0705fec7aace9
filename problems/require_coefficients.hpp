#pragma once

#include "problems/problem.hpp"

namespace valleyflux {

/// Dimensions of drift and diffusion are the grid's, and the box lies where the landscape is defined, wrapping only as
/// that does. Throws ProblemError.
template <int Dim>
void require_fit(const Dynamics& dynamics, const Grid<Dim>& grid);

/// Largest eigenvalue of D over the cells. Throws ProblemError where L, F or D is not finite or D has a negative
/// eigenvalue, and where D is nothing but zero.
template <int Dim>
double require_samples(const Dynamics& dynamics, const Grid<Dim>& grid);

/// Drift and noise are the same at all times, as everything needs that does not take a time: sample_coefficients and
/// discretise alone do. Throws ProblemError naming what depends on time.
void require_autonomous(const Dynamics& dynamics);
void require_autonomous(const Landscape& landscape);

extern template void require_fit(const Dynamics&, const Grid<1>&);
extern template void require_fit(const Dynamics&, const Grid<2>&);
extern template double require_samples(const Dynamics&, const Grid<1>&);
extern template double require_samples(const Dynamics&, const Grid<2>&);

}  // namespace valleyflux
