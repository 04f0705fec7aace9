#pragma once

#include "problems/expressions/field_samples.hpp"

#include <Eigen/Core>

#include <array>
#include <cstddef>

namespace valleyflux {

/// [a][b] = d^(a+b) f / dx^a dy^b of a function of one or two coordinates, a + b <= 3.
using TableDerivatives = std::array<std::array<double, 4>, 4>;

/// Fills samples up to an order at points (d x n, d one or two): derivatives(p) is a TableDerivatives up to that order
/// at the point p.
template <class DerivativesAt>
void sample_derivatives(const Eigen::Ref<const Eigen::MatrixXd>& points, int order, FieldSamples& samples,
                        DerivativesAt derivatives_at) {
  const Eigen::Index d = points.rows(), n = points.cols();
  samples.value.resize(n);
  samples.gradient.resize(order > 0 ? d : 0, order > 0 ? n : 0);
  samples.hessian.resize(order > 1 ? d * d : 0, order > 1 ? n : 0);
  samples.third.resize(order > 2 ? d * d * d : 0, order > 2 ? n : 0);
  for (Eigen::Index p = 0; p < n; ++p) {
    const TableDerivatives derivatives = derivatives_at(p);
    const auto by = [&](Eigen::Index x, Eigen::Index y) {
      return derivatives[static_cast<std::size_t>(x)][static_cast<std::size_t>(y)];
    };
    samples.value[p] = by(0, 0);
    for (Eigen::Index i = 0; i < d && order > 0; ++i) {
      samples.gradient(i, p) = by(1 - i, i);
      for (Eigen::Index j = 0; j < d && order > 1; ++j) {
        samples.hessian(i + d * j, p) = by(2 - i - j, i + j);
        for (Eigen::Index k = 0; k < d && order > 2; ++k)
          samples.third(i + d * j + d * d * k, p) = by(3 - i - j - k, i + j + k);
      }
    }
  }
}

}  // namespace valleyflux
