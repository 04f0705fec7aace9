#pragma once

#include "problems/problem.hpp"
#include "solver/discretisation/generator.hpp"
#include "tools/benchmarks/suite/chain.hpp"

#include <Eigen/Core>

#include <string>

/// What is measured, discretised by the library. In the plane L = (x^2 - 1)^2 + y^2 + x y / 2 on [-2.2, 2.2] x [-2, 2],
/// on the line L = (x^2 - 1)^2 on [-2.2, 2.2]: two valleys near -1 and 1, a barrier of about 1 apart.
namespace suite {

valleyflux::Problem<1> double_well_on_line(double noise, const valleyflux::Axis& axis);

/// Mean times of all n x n cells into the disc of radius 1/4 around the right valley's minimum, the barrier being
/// so many kT.
Chain passage_chain(int n, double barrier);
/// From a Gaussian in the left valley (mean (-1, 1/4), 0.2 wide) to t = 10, at D = 0.2.
Chain density_chain(int n);
/// The slowest relaxation at D = 0.2.
Chain eigenvalue_chain(int n);
/// As density_chain, on n cells of the line.
Chain line_chain(int n);

/// Probabilities of n cells at t = 10, from a Gaussian around the left minimum, on the line or, with L = (x^2 - 1)^2 +
/// y^2, of n x n cells in the plane, where they are products: from 64 times as fine cells.
std::vector<double> cells_on_line(int n);
std::vector<double> cells_in_plane(int n);

/// What the library's solvers take.
valleyflux::Generator generator_of(const Chain& chain);
Eigen::MatrixXi positions_of(const Chain& chain);

}  // namespace suite
