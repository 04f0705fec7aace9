#pragma once

#include "grids/grid.hpp"
#include "problems/dynamics/coefficients.hpp"
#include "solver/results.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// Text of the polynomial c_0 + x (c_1 + x (...)) in Horner's form, without loss of digits; x: a text itself.
std::string polynomial_text(const std::vector<double>& coefficients, const std::string& x);

/// The same of a polynomial in one or two variables; coefficients(i, j): of u[0]^i u[1]^j.
std::string polynomial_text(const Eigen::MatrixXd& coefficients, const std::vector<std::string>& u);

/// A landscape and the entries of D (dimension x dimension, symmetric) given as expressions, in Ito's form.
Dynamics dynamics_of_texts(int dimension, const std::string& landscape,
                           const std::vector<std::vector<std::string>>& diffusion);

/// Rate at which the whole domain is left through its absorbing ends: quasi_stationary, or mean_first_passage from
/// `start`. Throws as make_problem and solve_problem do.
template <int Dim>
Estimate domain_exit_rate(const Dynamics& dynamics, Grid<Dim> grid, const Point<Dim>& start, const std::string& method);

extern template Estimate domain_exit_rate(const Dynamics&, Grid<1>, const Point<1>&, const std::string&);
extern template Estimate domain_exit_rate(const Dynamics&, Grid<2>, const Point<2>&, const std::string&);

}  // namespace valleyflux
