#pragma once

#include "grids/point.hpp"

#include <Eigen/LU>

#include <optional>

namespace valleyflux {

/// The symmetric S with A S + S A^T + Q = 0 (Q symmetric): the stationary covariance of dx = A x dt + Q^(1/2) dW when A
/// is stable. Nothing if two eigenvalues of A sum to zero to round-off. Solved as d^2 linear equations for vec S.
template <int Dim>
std::optional<Tensor<Dim>> solve_lyapunov(const Tensor<Dim>& a, const Tensor<Dim>& q) {
  using Square = Eigen::Matrix<double, Dim * Dim, Dim * Dim>;
  Square system = Square::Zero();
  for (int column = 0; column < Dim; ++column)
    for (int row = 0; row < Dim; ++row)
      for (int k = 0; k < Dim; ++k) {
        system(row + Dim * column, k + Dim * column) += a(row, k);
        system(row + Dim * column, row + Dim * k) += a(column, k);
      }
  const Eigen::FullPivLU<Square> factors(system);
  if (!factors.isInvertible() || factors.rcond() < 1e-13) return std::nullopt;
  const Eigen::Matrix<double, Dim * Dim, 1> solution = factors.solve(-q.reshaped());
  const Tensor<Dim> s = solution.template reshaped<Eigen::ColMajor>(Dim, Dim);
  return Tensor<Dim>(0.5 * (s + s.transpose()));
}

}  // namespace valleyflux
