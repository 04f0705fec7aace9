#pragma once

#include <Eigen/Core>

#include <functional>

namespace valleyflux {

/// A function f of a symmetric d x d matrix A through its eigenvalues, F = U diag(f(a_k)) U^T, and its derivative in
/// the direction dA by the formula of Daleckii and Krein: dF = U [ f[a_i, a_j] (U^T dA U)_ij ] U^T, f[a, b] the divided
/// difference (f(a) - f(b)) / (a - b), f'(a) on the diagonal.
class SpectralFunction {
 public:
  using Function = std::function<double(double)>;
  using DividedDifference = std::function<double(double, double)>;

  SpectralFunction(const Eigen::MatrixXd& matrix, const Function& function, DividedDifference divided_difference);

  const Eigen::MatrixXd& value() const { return value_; }
  Eigen::MatrixXd derivative(const Eigen::MatrixXd& direction) const;

 private:
  Eigen::MatrixXd vectors_;
  Eigen::VectorXd eigenvalues_;
  Eigen::MatrixXd value_;
  DividedDifference divided_difference_;
};

/// [A]^+ = U diag(|a_k|) U^T; the derivative takes sign(0) = 0.
SpectralFunction absolute_value(const Eigen::MatrixXd& matrix);

/// The symmetric root of a positive semidefinite matrix; the derivative is 0 between null directions.
SpectralFunction symmetric_root(const Eigen::MatrixXd& matrix);

}  // namespace valleyflux
