#include "solver/discretisation/collocation.hpp"

#include <boost/math/quadrature/gauss.hpp>

#include <cstddef>

namespace valleyflux {

namespace {

/// The Lagrange polynomial of the node j.
template <typename Nodes>
double lagrange(const Nodes& nodes, int j, double t) {
  double value = 1.0;
  for (int m = 0; m < nodes.size(); ++m)
    if (m != j) value *= (t - nodes[m]) / (nodes[j] - nodes[m]);
  return value;
}

}  // namespace

template <int Order>
CollocationOf<Order>::CollocationOf() {
  using Rule = boost::math::quadrature::gauss<double, order>;
  for (int q = 0; q < order / 2; ++q) {
    const auto k = static_cast<std::size_t>(q);
    nodes[order / 2 + q] = 0.5 * (1.0 + Rule::abscissa()[k]);
    nodes[order / 2 - 1 - q] = 0.5 * (1.0 - Rule::abscissa()[k]);
    weights[order / 2 + q] = weights[order / 2 - 1 - q] = 0.5 * Rule::weights()[k];
  }
  // Lagrange polynomials have a degree below `order`: the rule integrates them exactly over any part of the panel.
  for (int j = 0; j < order; ++j) {
    for (int i = 0; i < order; ++i) {
      double before = 0.0, after = 0.0;
      for (int q = 0; q < order; ++q) {
        before += weights[q] * lagrange(nodes, j, nodes[i] * nodes[q]);
        after += weights[q] * lagrange(nodes, j, 1.0 - (1.0 - nodes[i]) * nodes[q]);
      }
      antiderivative(i, j) = nodes[i] * before;
      remaining(i, j) = (1.0 - nodes[i]) * after;
      derivative(i, j) = 0.0;
      for (int m = 0; m < order; ++m) {
        if (m == j) continue;
        double product = 1.0 / (nodes[j] - nodes[m]);
        for (int l = 0; l < order; ++l)
          if (l != j && l != m) product *= (nodes[i] - nodes[l]) / (nodes[j] - nodes[l]);
        derivative(i, j) += product;
      }
    }
    at_start[j] = lagrange(nodes, j, 0.0);
    at_end[j] = lagrange(nodes, j, 1.0);
    by_start[j] = lagrange(nodes, j, inside);
    by_end[j] = lagrange(nodes, j, 1.0 - inside);
    const Nodes values = polynomials(nodes[j]);
    for (int k = 0; k < order; ++k) legendre(k, j) = (2 * k + 1) * weights[j] * values[k];
  }
}

template <int Order>
typename CollocationOf<Order>::Nodes CollocationOf<Order>::polynomials(double t) {
  const double u = 2.0 * t - 1.0;
  Nodes p;
  p[0] = 1.0;
  p[1] = u;
  for (int k = 1; k + 1 < order; ++k) p[k + 1] = ((2 * k + 1) * u * p[k] - k * p[k - 1]) / (k + 1);
  return p;
}

template <int Order>
const CollocationOf<Order>& collocation_of() {
  static const CollocationOf<Order> rule;
  return rule;
}

template struct CollocationOf<4>;
template struct CollocationOf<8>;
template const CollocationOf<4>& collocation_of<4>();
template const CollocationOf<8>& collocation_of<8>();

}  // namespace valleyflux
