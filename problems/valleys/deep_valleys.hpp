#pragma once

#include "grids/grid.hpp"
#include "grids/region.hpp"
#include "problems/dynamics/coefficients.hpp"
#include "problems/valleys/critical_points.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace valleyflux {

/// Depth of valleys of tables, which have ripples, where no other one is asked for.
inline constexpr double depth_of_tables = 1.0;

/// The way between two valleys over the lowest place of their common border.
template <int Dim>
struct Pass {
  CriticalPoint<Dim> saddle;  // `degenerate` where no zero of F was found near: then the centre of a lattice cell
  std::array<int, 2> valleys;
};

/// Minima of a landscape that are deeper than the noise, and the parts of the box that belong to them, from the heights
/// on a lattice (the cells of the grid, or parts of them where those are few): ripples cost nothing, and no flow is
/// followed.
///
/// A minimum is kept if the lowest pass from it to a deeper one (its persistence) is at least `depth` times the noise
/// level above it, which is kT of a mobility, else the mean of the eigenvalues of D at the minimum. (Beside a wall it
/// must lie within 50 noise levels of the lowest as well.) So is, however shallow, the most persistent one in each of
/// the regions that are asked for, where none there is deep enough. Others belong to the valley that their lowest pass
/// leads to. Where the heights descend to several kept minima the one that most of the descent leads to has the cell.
/// Those that descend to an absorbing wall belong to none. With a mobility, too, the descent is the steepest one.
template <int Dim>
class DeepValleys {
 public:
  /// The drift must come from a landscape, and depth be positive. Where a cell's height is NaN there is no valley.
  DeepValleys(const Dynamics& dynamics, const Grid<Dim>& grid, double depth,
              const std::vector<Region<Dim>>& asked_for = {});

  /// Lowest first, refined by Newton's method where that leads to a minimum of the same valley, or to the kink that is
  /// one. Others are where the heights are lowest along the walls beside them (see lowest_in_domain), or the centres of
  /// lattice cells: `degenerate`, and `at_wall` beside a wall.
  const std::vector<CriticalPoint<Dim>>& minima() const { return minima_; }
  /// Lowest first; none beside a third valley unless Newton's method finds a saddle there.
  const std::vector<Pass<Dim>>& passes() const { return passes_; }
  /// Minima, then the saddles of the passes, each lowest first.
  std::vector<CriticalPoint<Dim>> points() const;
  /// Minima of the lattice that were not kept.
  std::size_t merged() const { return merged_; }
  /// The valley of the k-th minimum. Copies share the labels.
  Region<Dim> region(int k) const;

 private:
  struct Lattice;
  void find_minima(const Dynamics& dynamics, double depth, const std::vector<Region<Dim>>& asked_for);
  void label_cells(const std::vector<int>& valley_of_minimum);
  void label_beside_walls();
  void find_passes(const Drift& drift);

  std::shared_ptr<Lattice> lattice_;
  std::vector<CriticalPoint<Dim>> minima_;
  std::vector<double> least_depth_;  // of every minimum
  std::vector<Pass<Dim>> passes_;
  std::size_t merged_ = 0;
};

extern template class DeepValleys<1>;
extern template class DeepValleys<2>;

}  // namespace valleyflux
