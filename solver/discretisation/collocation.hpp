#pragma once

#include <Eigen/Core>

namespace valleyflux {

/// Gauss-Legendre collocation on [0, 1] with `Order` nodes: integrals over all of it are of order 2 Order.
template <int Order>
struct CollocationOf {
  static constexpr int order = Order;
  using Nodes = Eigen::Array<double, order, 1>;
  using Square = Eigen::Matrix<double, order, order, Eigen::RowMajor>;

  Nodes nodes, weights;
  Square antiderivative;   // values at the nodes -> integral from 0 to each node of their interpolating polynomial
  Square remaining;        // the same from each node to 1
  Square derivative;       // values -> slopes at the nodes
  Square legendre;         // values -> coefficients of the shifted Legendre polynomials
  Nodes at_start, at_end;  // values -> the polynomial at 0 and 1
  Nodes by_start, by_end;  // the same at `inside` and 1 - inside

  static constexpr double inside = 1e-6;

  CollocationOf();
  /// Shifted Legendre polynomials P_0, P_1, ... at t.
  static Nodes polynomials(double t);
};

/// The one rule of each order that all panels share.
template <int Order>
const CollocationOf<Order>& collocation_of();

/// What panels are integrated by, unless they are so short that half as many nodes will do.
using Collocation = CollocationOf<8>;
using ShortCollocation = CollocationOf<4>;

inline const Collocation& collocation() {
  return collocation_of<Collocation::order>();
}

extern template struct CollocationOf<4>;
extern template struct CollocationOf<8>;

}  // namespace valleyflux
