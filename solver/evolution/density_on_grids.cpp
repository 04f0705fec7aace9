#include "solver/evolution/density_on_grids.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace valleyflux {

namespace {

constexpr double round_off = 1e-12;

/// The grid in whose cells densities are compared: a quarter of the cells of each axis, or fewer where frames are many.
template <int Dim>
Grid<Dim> comparing_grid(const Grid<Dim>& grid, long frames) {
  constexpr double most_values = 1 << 23;  // that are kept of all frames
  for (Index factor = 4;; factor *= 2) {
    const Grid<Dim> common = grid.coarsened(factor);
    const Grid<Dim> next = grid.coarsened(2 * factor);
    if (static_cast<double>(common.cells()) * static_cast<double>(frames + 1) <= most_values ||
        next.cells() == common.cells())
      return common;
  }
}

/// Probabilities of an axis' cells from those of another one over the same stretch (to x from). Cells that the edges of
/// new ones cut are divided by the parabola through them and their neighbours, which a wall mirrors.
Eigen::SparseMatrix<double> redistribution(const Axis& to, const Axis& from) {
  const Index cells = from.cells();
  const auto neighbour = [&](Index i) {
    if (from.periodic()) return (i + cells) % cells;
    return std::clamp<Index>(i, 0, cells - 1);
  };
  std::vector<Eigen::Triplet<double>> entries;
  const auto add = [&](Index row, Index column, double part) {
    if (row >= 0 && row < to.cells())
      entries.emplace_back(static_cast<int>(row), static_cast<int>(neighbour(column)), part);
  };
  Index at = 0;  // of the cells of `from`, the one that holds the upper edge of the new cell
  for (Index row = 0; row < to.cells(); ++row) {
    const double end =
        row + 1 == to.cells() ? static_cast<double>(cells) : from.cell_coordinate(to.edge(row + 1)) + 0.5;
    for (; at < cells && static_cast<double>(at + 1) <= end; ++at) add(row, at, 1.0);
    const double part = end - static_cast<double>(at);
    constexpr double negligible = 1e-9;
    if (at == cells || part < negligible) continue;
    // What lies below the edge moves from the next new cell, which takes the whole, to this one.
    const double before = part * (part - 1.0) * (part - 2.0) / 6.0, after = part * (part * part - 1.0) / 6.0;
    for (const auto& [column, share] :
         {std::pair{at - 1, before}, std::pair{at, 0.5 * part * (part + 1.0) * (2.0 - part) + after},
          std::pair{at + 1, after}}) {
      add(row, column, share);
      add(row + 1, column, -share);
    }
  }
  Eigen::SparseMatrix<double> result(to.cells(), cells);
  result.setFromTriplets(entries.begin(), entries.end());
  return result;
}

template <int Dim>
Eigen::VectorXd over_cells_of(const Grid<Dim>& to, const Grid<Dim>& from, const Eigen::VectorXd& probability) {
  const Eigen::SparseMatrix<double> along = redistribution(to.axis(0), from.axis(0));
  if constexpr (Dim == 1) {
    return along * probability;
  } else {
    const Eigen::MatrixXd columns = along * probability.reshaped(from.axis(0).cells(), from.axis(1).cells());
    return (columns * redistribution(to.axis(1), from.axis(1)).transpose()).reshaped();
  }
}

}  // namespace

template <int Dim>
double DensityOnGrids<Dim>::Frame::distance(const Frame& other) const {
  const double valley = valleys.size() > 0 ? (valleys - other.valleys).template lpNorm<Eigen::Infinity>() : 0.0;
  return std::max({(cells - other.cells).template lpNorm<1>(), valley, round_off});
}

template <int Dim>
DensityOnGrids<Dim>::DensityOnGrids(const Solution<Dim>& solution, const Level<Dim>& half, const Level<Dim>& quarter)
    : own_(solution.problem.grid), common_(comparing_grid<Dim>(own_, solution.request.evolve->frames)) {
  half_ = evolved(solution, half);
  const std::vector<Frame> coarsest = evolved(solution, quarter);
  for (std::size_t k = 0; k < half_.size(); ++k) change_.push_back(half_[k].distance(coarsest[k]));
}

template <int Dim>
auto DensityOnGrids<Dim>::shared(const Grid<Dim>& grid, const Eigen::VectorXd& cells,
                                 const Eigen::VectorXd& valleys) const -> Frame {
  return {over_cells_of<Dim>(common_, grid, cells), valleys};
}

template <int Dim>
auto DensityOnGrids<Dim>::evolved(const Solution<Dim>& solution, const Level<Dim>& level) const -> std::vector<Frame> {
  EvolveOptions options = *solution.request.evolve;
  constexpr double tight = Dim == 1 ? 1e-8 : 1e-6;  // far below what such grids are off by
  options.stepper = Stepper::automatic;
  options.tolerance = tight;
  const Discretisation<Dim>& discretisation = level.discretisation;
  std::vector<Frame> frames;
  evolve(discretisation.generator, *order_of(level), solution.request.initial(discretisation, level.labels),
         level.parts, options, [&](const EvolutionFrame& frame) {
           solution.progress(frame.time / options.until, "density on a coarser grid");
           frames.push_back(shared(level.problem.grid, discretisation.space.cell_probabilities(frame.probability),
                                   frame.valley_probability));
         });
  return frames;
}

template <int Dim>
double DensityOnGrids<Dim>::tolerance(Stepper stepper) const {
  constexpr double of_second_order = 1.0 / 12.0;  // of the change from a quarter to half of the cells: the own grid's
  constexpr double share = 0.1;
  constexpr double tightest = 1e-10, loosest = 1e-4, of_spaces = 1e-6;
  const double wanted = share * of_second_order * *std::min_element(change_.begin() + 1, change_.end());
  // A looser tolerance saves a space no more than a few vectors, and what is negative beyond round-off ends it early.
  if (stepper == Stepper::exponential) return std::clamp(wanted, tightest, of_spaces);
  // Errors of steps of third order add up to the power 2/3 of the tolerance: to about 1e-4 where that is 1e-6.
  constexpr double of_steps = 1e-8;  // tighter ones take too many
  return std::clamp(1e-6 * std::pow(wanted / 1e-4, 1.5), of_steps, loosest);
}

template <int Dim>
double DensityOnGrids<Dim>::error(long frame, const Eigen::VectorXd& cell_probability,
                                  const Eigen::VectorXd& valley_probability) const {
  const auto k = static_cast<std::size_t>(frame);
  const double d1 = shared(own_, cell_probability, valley_probability).distance(half_[k]), d2 = change_[k];
  const double order = std::log2(d2 / d1);
  if (order > 2.5) return std::max(d1, d2 / 3.0);
  if (order >= 1.5) return 2.0 / 3.0 * d1;
  return 3.0 * std::max(d1, d2);
}

template class DensityOnGrids<1>;
template class DensityOnGrids<2>;

}  // namespace valleyflux
