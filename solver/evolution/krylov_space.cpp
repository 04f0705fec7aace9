#include "solver/evolution/krylov_space.hpp"

#include "solver/elimination/balancing_weights.hpp"

#include <algorithm>

namespace valleyflux {

namespace {

constexpr Index block_states = 2048;  // at once: sums over blocks are the same however many threads there are

/// f(first state, states) of each block, by several threads.
template <class Function>
void over_blocks(Index states, const Function& f) {
  const Index blocks = (states + block_states - 1) / block_states;
  constexpr Index worth_threads = 8;  // blocks; fewer are done before others have woken up
#pragma omp parallel for schedule(static) if (blocks >= worth_threads)
  for (Index b = 0; b < blocks; ++b) f(b * block_states, std::min(block_states, states - b * block_states));
}

/// V^T z.
Eigen::VectorXd overlaps(const Eigen::Ref<const Eigen::MatrixXd>& vectors, const Eigen::VectorXd& z) {
  Eigen::MatrixXd parts(vectors.cols(), (z.size() + block_states - 1) / block_states);
  over_blocks(z.size(), [&](Index first, Index states) {
    parts.col(first / block_states).noalias() =
        vectors.middleRows(first, states).transpose() * z.segment(first, states);
  });
  return parts.rowwise().sum();
}

/// z -= V c; |z|.
double remove(const Eigen::Ref<const Eigen::MatrixXd>& vectors, const Eigen::VectorXd& c, Eigen::VectorXd& z) {
  Eigen::VectorXd parts((z.size() + block_states - 1) / block_states);
  over_blocks(z.size(), [&](Index first, Index states) {
    z.segment(first, states).noalias() -= vectors.middleRows(first, states) * c;
    parts[first / block_states] = z.segment(first, states).squaredNorm();
  });
  return std::sqrt(parts.sum());
}

}  // namespace

KrylovSpace::KrylovSpace(const LinearSolver& solver, double shift, const Eigen::VectorXd& start, Index most)
    : solver_(solver),
      shift_(shift),
      memory_(aligned_array(static_cast<std::size_t>(start.size() * (most + 1)))),
      vectors_(memory_.get(), start.size(), most + 1),
      hessenberg_(Eigen::MatrixXd::Zero(most + 1, most)) {
  const Eigen::VectorXd later = shift_ * solver_.solve_forward(start);
  root_ = (0.5 * (start + later)).cwiseMax(least_weight).cwiseSqrt();
  root_norm_ = root_.norm();
  vectors_.col(0) = start.cwiseQuotient(root_);
  start_norm_ = vectors_.col(0).norm();
  vectors_.col(0) /= start_norm_;
  first_ = later.cwiseQuotient(root_) / start_norm_;
}

Eigen::VectorXd KrylovSpace::applied() const {
  if (size_ == 0) return first_;
  return shift_ * solver_.solve_forward(vector(size_)).cwiseQuotient(root_);
}

void KrylovSpace::extend() {
  Eigen::VectorXd z = applied();
  const auto known = vectors_.leftCols(size_ + 1);
  const double all = z.norm();
  double before = all, left = 0.0;
  constexpr int passes = 2;
  constexpr double cancelled = 1e-4;  // a pass that leaves more of it has lost no digits that count
  for (int pass = 0; pass < passes; ++pass) {
    const Eigen::VectorXd c = overlaps(known, z);
    hessenberg_.col(size_).head(size_ + 1) += c;
    left = remove(known, c, z);
    if (left > cancelled * before) break;
    before = left;
  }
  constexpr double round_off = 1e-13;
  closed_ = !(left > round_off * all);
  hessenberg_(size_ + 1, size_) = left;
  ++size_;
  if (!closed_) vectors_.col(size_) = z / left;
}

ExponentialStep KrylovSpace::step(double spacing) const {
  return stiff_exponential(hessenberg_.topLeftCorner(size_, size_), shift_, spacing);
}

Eigen::MatrixXd KrylovSpace::densities(double spacing, Index frames) const {
  const Eigen::MatrixXd step = this->step(spacing).value;
  Eigen::MatrixXd y(size_, frames);
  y.col(0) = start_norm_ * step.col(0);
  for (Index k = 1; k < frames; ++k) y.col(k).noalias() = step * y.col(k - 1);
  return y;
}

Eigen::MatrixXd KrylovSpace::integrals(double spacing, Index frames) const {
  const Eigen::MatrixXd step = this->step(spacing).integral;
  const Eigen::MatrixXd y = densities(spacing, frames);
  Eigen::MatrixXd sums(size_, frames);
  sums.col(0) = start_norm_ * step.col(0);
  for (Index k = 1; k < frames; ++k) sums.col(k).noalias() = sums.col(k - 1) + step * y.col(k - 1);
  return sums;
}

Eigen::MatrixXd KrylovSpace::expanded(const Eigen::MatrixXd& coefficients) const {
  Eigen::MatrixXd result(root_.size(), coefficients.cols());
  const auto vectors = vectors_.leftCols(size_);
  over_blocks(root_.size(), [&](Index first, Index states) {
    result.middleRows(first, states).noalias() = vectors.middleRows(first, states) * coefficients;
    result.middleRows(first, states).array().colwise() *= root_.segment(first, states).array();
  });
  return result;
}

double KrylovSpace::largest(const Eigen::Ref<const Eigen::VectorXd>& coefficients) const {
  Eigen::VectorXd parts((root_.size() + block_states - 1) / block_states);
  const auto vectors = vectors_.leftCols(size_);
  over_blocks(root_.size(), [&](Index first, Index states) {
    const Eigen::VectorXd entries = vectors.middleRows(first, states) * coefficients;
    parts[first / block_states] = entries.cwiseQuotient(root_.segment(first, states)).lpNorm<Eigen::Infinity>();
  });
  return parts.maxCoeff();
}

}  // namespace valleyflux
