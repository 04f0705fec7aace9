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
double weight_both_ways(const SellingTerms<Dim>& terms, const Offset<Dim>& step) {
  for (const SellingTerm<Dim>& term : terms)
    if (term.offset == step || term.offset == Offset<Dim>(-step)) return term.weight;
  return 0.0;
}

/// Nodes of uneven distances: q = D B(-+ s) / (h v), h the edge's length and v half the sum of both edges of the node.
void use_departing_cell_rates_on_line(const Problem<1>& problem, Discretisation<1>& discretisation) {
  const StateSpace<1>& space = discretisation.space;
  const Index n = space.states();
  Eigen::MatrixXd points(1, n);
  for (Index state = 0; state < n; ++state) points(0, state) = space.position(state)[0];
  Coefficients at;
  sample_coefficients(problem.dynamics, points, at, discretisation.time);
  const Axis& axis = problem.grid.axis(0);
  const double period = axis.max() - axis.min();
  const auto volume = [&](Index state) {
    const double low = state > 0         ? 0.5 * (points(0, state - 1) + points(0, state))
                       : axis.periodic() ? 0.5 * (points(0, n - 1) - period + points(0, 0))
                                         : axis.min();
    const double high = state + 1 < n     ? 0.5 * (points(0, state) + points(0, state + 1))
                        : axis.periodic() ? 0.5 * (points(0, n - 1) + points(0, 0) + period)
                                          : axis.max();
    return high - low;
  };
  const auto rate = [&](Index state, double step) {
    const double noise = at.tensor(0, state), s = step * at.ito_drift(0, state);
    // D B(-s / D) -> max(s, 0) without noise.
    const double weight = noise > 1e-300 ? noise * bernoulli(-s / noise) : std::max(s, 0.0);
    return weight / (std::abs(step) * volume(state));
  };
  Generator& generator = discretisation.generator;
  for (Index edge = 0; edge < generator.edges(); ++edge) {
    const auto e = static_cast<std::size_t>(edge);
    const double along = discretisation.along(edge)[0];
    if (generator.forward[e] > 0) generator.forward[e] = rate(generator.from[e], along);
    if (generator.backward[e] > 0) generator.backward[e] = rate(generator.to[e], -along);
  }
}

void use_departing_cell_rates_on_lattice(const Problem<2>& problem, Discretisation<2>& discretisation) {
  constexpr int Dim = 2;
  const StateSpace<Dim>& space = discretisation.space;
  Eigen::Matrix<double, Dim, Eigen::Dynamic> points(Dim, space.states());
  for (Index state = 0; state < space.states(); ++state) points.col(state) = space.coordinates(state).cast<double>();
  LatticeCoefficients<Dim> at;
  LatticeSampler<Dim>(problem.dynamics, problem.grid, discretisation.raise, discretisation.time)
      .sample(points, true, at);
  std::vector<SellingTerms<Dim>> terms;
  terms.reserve(at.tensor.size());
  for (const Tensor<Dim>& tensor : at.tensor) terms.push_back(selling_decomposition<Dim>(tensor));

  discretisation.log_width.setZero();
  Generator& generator = discretisation.generator;
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const Index i = generator.from[e], j = generator.to[e];
    const Offset<Dim>& step = discretisation.displacement[e];
    const double own = weight_both_ways<Dim>(terms[static_cast<std::size_t>(i)], step);
    const double other = weight_both_ways<Dim>(terms[static_cast<std::size_t>(j)], step);
    double joint = 0.0;  // over a reflecting wall
    if (discretisation.weight.size() > 0)
      joint = std::max(0.0, discretisation.weight[static_cast<Index>(e)] - 0.5 * (own + other));
    const Point<Dim> along = step.cast<double>();
    if (generator.forward[e] > 0) generator.forward[e] = (own + joint) * bernoulli(-along.dot(at.departure.col(i)));
    if (generator.backward[e] > 0) generator.backward[e] = (other + joint) * bernoulli(along.dot(at.departure.col(j)));
  }
}

}  // namespace

template <>
void use_departing_cell_rates(const Problem<1>& problem, Discretisation<1>& discretisation) {
  use_departing_cell_rates_on_line(problem, discretisation);
}

template <>
void use_departing_cell_rates(const Problem<2>& problem, Discretisation<2>& discretisation) {
  use_departing_cell_rates_on_lattice(problem, discretisation);
}

}  // namespace valleyflux
