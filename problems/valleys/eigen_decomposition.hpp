#pragma once

#include <Eigen/Core>

namespace valleyflux {

/// Eigenvalues in ascending order and the unit eigenvectors of each (columns), d of both.
struct EigenDecomposition {
  Eigen::VectorXd values;
  Eigen::MatrixXd vectors;  // d x d
};

/// Of a symmetric matrix (d x d; the lower triangle is read).
EigenDecomposition symmetric_eigen(const Eigen::Ref<const Eigen::MatrixXd>& matrix);

/// Real parts of the eigenvalues of any matrix (d x d), with the real parts of their eigenvectors, normalised.
EigenDecomposition real_eigen(const Eigen::Ref<const Eigen::MatrixXd>& matrix);

}  // namespace valleyflux
