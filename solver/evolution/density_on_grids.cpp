#include "solver/evolution/density_on_grids.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace valleyflux {

namespace {

constexpr double round_off = 1e-12;

/// The grid in whose cells densities are compared: a `factor`-th of the cells of each axis, or fewer where frames are
/// many.
template <int Dim>
Grid<Dim> comparing_grid(const Grid<Dim>& grid, Index factor, long frames) {
  constexpr double most_values = 1 << 23;  // that are kept of all frames
  for (;; factor *= 2) {
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
std::array<Eigen::SparseMatrix<double>, Dim> redistributions(const Grid<Dim>& to, const Grid<Dim>& from) {
  std::array<Eigen::SparseMatrix<double>, Dim> along;
  for (int k = 0; k < Dim; ++k) along[static_cast<std::size_t>(k)] = redistribution(to.axis(k), from.axis(k));
  return along;
}

/// The same of all axes, one after the other.
template <std::size_t Dim>
Eigen::VectorXd redistributed(const std::array<Eigen::SparseMatrix<double>, Dim>& along,
                              const Eigen::VectorXd& probability) {
  if constexpr (Dim == 1) {
    return along[0] * probability;
  } else {
    const Eigen::MatrixXd columns = along[0] * probability.reshaped(along[0].cols(), along[1].cols());
    return (columns * along[1].transpose()).reshaped();
  }
}

/// How much a density bends from cell to cell, along the axis where it does most: about (cells / s)^2 of a Gaussian of
/// standard deviation s.
template <int Dim>
double roughness(const Grid<Dim>& grid, const Eigen::VectorXd& probability) {
  double most = 0.0;
  Index stride = 1;
  for (int k = 0; k < Dim; ++k) {
    const Index cells = grid.axis(k).cells();
    double sum = 0.0;
    for (Index cell = 0; cell < probability.size(); ++cell) {
      const Index at = cell / stride % cells;
      if (at == 0 || at + 1 == cells) continue;
      sum += std::abs(probability[cell - stride] - 2.0 * probability[cell] + probability[cell + stride]);
    }
    most = std::max(most, sum);
    stride *= cells;
  }
  return most;
}

double distance(const Eigen::VectorXd& one, const Eigen::VectorXd& other) {
  return std::max((one - other).lpNorm<1>(), round_off);
}

}  // namespace

template <int Dim>
DensityOnGrids<Dim>::DensityOnGrids(const Solution<Dim>& solution, const Level<Dim>& half, const Level<Dim>& quarter)
    : own_(solution.problem.grid) {
  const Grid<Dim> common = comparing_grid<Dim>(own_, 2, solution.request.evolve->frames),
                  coarsest = comparing_grid<Dim>(own_, 4, solution.request.evolve->frames);
  to_common_ = redistributions<Dim>(common, own_);
  const auto quarter_to_coarsest = redistributions<Dim>(coarsest, quarter.problem.grid),
             half_to_coarsest = redistributions<Dim>(coarsest, half.problem.grid),
             half_to_common = redistributions<Dim>(common, half.problem.grid);
  std::vector<Eigen::VectorXd> coarse;
  evolve_on(solution, quarter, [&](const Eigen::VectorXd& cells) {
    constexpr double bent = 0.5;
    resolved_.push_back(roughness<Dim>(quarter.problem.grid, cells) < bent ? 1 : 0);
    coarse.push_back(redistributed(quarter_to_coarsest, cells));
  });
  evolve_on(solution, half, [&](const Eigen::VectorXd& cells) {
    change_.push_back(distance(redistributed(half_to_coarsest, cells), coarse[half_.size()]));
    half_.push_back(redistributed(half_to_common, cells));
  });
}

template <int Dim>
void DensityOnGrids<Dim>::evolve_on(const Solution<Dim>& solution, const Level<Dim>& level,
                                    const std::function<void(const Eigen::VectorXd&)>& take) const {
  EvolveOptions options = *solution.request.evolve;
  constexpr double tight = Dim == 1 ? 1e-8 : 1e-6;  // far below what such grids are off by
  options.stepper = Stepper::automatic;
  options.tolerance = tight;
  const Discretisation<Dim>& discretisation = level.discretisation;
  evolve(discretisation.generator, *order_of(level), solution.request.initial(discretisation, level.labels),
         level.parts, options, [&](const EvolutionFrame& frame) {
           solution.progress(frame.time / options.until, "density on a coarser grid");
           take(discretisation.space.cell_probabilities(frame.probability));
         });
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
double DensityOnGrids<Dim>::error(long frame, const Eigen::VectorXd& probability) const {
  const auto k = static_cast<std::size_t>(frame);
  const double d1 = distance(redistributed(to_common_, probability), half_[k]), d2 = change_[k];
  const double order = std::log2(d2 / d1);
  if (resolved_[k] && order > 2.5) return std::max(d1, d2 / 3.0);
  if (resolved_[k] && order >= 1.5) return 2.0 / 3.0 * d1;
  // Of what lies in one cell or two grids may agree by accident.
  const double unseen = resolved_[k] ? 0.0 : 0.4 * roughness<Dim>(own_, probability);
  return std::max({3.0 * d1, 3.0 * d2, unseen});
}

template class DensityOnGrids<1>;
template class DensityOnGrids<2>;

}  // namespace valleyflux
