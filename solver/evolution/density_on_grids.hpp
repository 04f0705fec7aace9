#pragma once

#include "solver/evolution/evolve.hpp"
#include "solver/solution.hpp"

#include <Eigen/Core>
#include <Eigen/SparseCore>

#include <array>
#include <functional>
#include <vector>

namespace valleyflux {

/// What the grid makes of an evolving density, told by the same evolution on two coarser grids: their densities and the
/// problem's own are compared, frame by frame, in the cells of the coarser one of two.
template <int Dim>
class DensityOnGrids {
 public:
  /// Evolves on both. half, quarter: the problem with half and with a quarter of the cells of each axis. Throws what
  /// the evolution throws.
  DensityOnGrids(const Solution<Dim>& solution, const Level<Dim>& half, const Level<Dim>& quarter);

  /// For the time integration of the problem's own grid: what makes it a tenth of what that grid is expected to be off
  /// by, at the frame where that is least. stepper: not automatic.
  double tolerance(Stepper stepper) const;

  /// Of a frame of the problem's own grid (0 for the start): how far off the probabilities of its cells are, in L1.
  /// From the differences d1 to half the cells and d2 of half and a quarter, which are of second order: 2 d1 / 3 where
  /// they show at least the order 3/2, that is twice the error itself, max(d1, d2 / 3) above 5/2, where errors may
  /// cross zero, and 3 max(d1, d2) otherwise, or where a quarter of the cells hardly sees the density
  /// (docs/numerics.md).
  double error(long frame, const Eigen::VectorXd& probability) const;

 private:
  void evolve_on(const Solution<Dim>& solution, const Level<Dim>& level,
                 const std::function<void(const Eigen::VectorXd&)>& take) const;

  Grid<Dim> own_;
  // By axis: to the cells in which the own density and that of half the cells are compared.
  std::array<Eigen::SparseMatrix<double>, Dim> to_common_;
  std::vector<Eigen::VectorXd> half_;  // by frame: there
  std::vector<double> change_;         // by frame: from a quarter to half
  std::vector<char> resolved_;         // by frame: whether a quarter of the cells sees the density
};

extern template class DensityOnGrids<1>;
extern template class DensityOnGrids<2>;

}  // namespace valleyflux
