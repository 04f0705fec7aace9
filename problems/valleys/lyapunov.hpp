#pragma once

#include "grids/point.hpp"

#include <optional>

namespace valleyflux {

/// The symmetric S with A S + S A^T + Q = 0 (Q symmetric): the stationary covariance of dx = A x dt + Q^(1/2) dW when A
/// is stable. Nothing if two eigenvalues of A sum to zero to round-off. Solved as d^2 linear equations for vec S.
template <int Dim>
std::optional<Tensor<Dim>> solve_lyapunov(const Tensor<Dim>& a, const Tensor<Dim>& q);

extern template std::optional<Tensor<1>> solve_lyapunov<1>(const Tensor<1>&, const Tensor<1>&);
extern template std::optional<Tensor<2>> solve_lyapunov<2>(const Tensor<2>&, const Tensor<2>&);

}  // namespace valleyflux
