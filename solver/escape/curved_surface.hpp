#pragma once

#include "solver/escape/killed_process.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// By how much, relative, a mean time changes where a surface that curves moves to the states beside it, a part of a
/// cell; 0 where none does. Edges are cut where they meet the surface, and by how much such a scheme errs depends on
/// how the surface happens to lie between the cells: errors of second order still, whose factor jumps from grid to grid
/// by a third or so, where along a straight line it evens out (measured: GridConvergence). visits: mean time spent in
/// each kept state, from the start on; time: mean time to absorption from each of them; total: from the start. The
/// surface counts where probability leaves through it (Hadamard's formula): of its pieces those that move the total by
/// a hundredth of what the largest does. It curves if they are farther than a tenth of a cell from one line.
template <int Dim>
double felt_of_curved_surface(const Grid<Dim>& grid, const KilledProcess<Dim>& process, const Eigen::VectorXd& visits,
                              const Eigen::VectorXd& time, double total);

template <>
double felt_of_curved_surface(const Grid<1>&, const KilledProcess<1>&, const Eigen::VectorXd&, const Eigen::VectorXd&,
                              double);
template <>
double felt_of_curved_surface(const Grid<2>& grid, const KilledProcess<2>& process, const Eigen::VectorXd& visits,
                              const Eigen::VectorXd& time, double total);

}  // namespace valleyflux
