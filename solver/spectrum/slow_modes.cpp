#include "solver/spectrum/slow_modes.hpp"

#include "grids/point.hpp"
#include "solver/solver_error.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/eigen.hpp>

#include <algorithm>
#include <complex>
#include <numeric>
#include <vector>

namespace valleyflux {

namespace {

using Precise = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<200>, boost::multiprecision::et_off>;
using PreciseMatrix = Eigen::Matrix<Precise, Eigen::Dynamic, Eigen::Dynamic>;
using PreciseComplex = std::complex<Precise>;
using PreciseComplexMatrix = Eigen::Matrix<PreciseComplex, Eigen::Dynamic, Eigen::Dynamic>;

std::complex<double> rounded(const PreciseComplex& value) {
  return {value.real().convert_to<double>(), value.imag().convert_to<double>()};
}

Precise size_of(const PreciseComplex& value) {
  return value.real() * value.real() + value.imag() * value.imag();
}

}  // namespace

SlowModes slow_modes(const SmallGenerator& generator) {
  return slow_modes(generator, Eigen::MatrixXd::Identity(generator.rates.rows(), generator.rates.cols()));
}

SlowModes slow_modes(const SmallGenerator& generator, const Eigen::MatrixXd& mass) {
  const Index n = generator.rates.rows();
  const bool closed = generator.exit.size() == 0 || generator.exit.maxCoeff() == 0;
  PreciseMatrix matrix = generator.rates.cast<Precise>();
  for (Index i = 0; i < n; ++i) {
    matrix(i, i) = closed ? 0.0 : generator.exit[i];
    matrix(i, i) = -matrix.row(i).sum();
  }
  const PreciseMatrix precise_mass = mass.cast<Precise>();
  const Eigen::EigenSolver<PreciseMatrix> solver(precise_mass.partialPivLu().solve(matrix));
  if (solver.info() != Eigen::Success) throw SolverError("the eigenvalues of a network did not converge");
  const auto& values = solver.eigenvalues();
  PreciseComplexMatrix vectors = solver.eigenvectors();
  // Conjugate pairs stay together, the one with the positive imaginary part first.
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return values[a].real() > values[b].real(); });
  PreciseComplexMatrix sorted(n, n);
  SlowModes modes{Eigen::VectorXcd(n), Eigen::MatrixXcd(n, n), Eigen::MatrixXcd(n, n)};
  for (Index k = 0; k < n; ++k) {
    const Index from = order[static_cast<std::size_t>(k)];
    Index largest = 0;
    for (Index i = 1; i < n; ++i)
      if (size_of(vectors(i, from)) > size_of(vectors(largest, from))) largest = i;
    sorted.col(k) = vectors.col(from) / vectors(largest, from);
    modes.eigenvalue[k] = k == 0 && closed ? 0.0 : rounded(values[from]);
  }
  const Eigen::PartialPivLU<PreciseComplexMatrix> inverse(sorted);
  const PreciseComplexMatrix left = inverse.inverse();
  for (Index k = 0; k < n; ++k)
    for (Index i = 0; i < n; ++i) {
      modes.right(i, k) = rounded(sorted(i, k));
      modes.left(i, k) = rounded(left(k, i));
    }
  if (!modes.left.allFinite()) throw SolverError("the eigenvectors of a network are linearly dependent");
  return modes;
}

}  // namespace valleyflux
