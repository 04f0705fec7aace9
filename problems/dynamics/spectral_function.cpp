#include "problems/dynamics/spectral_function.hpp"

#include "problems/valleys/eigen_decomposition.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace valleyflux {

SpectralFunction::SpectralFunction(const Eigen::MatrixXd& matrix, const Function& function,
                                   DividedDifference divided_difference)
    : divided_difference_(std::move(divided_difference)) {
  if (matrix.rows() == 1) {
    vectors_ = Eigen::MatrixXd::Ones(1, 1);
    eigenvalues_ = matrix.col(0);
  } else {
    EigenDecomposition eigen = symmetric_eigen(matrix);
    vectors_ = std::move(eigen.vectors);
    eigenvalues_ = std::move(eigen.values);
  }
  value_ = vectors_ * eigenvalues_.unaryExpr(function).asDiagonal() * vectors_.transpose();
  value_ = (0.5 * (value_ + value_.transpose())).eval();
}

Eigen::MatrixXd SpectralFunction::derivative(const Eigen::MatrixXd& direction) const {
  Eigen::MatrixXd turned = vectors_.transpose() * direction * vectors_;
  for (Eigen::Index j = 0; j < turned.cols(); ++j)
    for (Eigen::Index i = 0; i < turned.rows(); ++i)
      turned(i, j) *= divided_difference_(eigenvalues_[i], eigenvalues_[j]);
  return vectors_ * turned * vectors_.transpose();
}

SpectralFunction absolute_value(const Eigen::MatrixXd& matrix) {
  const auto sign = [](double a) { return static_cast<double>((a > 0) - (a < 0)); };
  return {matrix, [](double a) { return std::abs(a); },
          [sign](double a, double b) {
            // Of equal signs the quotient is the sign itself, whatever the distance: nothing cancels.
            return a * b > 0 || a == b ? sign(a) : (std::abs(a) - std::abs(b)) / (a - b);
          }};
}

SpectralFunction symmetric_root(const Eigen::MatrixXd& matrix) {
  const auto root = [](double a) { return std::sqrt(std::max(a, 0.0)); };
  return {matrix, root, [root](double a, double b) {
            const double sum = root(a) + root(b);
            return sum > 0 ? 1.0 / sum : 0.0;
          }};
}

}  // namespace valleyflux
