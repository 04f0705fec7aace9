#include "solver/spectrum/slow_modes.hpp"

#include "grids/point.hpp"
#include "solver/solver_error.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/eigen.hpp>

#include <algorithm>
#include <complex>
#include <limits>
#include <numeric>
#include <vector>

namespace valleyflux {

namespace {

using Precise = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<200>, boost::multiprecision::et_off>;
using PreciseMatrix = Eigen::Matrix<Precise, Eigen::Dynamic, Eigen::Dynamic>;
using PreciseComplex = std::complex<Precise>;

std::complex<double> rounded(const PreciseComplex& value) {
  return {value.real().convert_to<double>(), value.imag().convert_to<double>()};
}

Precise size_of(const PreciseComplex& value) {
  return value.real() * value.real() + value.imag() * value.imag();
}

/// Which eigenvalues are the first (1) or the second (-1) of a conjugate pair, or real (0). Eigen keeps pairs together,
/// the one with the positive imaginary part first.
template <class Values>
std::vector<int> sides_of_pairs(const Values& values) {
  std::vector<int> side(static_cast<std::size_t>(values.size()), 0);
  for (std::size_t k = 0; k + 1 < side.size(); ++k) {
    const PreciseComplex& value = values[static_cast<Index>(k)];
    if (abs(value.imag()) <= 2 * std::numeric_limits<Precise>::epsilon() * abs(value.real())) continue;
    side[k] = 1;
    side[++k] = -1;
  }
  return side;
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
  // Real and imaginary part of a pair's vectors are two columns u, v here: of u + i v and u - i v, whose duals are
  // (a - i b) / 2 and (a + i b) / 2 with the rows a, b of the inverse.
  const PreciseMatrix& parts = solver.pseudoEigenvectors();
  const PreciseMatrix duals = parts.partialPivLu().inverse();
  const std::vector<int> side = sides_of_pairs(values);
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return values[a].real() > values[b].real(); });
  SlowModes modes{Eigen::VectorXcd(n), Eigen::MatrixXcd(n, n), Eigen::MatrixXcd(n, n)};
  for (Index k = 0; k < n; ++k) {
    const Index from = order[static_cast<std::size_t>(k)];
    const int sign = side[static_cast<std::size_t>(from)];
    const Index first = sign < 0 ? from - 1 : from;
    const auto right = [&](Index i) {
      return sign == 0 ? PreciseComplex(parts(i, first)) : PreciseComplex(parts(i, first), sign * parts(i, first + 1));
    };
    const auto left = [&](Index i) {
      return sign == 0 ? PreciseComplex(duals(first, i))
                       : PreciseComplex(duals(first, i) / 2, -sign * duals(first + 1, i) / 2);
    };
    Index largest = 0;
    for (Index i = 1; i < n; ++i)
      if (size_of(right(i)) > size_of(right(largest))) largest = i;
    const PreciseComplex unit = right(largest);
    modes.eigenvalue[k] = k == 0 && closed ? 0.0 : rounded(values[from]);
    for (Index i = 0; i < n; ++i) {
      modes.right(i, k) = rounded(right(i) / unit);
      modes.left(i, k) = rounded(left(i) * unit);
    }
  }
  if (!modes.left.allFinite()) throw SolverError("the eigenvectors of a network are linearly dependent");
  return modes;
}

}  // namespace valleyflux
