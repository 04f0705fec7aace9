#include "problems/problem.hpp"

#include "problems/basins.hpp"
#include "problems/lyapunov.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace valleyflux {

namespace {

template <int Dim>
std::string shown(const Grid<Dim>& grid, const Point<Dim>& x) {
  std::vector<std::string> parts;
  for (int k = 0; k < Dim; ++k) parts.push_back(fmt::format("{} = {:.6g}", grid.axis(k).name(), x[k]));
  return fmt::format("{}", fmt::join(parts, ", "));
}

template <int Dim>
void require_domain(const Landscape& landscape, const Grid<Dim>& grid) {
  const auto domain = landscape.domain();
  if (!domain) return;
  for (int k = 0; k < Dim; ++k) {
    const auto& side = domain->axes.at(static_cast<std::size_t>(k));
    const Axis& axis = grid.axis(k);
    const double room = 1e-9 * (side.max - side.min);
    if (!side.periodic && (axis.min() < side.min - room || axis.max() > side.max + room))
      throw std::invalid_argument(fmt::format("grid.{} reaches from {} to {}, the landscape's data from {} to {}",
                                              axis.name(), axis.min(), axis.max(), side.min, side.max));
    if (axis.periodic() && (!side.periodic || std::abs((axis.max() - axis.min()) - (side.max - side.min)) > room))
      throw std::invalid_argument(
          fmt::format("grid.{} cannot be periodic from {} to {}: the landscape's data {}", axis.name(), axis.min(),
                      axis.max(), side.periodic ? fmt::format("have the period {}", side.max - side.min) : "are not"));
  }
}

/// What is wrong with the samples of a block of points; empty if nothing is.
template <int Dim>
std::string complaint(const Dynamics& dynamics, const Grid<Dim>& grid, const Eigen::MatrixXd& points) {
  if (const auto& landscape = dynamics.drift.landscape()) {
    FieldSamples field;
    landscape->sample(points, 0, field);
    for (Index p = 0; p < points.cols(); ++p)
      if (!std::isfinite(field.value[p]))
        return fmt::format("the landscape is not finite ({}) at {}", field.value[p], shown<Dim>(grid, points.col(p)));
  }
  Eigen::MatrixXd force;
  dynamics.drift.sample(points, force);
  DiffusionSamples diffusion;
  dynamics.diffusion->sample(points, false, diffusion);
  for (Index p = 0; p < points.cols(); ++p) {
    const std::string place = shown<Dim>(grid, points.col(p));
    if (!force.col(p).allFinite()) return fmt::format("the drift is not finite at {}", place);
    if (!diffusion.tensor.col(p).allFinite()) return fmt::format("the diffusion D is not finite at {}", place);
    const Tensor<Dim> tensor = Eigen::Map<const Tensor<Dim>>(diffusion.tensor.col(p).data());
    double smallest = tensor(0, 0);
    if constexpr (Dim > 1) {
      Eigen::SelfAdjointEigenSolver<Tensor<Dim>> eigen;
      smallest = eigen.computeDirect(tensor, Eigen::EigenvaluesOnly).eigenvalues()[0];
    }
    if (smallest < -1e-12 * tensor.cwiseAbs().maxCoeff())
      return fmt::format("the diffusion D has the negative eigenvalue {:.6g} at {}", smallest, place);
  }
  return "";
}

template <int Dim>
void require_samples(const Dynamics& dynamics, const Grid<Dim>& grid) {
  constexpr Index block = 256;
  const Index blocks = (grid.cells() + block - 1) / block;
  std::vector<std::string> complaints(static_cast<std::size_t>(blocks));
#pragma omp parallel for schedule(dynamic, 4)
  for (Index b = 0; b < blocks; ++b) {
    const Index start = b * block, count = std::min(block, grid.cells() - start);
    Eigen::MatrixXd points(Dim, count);
    for (Index p = 0; p < count; ++p) points.col(p) = grid.centre(start + p);
    complaints[static_cast<std::size_t>(b)] = complaint<Dim>(dynamics, grid, points);
  }
  for (const std::string& text : complaints)
    if (!text.empty()) throw std::invalid_argument(text);
}

template <int Dim>
void require_core(const Grid<Dim>& grid, const std::string& name, const Region<Dim>& region, const Region<Dim>& core) {
  const std::vector<char> inside = region.cells(grid), arrived = core.cells(grid);
  bool any = false;
  for (std::size_t cell = 0; cell < inside.size(); ++cell) {
    any |= arrived[cell] != 0;
    if (arrived[cell] && !inside[cell])
      throw std::invalid_argument(fmt::format("the core of valley \"{}\" reaches out of the valley at {}", name,
                                              shown<Dim>(grid, grid.centre(static_cast<Index>(cell)))));
  }
  if (!any) throw std::invalid_argument(fmt::format("the core of valley \"{}\" holds no cell centre of the grid", name));
}

}  // namespace

template <int Dim>
Region<Dim> default_core(const Dynamics& dynamics, const Grid<Dim>& grid, const CriticalPoint<Dim>& minimum,
                         const Region<Dim>& valley) {
  DiffusionSamples diffusion;
  dynamics.diffusion->sample(minimum.position, false, diffusion);
  const Tensor<Dim> noise = Eigen::Map<const Tensor<Dim>>(diffusion.tensor.data());
  Point<Dim> smallest;  // semi-axis along each axis: 3 cells of a grid twice as coarse make a diameter
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid.axis(k);
    smallest[k] = 3.0 * axis.spacing() * axis.stretch(axis.lattice_of(minimum.position[k]));
  }
  const auto spread = solve_lyapunov<Dim>(Tensor<Dim>(-minimum.hessian), Tensor<Dim>(2.0 * noise));
  Tensor<Dim> shape = smallest.cwiseAbs2().asDiagonal();
  if (spread && spread->allFinite()) {
    // In units of the smallest ellipsoid every eigenvalue must reach 1.
    const Tensor<Dim> scaled = smallest.cwiseInverse().asDiagonal() * *spread * smallest.cwiseInverse().asDiagonal();
    const Eigen::SelfAdjointEigenSolver<Tensor<Dim>> eigen(scaled);
    const Tensor<Dim> grown = eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(1.0).asDiagonal() *
                              eigen.eigenvectors().transpose();
    shape = smallest.asDiagonal() * grown * smallest.asDiagonal();
  }
  const Tensor<Dim> metric = shape.inverse();
  return Region<Dim>([metric, grid, centre = minimum.position, valley](const Point<Dim>& x) {
    const Point<Dim> d = grid.difference(x, centre);
    return d.dot(metric * d) <= 1.0 && valley.contains(x);
  });
}

template <int Dim>
Problem<Dim> make_problem(std::string title, Dynamics dynamics, Grid<Dim> grid,
                          std::vector<ValleyDefinition<Dim>> definitions) {
  if (dynamics.drift.dimension() != Dim || dynamics.diffusion->dimension() != Dim)
    throw std::invalid_argument(fmt::format("a grid of {} dimensions needs a drift and a diffusion of as many (got {}, {})",
                                            Dim, dynamics.drift.dimension(), dynamics.diffusion->dimension()));
  if (dynamics.drift.landscape()) require_domain<Dim>(*dynamics.drift.landscape(), grid);
  require_samples<Dim>(dynamics, grid);
  Problem<Dim> problem{std::move(title), std::move(dynamics), std::move(grid), {}, {}, {}};
  problem.critical_points = find_critical_points<Dim>(problem.dynamics.drift, problem.grid);
  for (const auto& point : problem.critical_points)
    if (point.degenerate)
      problem.warnings.push_back(fmt::format("the Hessian is degenerate at the critical point {}: its index is not to be "
                                             "trusted",
                                             shown<Dim>(problem.grid, point.position)));

  std::vector<CriticalPoint<Dim>> minima;
  for (const auto& point : problem.critical_points)
    if (point.index == 0) minima.push_back(point);
  if (definitions.empty()) {
    if (minima.empty())
      throw std::invalid_argument("no minimum (stable point) was found in the domain: define the valleys by [[valley]], or "
                                  "widen the grid");
    const Basins<Dim> basins(problem.dynamics.drift, problem.grid, problem.critical_points);
    for (std::size_t k = 0; k < minima.size(); ++k) {
      Valley<Dim> valley{fmt::format("valley_{}", k + 1), basins.region(static_cast<int>(k)), {}, minima[k]};
      valley.core = default_core<Dim>(problem.dynamics, problem.grid, minima[k], valley.region);
      problem.valleys.push_back(std::move(valley));
    }
  }
  for (ValleyDefinition<Dim>& definition : definitions) {
    if (!definition.region) throw std::invalid_argument(fmt::format("valley \"{}\" has no region", definition.name));
    Valley<Dim> valley{definition.name, *definition.region, {}, std::nullopt};
    for (const auto& minimum : minima)  // sorted by height
      if (!valley.minimum && valley.region.contains(minimum.position)) valley.minimum = minimum;
    if (definition.core) valley.core = *definition.core;
    else if (valley.minimum)
      valley.core = default_core<Dim>(problem.dynamics, problem.grid, *valley.minimum, valley.region);
    if (!valley.minimum)
      problem.warnings.push_back(fmt::format("valley \"{}\" holds no minimum", valley.name));
    problem.valleys.push_back(std::move(valley));
  }

  std::vector<int> owner(static_cast<std::size_t>(problem.grid.cells()), -1);
  for (std::size_t v = 0; v < problem.valleys.size(); ++v) {
    const Valley<Dim>& valley = problem.valleys[v];
    const std::vector<char> inside = valley.region.cells(problem.grid);
    if (std::find(inside.begin(), inside.end(), 1) == inside.end())
      throw std::invalid_argument(fmt::format("valley \"{}\" holds no cell centre of the grid", valley.name));
    for (std::size_t cell = 0; cell < inside.size(); ++cell) {
      if (!inside[cell]) continue;
      if (owner[cell] >= 0)
        throw std::invalid_argument(fmt::format(
            "valleys \"{}\" and \"{}\" overlap at {}", problem.valleys[static_cast<std::size_t>(owner[cell])].name,
            valley.name, shown<Dim>(problem.grid, problem.grid.centre(static_cast<Index>(cell)))));
      owner[cell] = static_cast<int>(v);
    }
    if (!definitions.empty() && definitions[v].core)
      require_core<Dim>(problem.grid, valley.name, valley.region, valley.core);
  }
  return problem;
}

template <int Dim>
std::vector<int> valley_labels(const Problem<Dim>& problem) {
  std::vector<int> labels(static_cast<std::size_t>(problem.grid.cells()), -1);
  for (std::size_t v = problem.valleys.size(); v-- > 0;) {
    const std::vector<char> inside = problem.valleys[v].region.cells(problem.grid);
    for (std::size_t cell = 0; cell < inside.size(); ++cell)
      if (inside[cell]) labels[cell] = static_cast<int>(v);
  }
  return labels;
}

template Problem<1> make_problem(std::string, Dynamics, Grid<1>, std::vector<ValleyDefinition<1>>);
template Problem<2> make_problem(std::string, Dynamics, Grid<2>, std::vector<ValleyDefinition<2>>);
template Region<1> default_core(const Dynamics&, const Grid<1>&, const CriticalPoint<1>&, const Region<1>&);
template Region<2> default_core(const Dynamics&, const Grid<2>&, const CriticalPoint<2>&, const Region<2>&);
template std::vector<int> valley_labels(const Problem<1>&);
template std::vector<int> valley_labels(const Problem<2>&);

}  // namespace valleyflux
