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

/// The symmetric matrix (d x d) that has the same eigenvectors and other eigenvalues (d, in their order).
Eigen::MatrixXd with_eigenvalues(const EigenDecomposition& eigen, const Eigen::VectorXd& values);

/// Eigenvalues (d) of any matrix (d x d), in no particular order.
Eigen::VectorXcd eigenvalues_of(const Eigen::Ref<const Eigen::MatrixXd>& matrix);

/// Real parts of the eigenvalues of any matrix (d x d), with the real parts of their eigenvectors, normalised.
EigenDecomposition real_eigen(const Eigen::Ref<const Eigen::MatrixXd>& matrix);

}  // namespace valleyflux
