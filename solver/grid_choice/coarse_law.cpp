#include "solver/grid_choice/coarse_law.hpp"

#include "grids/axis_by_axis.hpp"
#include "grids/disjoint_sets.hpp"
#include "problems/problem.hpp"
#include "solver/level.hpp"
#include "solver/solver_error.hpp"

#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

constexpr double none = -std::numeric_limits<double>::infinity();

/// Calls visit(a, b) for every two cells that share a face.
template <int Dim, class Visit>
void for_each_face(const Grid<Dim>& grid, Visit visit) {
  for (Index cell = 0; cell < grid.cells(); ++cell)
    for (int k = 0; k < Dim; ++k) {
      Offset<Dim> next = grid.coordinates(cell);
      ++next[k];
      if (const auto other = grid.wrapped(next)) visit(cell, *other);
    }
}

}  // namespace

template <int Dim>
Eigen::VectorXd CoarseLaw<Dim>::profile(int k) const {
  Eigen::VectorXd largest = Eigen::VectorXd::Constant(grid.axis(k).cells(), none);
  for (Index cell = 0; cell < grid.cells(); ++cell) {
    double& layer = largest[grid.coordinates(cell)[k]];
    layer = std::max(layer, log_density[cell]);
  }
  return largest;
}

template <int Dim>
double CoarseLaw<Dim>::joining_level(const std::vector<Point<Dim>>& points) const {
  struct Face {
    double level;
    Index a, b;
  };
  std::vector<Face> faces;
  for_each_face(grid, [&](Index a, Index b) { faces.push_back({std::min(log_density[a], log_density[b]), a, b}); });
  std::stable_sort(faces.begin(), faces.end(), [](const Face& a, const Face& b) { return a.level > b.level; });
  std::vector<Index> cells;
  for (const Point<Dim>& point : points) cells.push_back(grid.cell_containing(point));
  DisjointSets joined(grid.cells());
  double level = log_density.maxCoeff();
  const auto together = [&] {
    return std::all_of(cells.begin(), cells.end(),
                       [&](Index cell) { return joined.root(cell) == joined.root(cells.front()); });
  };
  for (const Face& face : faces) {
    if (together()) break;
    joined.join(face.a, face.b);
    level = face.level;
  }
  return level;
}

template <int Dim>
std::optional<double> CoarseLaw<Dim>::border_level(const Region<Dim>& region) const {
  const std::vector<char> inside = region.cells(grid);
  std::optional<double> level;
  for_each_face(grid, [&](Index a, Index b) {
    if (inside[static_cast<std::size_t>(a)] == inside[static_cast<std::size_t>(b)]) return;
    level = std::max(level.value_or(none), std::min(log_density[a], log_density[b]));
  });
  return level;
}

namespace {

/// The law without a current, p = exp(int b / D) / D up to a factor, b the Ito drift. Nothing where the noise vanishes
/// or the dynamics are not finite.
std::optional<CoarseLaw<1>> law_without_current(const Dynamics& dynamics, const Grid<1>& grid) {
  const Axis& axis = grid.axis(0);
  const auto& nodes = boost::math::quadrature::gauss<double, 4>::abscissa();  // of [0, 1], doubled by their sign
  const auto& weights = boost::math::quadrature::gauss<double, 4>::weights();
  const Index n = axis.cells(), each = 4, between = each * (n - 1);
  Eigen::MatrixXd points(1, between + n);
  for (Index i = 0; i + 1 < n; ++i) {
    const double middle = 0.5 * (axis.centre(i) + axis.centre(i + 1)), half = axis.centre(i + 1) - middle;
    for (std::size_t q = 0; q < nodes.size(); ++q)
      for (const int sign : {-1, 1})
        points(0, each * i + 2 * static_cast<Index>(q) + (sign > 0 ? 1 : 0)) = middle + sign * half * nodes[q];
  }
  for (Index i = 0; i < n; ++i) points(0, between + i) = axis.centre(i);
  Coefficients at;
  sample_coefficients(dynamics, points, at);
  const auto diffusion = at.tensor.row(0);
  if (!at.ito_drift.allFinite() || !diffusion.allFinite() || !(diffusion.minCoeff() > 0)) return std::nullopt;
  CoarseLaw<1> law{grid, Eigen::VectorXd(n)};
  double exponent = 0.0;
  for (Index i = 0; i < n; ++i) {
    law.log_density[i] = exponent - std::log(diffusion[between + i]);
    for (Index q = 0; i + 1 < n && q < each; ++q) {
      const Index p = each * i + q;
      exponent += 0.5 * (axis.centre(i + 1) - axis.centre(i)) * weights[static_cast<std::size_t>(q / 2)] *
                  at.ito_drift(0, p) / diffusion[p];
    }
  }
  return law;
}

/// Boltzmann's law, where that is known to be the one.
template <int Dim>
std::optional<CoarseLaw<Dim>> known_law(const BoltzmannLaw& boltzmann, const Grid<Dim>& grid) {
  Eigen::MatrixXd points(Dim, grid.cells());
  for (Index cell = 0; cell < grid.cells(); ++cell) points.col(cell) = grid.centre(cell);
  FieldSamples samples;
  boltzmann.landscape->sample(points, 0, samples);
  if (!samples.value.allFinite()) return std::nullopt;
  return CoarseLaw<Dim>{grid, (samples.value.minCoeff() - samples.value.array()) / boltzmann.kT};
}

}  // namespace

template <int Dim>
std::optional<CoarseLaw<Dim>> coarse_law(const Dynamics& dynamics, const Grid<Dim>& grid) {
  if (const auto boltzmann = boltzmann_law(dynamics)) return known_law<Dim>(*boltzmann, grid);
  const auto reflecting = [&](int k) {
    const Axis& axis = grid.axis(k);
    if (axis.periodic()) return axis;
    return Axis(axis.name(), axis.min(), axis.max(), axis.cells(), Boundary::reflecting, Boundary::reflecting,
                axis.grading());
  };
  if constexpr (Dim == 1)
    if (!grid.axis(0).periodic())
      if (auto law = law_without_current(dynamics, grid_by<1>(reflecting))) return law;
  const Grid<Dim> closed = grid_by<Dim>(reflecting);
  try {
    const Problem<Dim> problem{"", dynamics, closed, {}, {}, {}, {}};
    const Level<Dim> level = make_level<Dim>(problem, 0, {.engine = EngineName::elimination});
    constexpr double large = 1e200;  // so that as little as can be underflows
    const Eigen::VectorXd weights = level.discretisation.space.cell_probabilities(
        engine_of(level)->stationary(level.discretisation.generator, large));
    CoarseLaw<Dim> law{closed, Eigen::VectorXd(closed.cells())};
    for (Index cell = 0; cell < closed.cells(); ++cell)
      law.log_density[cell] = std::log(weights[cell]) - std::log(closed.volume(cell));
    if (law.log_density.array().isNaN().any() || !std::isfinite(law.log_density.maxCoeff())) return std::nullopt;
    return law;
  } catch (const SolverError&) {
    return std::nullopt;
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

template struct CoarseLaw<1>;
template struct CoarseLaw<2>;
template std::optional<CoarseLaw<1>> coarse_law(const Dynamics&, const Grid<1>&);
template std::optional<CoarseLaw<2>> coarse_law(const Dynamics&, const Grid<2>&);

}  // namespace valleyflux
