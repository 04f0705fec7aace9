#pragma once

#include "solver/evolution/evolve.hpp"
#include "solver/solution.hpp"

#include <Eigen/Core>
#include <Eigen/SparseCore>

#include <vector>

namespace valleyflux {

/// What the grid makes of an evolving density, told by the same evolution on two coarser grids: their densities and the
/// problem's own are compared, frame by frame, in the cells of a grid that is coarser still.
template <int Dim>
class DensityOnGrids {
 public:
  /// Evolves on both. half, quarter: the problem with half and with a quarter of the cells of each axis. Throws what
  /// the evolution throws.
  DensityOnGrids(const Solution<Dim>& solution, const Level<Dim>& half, const Level<Dim>& quarter);

  /// For the time integration of the problem's own grid: a tenth of what that grid is expected to be off by at the
  /// frame where that is least, in all. stepper: not automatic.
  double tolerance(Stepper stepper) const;

  /// Of a frame of the problem's own grid (0 for the start): how far off its density is, in L1, and the probability of
  /// any valley. From the differences d1 to half the cells and d2 of half and a quarter, which are of second order:
  /// 2 d1 / 3 where they show at least the order 3/2, that is twice the error itself, max(d1, d2 / 3) above 5/2, where
  /// errors may cross zero, and 3 max(d1, d2) otherwise (docs/numerics.md).
  double error(long frame, const Eigen::VectorXd& cell_probability, const Eigen::VectorXd& valley_probability) const;

 private:
  /// A density as the grids have it in common.
  struct Frame {
    Eigen::VectorXd cells, valleys;  // probabilities
    double distance(const Frame& other) const;
  };
  Frame shared(const Grid<Dim>& grid, const Eigen::VectorXd& cells, const Eigen::VectorXd& valleys) const;
  std::vector<Frame> evolved(const Solution<Dim>& solution, const Level<Dim>& level) const;

  Grid<Dim> own_, common_;
  std::vector<Frame> half_;
  std::vector<double> change_;  // from a quarter to half
};

extern template class DensityOnGrids<1>;
extern template class DensityOnGrids<2>;

}  // namespace valleyflux
