#pragma once

#include "problems/problem.hpp"
#include "solver/discretisation/discretise.hpp"

#include <Eigen/Core>

#include <functional>
#include <vector>

namespace valleyflux {

/// Probabilities (sum 1) to start an evolution from.

/// A valley's local equilibrium: the stationary law, over the states, of the process that is reflected at the valley's
/// boundary. labels: valley of every state. States that nothing joins to the others, as the grid meets them in tongues
/// thinner than a cell, have no part in it where they are fewer than one in a hundred. Throws SolverError if the
/// valley's states do not hang together otherwise.
template <int Dim>
Eigen::VectorXd local_equilibrium(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                  const std::vector<int>& labels, int valley);

/// Over the cells: a Gaussian with independent coordinates, integrated over every cell and cut off at the walls
/// (wrapped on periodic axes). Throws std::invalid_argument if less than a millionth of it lies in the domain.
template <int Dim>
Eigen::VectorXd gaussian(const Grid<Dim>& grid, const std::vector<double>& mean, const std::vector<double>& sd);

/// Over the cells: a density given at their centres, up to a factor. Throws std::invalid_argument naming the place if
/// it is negative or not finite there, or zero everywhere.
template <int Dim>
Eigen::VectorXd from_density(const Grid<Dim>& grid, const std::function<double(const Point<Dim>&)>& density);

extern template Eigen::VectorXd local_equilibrium(const Problem<1>&, const Discretisation<1>&, const std::vector<int>&,
                                                  int);
extern template Eigen::VectorXd local_equilibrium(const Problem<2>&, const Discretisation<2>&, const std::vector<int>&,
                                                  int);
extern template Eigen::VectorXd gaussian(const Grid<1>&, const std::vector<double>&, const std::vector<double>&);
extern template Eigen::VectorXd gaussian(const Grid<2>&, const std::vector<double>&, const std::vector<double>&);
extern template Eigen::VectorXd from_density(const Grid<1>&, const std::function<double(const Point<1>&)>&);
extern template Eigen::VectorXd from_density(const Grid<2>&, const std::function<double(const Point<2>&)>&);

}  // namespace valleyflux
