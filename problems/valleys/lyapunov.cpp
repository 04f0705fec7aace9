#include "problems/valleys/lyapunov.hpp"

#include <Eigen/LU>

namespace valleyflux {

template <int Dim>
std::optional<Tensor<Dim>> solve_lyapunov(const Tensor<Dim>& a, const Tensor<Dim>& q) {
  constexpr Index d = Dim;
  Eigen::MatrixXd system = Eigen::MatrixXd::Zero(d * d, d * d);
  for (Index column = 0; column < d; ++column)
    for (Index row = 0; row < d; ++row)
      for (Index k = 0; k < d; ++k) {
        system(row + d * column, k + d * column) += a(row, k);
        system(row + d * column, row + d * k) += a(column, k);
      }
  const Eigen::FullPivLU<Eigen::MatrixXd> factors(system);
  if (!factors.isInvertible() || factors.rcond() < 1e-13) return std::nullopt;
  const Eigen::VectorXd right = -q.reshaped();
  const Eigen::VectorXd solution = factors.solve(right);
  const Tensor<Dim> s = solution.template reshaped<Eigen::ColMajor>(Dim, Dim);
  return Tensor<Dim>(0.5 * (s + s.transpose()));
}

template std::optional<Tensor<1>> solve_lyapunov<1>(const Tensor<1>&, const Tensor<1>&);
template std::optional<Tensor<2>> solve_lyapunov<2>(const Tensor<2>&, const Tensor<2>&);

}  // namespace valleyflux
