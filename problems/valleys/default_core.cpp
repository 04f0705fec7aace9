#include "problems/valleys/default_core.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/valleys/eigen_decomposition.hpp"
#include "problems/valleys/kinks.hpp"
#include "problems/valleys/lyapunov.hpp"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

/// Cell sizes around a point.
template <int Dim>
Point<Dim> cell_size_at(const Grid<Dim>& grid, const Point<Dim>& x) {
  Point<Dim> size;
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid.axis(k);
    size[k] = axis.spacing() * axis.stretch(axis.lattice_of(x[k]));
  }
  return size;
}

/// The cell of a valley that lies nearest to a point, in units of cells.
template <int Dim>
Region<Dim> nearest_cell(const Grid<Dim>& grid, const Region<Dim>& valley, const Point<Dim>& x) {
  std::vector<char> inside = valley.cells(grid);
  const Point<Dim> size = cell_size_at<Dim>(grid, x);
  Index nearest = -1;
  double least = std::numeric_limits<double>::infinity();
  for (Index cell = 0; cell < grid.cells(); ++cell) {
    if (!inside[static_cast<std::size_t>(cell)]) continue;
    const double distance = grid.difference(grid.centre(cell), x).cwiseQuotient(size).norm();
    if (distance < least) {
      least = distance;
      nearest = cell;
    }
  }
  for (Index cell = 0; cell < grid.cells(); ++cell) inside[static_cast<std::size_t>(cell)] = cell == nearest;
  return Region<Dim>(grid, std::move(inside));
}

}  // namespace

template <int Dim>
std::optional<Tensor<Dim>> local_covariance(const Dynamics& dynamics, const Grid<Dim>& grid,
                                            const CriticalPoint<Dim>& minimum) {
  if (minimum.degenerate) return std::nullopt;
  DiffusionSamples diffusion;
  dynamics.diffusion->sample(minimum.position, false, diffusion);
  const Tensor<Dim> tensor = diffusion.tensor.col(0).reshaped(Dim, Dim);
  const Point<Dim> cell = cell_size_at<Dim>(grid, minimum.position);
  const Tensor<Dim> to_cells = cell.cwiseInverse().asDiagonal(), from_cells = cell.asDiagonal();
  return solve_lyapunov<Dim>(-(to_cells * minimum.hessian * from_cells), 2.0 * (to_cells * tensor * to_cells));
}

template <int Dim>
Region<Dim> default_core(const Dynamics& dynamics, const Grid<Dim>& grid, const CriticalPoint<Dim>& minimum,
                         const Region<Dim>& valley) {
  constexpr double smallest = least_core_radius * least_core_radius;
  // On the line surfaces are nodes: a core may be smaller than any cell.
  constexpr double least = Dim == 1 ? 0.0 : smallest;
  Tensor<Dim> shape = smallest * Tensor<Dim>::Identity();  // in units of cells
  if (Dim == 1 && minimum.at_wall) {
    // The density falls by a factor e over D / |F|.
    DiffusionSamples diffusion;
    dynamics.diffusion->sample(minimum.position, false, diffusion);
    Eigen::MatrixXd force;
    dynamics.drift.sample(minimum.position, force);
    const double reach =
        diffusion.tensor(0, 0) / (std::abs(force(0, 0)) * cell_size_at<Dim>(grid, minimum.position)[0]);
    if (reach > 0) shape(0, 0) = reach * reach;
  } else if (minimum.kinked) {
    constexpr double close = 0.01;  // cells
    const Point<Dim> cell = cell_size_at<Dim>(grid, minimum.position);
    const Point<Dim> reach =
        kink_width<Dim>(dynamics.drift, *dynamics.diffusion, minimum.position, close * cell).cwiseQuotient(cell);
    if (reach.allFinite() && reach.minCoeff() > 0) shape = reach.cwiseAbs2().cwiseMax(least).asDiagonal();
  } else if (const auto covariance = local_covariance<Dim>(dynamics, grid, minimum)) {
    const EigenDecomposition eigen = symmetric_eigen(*covariance);
    shape = with_eigenvalues(eigen, eigen.values.cwiseMax(least));
  }
  const Tensor<Dim> to_cells = cell_size_at<Dim>(grid, minimum.position).cwiseInverse().asDiagonal();
  const Tensor<Dim> metric = to_cells * shape.inverse() * to_cells;
  Region<Dim> core([metric, grid, centre = minimum.position, valley](const Point<Dim>& x) {
    const Point<Dim> offset = grid.difference(x, centre);
    return offset.dot(metric * offset) <= 1.0 && valley.contains(x);
  });
  if (Dim > 1 && minimum.at_wall) {
    const std::vector<char> inside = core.cells(grid);
    if (std::all_of(inside.begin(), inside.end(), [](char held) { return held == 0; }))
      return nearest_cell<Dim>(grid, valley, minimum.position);
  }
  return core;
}

template Region<1> default_core(const Dynamics&, const Grid<1>&, const CriticalPoint<1>&, const Region<1>&);
template Region<2> default_core(const Dynamics&, const Grid<2>&, const CriticalPoint<2>&, const Region<2>&);
template std::optional<Tensor<1>> local_covariance(const Dynamics&, const Grid<1>&, const CriticalPoint<1>&);
template std::optional<Tensor<2>> local_covariance(const Dynamics&, const Grid<2>&, const CriticalPoint<2>&);

}  // namespace valleyflux
