#include "problems/valleys/eigen_decomposition.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <numeric>
#include <vector>

namespace valleyflux {

EigenDecomposition symmetric_eigen(const Eigen::Ref<const Eigen::MatrixXd>& matrix) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix);
  return {solver.eigenvalues(), solver.eigenvectors()};
}

Eigen::MatrixXd with_eigenvalues(const EigenDecomposition& eigen, const Eigen::VectorXd& values) {
  return eigen.vectors * values.asDiagonal() * eigen.vectors.transpose();
}

Eigen::VectorXcd eigenvalues_of(const Eigen::Ref<const Eigen::MatrixXd>& matrix) {
  return Eigen::EigenSolver<Eigen::MatrixXd>(matrix, false).eigenvalues();
}

EigenDecomposition real_eigen(const Eigen::Ref<const Eigen::MatrixXd>& matrix) {
  const Eigen::EigenSolver<Eigen::MatrixXd> solver(matrix);
  const Eigen::VectorXd values = solver.eigenvalues().real();
  std::vector<Eigen::Index> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) { return values[a] < values[b]; });
  EigenDecomposition sorted{values(order), solver.eigenvectors().real()(Eigen::all, order)};
  sorted.vectors.colwise().normalize();
  return sorted;
}

}  // namespace valleyflux
