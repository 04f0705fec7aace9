#include "solver/spectrum/shift_invert.hpp"

#include "grids/dense_algebra.hpp"
#include "grids/first_failure.hpp"
#include "solver/solver_error.hpp"

#include <Spectra/GenEigsSolver.h>
#include <Spectra/SymEigsSolver.h>

#include <algorithm>
#include <complex>
#include <numeric>
#include <vector>

namespace valleyflux {

namespace {

/// x -> w^(1/2) (shift - Q)^-1 w^(-1/2) x, or the transposed map of Q^T.
class ShiftedInverse {
 public:
  using Scalar = double;
  ShiftedInverse(const LinearSolver& solver, const Eigen::VectorXd& root, bool forward)
      : solver_(solver),
        root_(root),
        inverse_((root.array() > 0).select(root.cwiseInverse(), 0.0)),
        forward_(forward) {}
  Index rows() const { return root_.size(); }
  Index cols() const { return root_.size(); }
  void perform_op(const double* in, double* out) const {
    const Eigen::Map<const Eigen::VectorXd> x(in, rows());
    Eigen::Map<Eigen::VectorXd> y(out, rows());
    if (forward_)
      y = solver_.solve_forward(root_.cwiseProduct(x)).cwiseProduct(inverse_);
    else
      y = solver_.solve(x.cwiseProduct(inverse_)).cwiseProduct(root_);
  }

 private:
  const LinearSolver& solver_;
  const Eigen::VectorXd& root_;
  Eigen::VectorXd inverse_;
  bool forward_;
};

struct IterationModes {
  Eigen::VectorXcd eigenvalue;
  Eigen::MatrixXcd vectors;
};

template <class Solver>
IterationModes iterate(ShiftedInverse map, double shift, Index count) {
  const Index n = map.rows();
  constexpr Index least_space = 30;
  const Index space = std::min(n, std::max(2 * count + 10, least_space));
  constexpr Index most_restarts = 300;
  constexpr double tolerance = 1e-13;
  Solver solver(map, count, space);
  solver.init();
  solver.compute(Spectra::SortRule::LargestMagn, most_restarts, tolerance);
  if (solver.info() != Spectra::CompInfo::Successful) throw SolverError("the leading spectrum did not converge");
  const Eigen::VectorXcd found = solver.eigenvalues().template cast<std::complex<double>>();
  const Eigen::MatrixXcd vectors = solver.eigenvectors().template cast<std::complex<double>>();
  const Eigen::VectorXcd eigenvalue = (shift - found.cwiseInverse().array()).matrix();
  std::vector<Index> order(static_cast<std::size_t>(found.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
    const std::complex<double> x = eigenvalue[a], y = eigenvalue[b];
    constexpr double same = 1e-10;  // of a pair, to round-off
    if (std::abs(x.real() - y.real()) > same * std::abs(x)) return x.real() > y.real();
    return x.imag() > y.imag();
  });
  return {eigenvalue(order), vectors(Eigen::all, order)};
}

/// |map x - x / (shift - eigenvalue)|.
double residual_of(const ShiftedInverse& map, const Eigen::VectorXcd& x, std::complex<double> inverse) {
  Eigen::VectorXcd image = Eigen::VectorXcd::Zero(x.size());
  Eigen::VectorXd part(x.size());
  const Eigen::VectorXd real = x.real(), imaginary = x.imag();
  map.perform_op(real.data(), part.data());
  image.real() = part;
  if (inverse.imag() != 0) {
    map.perform_op(imaginary.data(), part.data());
    image.imag() = part;
  }
  return (image - inverse * x).norm();
}

}  // namespace

ShiftInvertModes shift_invert(const LinearSolver& solver, double shift, const Eigen::VectorXd& root, bool reversible,
                              Index wanted, Index kept, Index known) {
  const ShiftedInverse backward{solver, root, false}, forward{solver, root, true};
  IterationModes right, left;
  if (reversible) {
    right = iterate<Spectra::SymEigsSolver<ShiftedInverse>>(backward, shift, wanted);
  } else {
    FirstFailure failure;
#pragma omp parallel sections
    {
#pragma omp section
      failure.guard([&] { right = iterate<Spectra::GenEigsSolver<ShiftedInverse>>(backward, shift, wanted); });
#pragma omp section
      failure.guard([&] { left = iterate<Spectra::GenEigsSolver<ShiftedInverse>>(forward, shift, wanted); });
    }
    failure.rethrow();
  }
  kept = std::min(kept, right.eigenvalue.size());
  if (right.eigenvalue[kept - 1].imag() > 0 && kept < right.eigenvalue.size()) ++kept;
  const Index found = kept - known;
  ShiftInvertModes modes{right.eigenvalue.head(kept), Eigen::VectorXd::Zero(kept),
                         Eigen::MatrixXcd::Zero(root.size(), kept), Eigen::MatrixXcd::Zero(root.size(), kept)};
  modes.right.rightCols(found) = right.vectors.middleCols(known, found);
  if (reversible) {
    modes.left.rightCols(found) = modes.right.rightCols(found);
  } else {
    if (left.eigenvalue.size() < kept) throw SolverError("the leading spectrum did not converge");
    // Where eigenvalues (nearly) coincide each side has a basis of its own: made dual to each other.
    const Eigen::MatrixXcd basis = left.vectors.middleCols(known, found);
    // Products that Eigen would spread over threads have other last bits for other numbers of them.
    const Eigen::MatrixXcd overlap = basis.transpose().lazyProduct(modes.right.rightCols(found));
    modes.left.rightCols(found) = basis.lazyProduct(transposed_inverse_of(overlap));
  }
  for (Index k = known; k < kept; ++k) {
    const std::complex<double> value = modes.eigenvalue[k];
    if (value.imag() < 0 && k > known) {
      modes.bound[k] = modes.bound[k - 1];  // of its partner
      continue;
    }
    const std::complex<double> inverse = 1.0 / (shift - value);
    constexpr double round_off = 1e-13;  // of the solutions, in the norm
    const double condition = modes.left.col(k).norm() * modes.right.col(k).norm();
    const double error = residual_of(backward, modes.right.col(k), inverse) + round_off / shift;
    modes.bound[k] = condition * error / std::norm(inverse);
  }
  return modes;
}

}  // namespace valleyflux
