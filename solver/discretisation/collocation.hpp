#pragma once

#include <Eigen/Core>

namespace valleyflux {

/// Gauss-Legendre collocation on [0, 1].
struct Collocation {
  static constexpr int order = 8;
  using Nodes = Eigen::Array<double, order, 1>;
  using Square = Eigen::Matrix<double, order, order>;

  Nodes nodes, weights;
  Square antiderivative;   // values at the nodes -> integral from 0 to each node of their interpolating polynomial
  Square remaining;        // the same from each node to 1
  Square derivative;       // values -> slopes at the nodes
  Square legendre;         // values -> coefficients of the shifted Legendre polynomials
  Nodes at_start, at_end;  // values -> the polynomial at 0 and 1

  Collocation();
  /// Shifted Legendre polynomials P_0 ... P_7 at t.
  static Nodes polynomials(double t);
};

/// The one rule that all panels share.
const Collocation& collocation();

}  // namespace valleyflux
