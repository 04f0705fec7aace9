#include "solver/discretisation/departing_cell.hpp"

#include "solver/discretisation/lattice_coefficients.hpp"
#include "solver/discretisation/selling.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

/// B(s) = s / (exp(s) - 1).
double bernoulli(double s) {
  if (std::abs(s) < 1e-8) return 1.0 - 0.5 * s;
  return s > 0 ? s * std::exp(-s) / -std::expm1(-s) : s / std::expm1(s);
}

template <int Dim>
double weight_along(const SellingTerms<Dim>& terms, const Offset<Dim>& step) {
  for (const SellingTerm<Dim>& term : terms)
    if (term.offset == step || term.offset == Offset<Dim>(-step)) return term.weight;
  return 0.0;
}

}  // namespace

template <int Dim>
void use_departing_cell_rates(const Problem<Dim>& problem, Discretisation<Dim>& discretisation) {
  const Grid<Dim>& grid = problem.grid;
  Eigen::Matrix<double, Dim, Eigen::Dynamic> points(Dim, grid.cells());
  for (Index cell = 0; cell < grid.cells(); ++cell) points.col(cell) = grid.coordinates(cell).template cast<double>();
  LatticeCoefficients<Dim> at;
  LatticeSampler<Dim>(problem.dynamics, grid).sample(points, true, at);
  std::vector<SellingTerms<Dim>> terms;
  terms.reserve(at.tensor.size());
  for (const Tensor<Dim>& tensor : at.tensor) terms.push_back(selling_decomposition<Dim>(tensor));

  discretisation.log_width.setZero();
  Generator& generator = discretisation.generator;
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const Index i = generator.from[e], j = generator.to[e];
    const Offset<Dim>& step = discretisation.displacement[e];
    const double own = weight_along<Dim>(terms[static_cast<std::size_t>(i)], step);
    const double other = weight_along<Dim>(terms[static_cast<std::size_t>(j)], step);
    double joint = 0.0;  // over a reflecting wall
    if (discretisation.weight.size() > 0)
      joint = std::max(0.0, discretisation.weight[static_cast<Index>(e)] - 0.5 * (own + other));
    const Point<Dim> along = step.template cast<double>();
    if (generator.forward[e] > 0) generator.forward[e] = (own + joint) * bernoulli(-along.dot(at.departure.col(i)));
    if (generator.backward[e] > 0) generator.backward[e] = (other + joint) * bernoulli(along.dot(at.departure.col(j)));
  }
}

template void use_departing_cell_rates(const Problem<1>&, Discretisation<1>&);
template void use_departing_cell_rates(const Problem<2>&, Discretisation<2>&);

}  // namespace valleyflux
