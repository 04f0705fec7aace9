#pragma once

#include "solver/escape/killed_process.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// Whether a mean time depends on a surface that curves. Edges are cut where they meet the surface, and by how much
/// such a scheme errs depends on how the surface happens to lie between the cells: errors of second order still, whose
/// factor jumps from grid to grid by a third or so, where along a straight line it evens out (measured:
/// GridConvergence). visits: mean time spent in each kept state, from the start on; time: mean time to absorption from
/// each of them; total: from the start. The surface counts where probability leaves through it (Hadamard's formula): as
/// a whole, if moving it by a cell would change the total by more than a hundredth; piece by piece, where that is a
/// hundredth of the largest piece's. It curves if those pieces are farther than a tenth of a cell from one line.
template <int Dim>
bool feels_curved_surface(const Grid<Dim>& grid, const KilledProcess<Dim>& process, const Eigen::VectorXd& visits,
                          const Eigen::VectorXd& time, double total);

template <>
bool feels_curved_surface(const Grid<1>&, const KilledProcess<1>&, const Eigen::VectorXd&, const Eigen::VectorXd&,
                          double);
template <>
bool feels_curved_surface(const Grid<2>& grid, const KilledProcess<2>& process, const Eigen::VectorXd& visits,
                          const Eigen::VectorXd& time, double total);

}  // namespace valleyflux
