#include "solver/spectrum/leading_spectrum.hpp"

#include "grids/dense_algebra.hpp"
#include "solver/spectrum/slow_modes.hpp"

#include <Spectra/GenEigsSolver.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numeric>
#include <utility>

namespace valleyflux {

namespace {

/// The process seen at a few states: all others eliminated.
class ReferenceProcess {
 public:
  ReferenceProcess(const Generator& generator, const Eigen::Ref<const Eigen::MatrixXi>& positions,
                   const std::vector<Index>& references)
      : states_(generator.states), references_(references), state_(static_cast<std::size_t>(generator.states), -1) {
    const auto m = static_cast<Index>(references.size());
    std::vector<Index> number(state_.size(), -1);  // among the references
    for (Index r = 0; r < m; ++r) number[static_cast<std::size_t>(references[static_cast<std::size_t>(r)])] = r;
    Generator kept;
    for (std::size_t s = 0; s < state_.size(); ++s)
      if (number[s] < 0) state_[s] = kept.states++;
    kept.exit.resize(kept.states);
    Eigen::MatrixXi at(positions.rows(), kept.states);
    for (std::size_t s = 0; s < state_.size(); ++s)
      if (state_[s] >= 0) {
        kept.exit[state_[s]] = generator.exit[static_cast<Index>(s)];
        at.col(state_[s]) = positions.col(static_cast<Index>(s));
      }
    Eigen::VectorXd lost = kept.exit;
    Eigen::MatrixXd into = Eigen::MatrixXd::Zero(kept.states, m), out_of = into;
    small_ = {Eigen::MatrixXd::Zero(m, m), Eigen::VectorXd(m)};
    for (Index r = 0; r < m; ++r) small_.exit[r] = generator.exit[references[static_cast<std::size_t>(r)]];
    for (std::size_t e = 0; e < generator.from.size(); ++e) {
      const auto i = static_cast<std::size_t>(generator.from[e]), j = static_cast<std::size_t>(generator.to[e]);
      const double forward = generator.forward[e], backward = generator.backward[e];
      if (state_[i] >= 0 && state_[j] >= 0) {
        kept.from.push_back(static_cast<std::int32_t>(state_[i]));
        kept.to.push_back(static_cast<std::int32_t>(state_[j]));
        kept.forward.push_back(forward);
        kept.backward.push_back(backward);
      } else if (state_[i] >= 0) {
        into(state_[i], number[j]) += forward;
        out_of(state_[i], number[j]) += backward;
        kept.exit[state_[i]] += forward;
      } else if (state_[j] >= 0) {
        into(state_[j], number[i]) += backward;
        out_of(state_[j], number[i]) += forward;
        kept.exit[state_[j]] += backward;
      } else {
        small_.rates(number[i], number[j]) += forward;
        small_.rates(number[j], number[i]) += backward;
      }
    }
    const Elimination elimination(EliminationOrder(kept, at), kept);
    const auto each = [m](const Eigen::MatrixXd& columns, auto solve) {
      Eigen::MatrixXd solved(columns.rows(), m);
      for (Index r = 0; r < m; ++r) solved.col(r) = solve(columns.col(r));
      return solved;
    };
    const auto backward = [&](const auto& f) { return elimination.solve(f); };
    const auto forward = [&](const auto& f) { return elimination.solve_forward(f); };
    committors_ = each(into, backward);
    occupations_ = each(out_of, forward);
    next_committors_ = each(committors_, backward);
    next_occupations_ = each(occupations_, forward);
    small_.rates += out_of.transpose() * committors_;
    small_.exit += out_of.transpose() * elimination.solve(lost);
    mass_ = Eigen::MatrixXd::Identity(m, m) + occupations_.transpose() * committors_;
    second_ = occupations_.transpose() * next_committors_;
    longest_time_ = elimination.solve(Eigen::VectorXd::Ones(kept.states)).maxCoeff();
    modes_ = slow_modes(small_, mass_);
  }

  /// The longest mean time until a reference is met.
  double longest_time() const { return longest_time_; }

  /// Eigenvalues to second order in eigenvalue * longest_time, with their vectors over all states. The eigenvalue -l of
  /// the whole solves (K + l M + l^2 N + ...) u = 0 at the references, K the generator left there, M = 1 + W V,
  /// N = W R V, V = R Q_RM the committors, W = Q_MR R the occupations, R the inverse of minus Q between the others.
  LeadingSpectrum modes(Index count) const {
    LeadingSpectrum result{Eigen::VectorXcd(count), Eigen::MatrixXd::Zero(states_, count),
                           Eigen::MatrixXd::Zero(states_, count)};
    for (Index k = 0; k < count; ++k) {
      const Eigen::VectorXd u = modes_.right.col(k).real();
      const Eigen::VectorXd y = solve_transposed(mass_, modes_.left.col(k).real());
      const double first = -modes_.eigenvalue[k].real();
      const double decay = first - first * first * y.dot(second_ * u);
      result.eigenvalue[k] = first > 0 ? -decay : 0.0;
      const Eigen::VectorXd right = committors_ * u + decay * (next_committors_ * u);
      const Eigen::VectorXd left = occupations_ * y + decay * (next_occupations_ * y);
      for (std::size_t s = 0; s < state_.size(); ++s)
        if (state_[s] >= 0) {
          result.right(static_cast<Index>(s), k) = right[state_[s]];
          result.left(static_cast<Index>(s), k) = left[state_[s]];
        }
      for (Index r = 0; r < u.size(); ++r) {
        result.right(references_[static_cast<std::size_t>(r)], k) = u[r];
        result.left(references_[static_cast<std::size_t>(r)], k) = y[r];
      }
    }
    return result;
  }

  /// How many of the smallest eigenvalues are real, and below `limit`.
  Index slower_than(double limit) const {
    Index count = 0;
    while (count < modes_.eigenvalue.size() && modes_.eigenvalue[count].imag() == 0 &&
           -modes_.eigenvalue[count].real() < limit)
      ++count;
    return count;
  }

 private:
  Index states_;
  std::vector<Index> references_;
  std::vector<Index> state_;  // among the others, -1 for a reference
  SmallGenerator small_;
  SlowModes modes_;                                                                // to first order
  Eigen::MatrixXd committors_, occupations_, next_committors_, next_occupations_;  // others x references
  Eigen::MatrixXd mass_, second_;
  double longest_time_ = 0.0;
};

/// x -> w^(1/2) (shift - Q)^-1 w^(-1/2) x, or the transposed map of Q^T.
class ShiftedInverse {
 public:
  using Scalar = double;
  ShiftedInverse(const LinearSolver& solver, const Eigen::VectorXd& root, bool forward)
      : solver_(solver), root_(root), forward_(forward) {}
  Index rows() const { return root_.size(); }
  Index cols() const { return root_.size(); }
  void perform_op(const double* in, double* out) const {
    const Eigen::Map<const Eigen::VectorXd> x(in, rows());
    Eigen::Map<Eigen::VectorXd> y(out, rows());
    if (forward_)
      y = solver_.solve_forward(root_.cwiseProduct(x)).cwiseQuotient(root_);
    else
      y = solver_.solve(x.cwiseQuotient(root_)).cwiseProduct(root_);
  }

 private:
  const LinearSolver& solver_;
  const Eigen::VectorXd& root_;
  bool forward_;
};

struct ArnoldiModes {
  Eigen::VectorXcd eigenvalue;
  Eigen::MatrixXcd vectors;
};

ArnoldiModes arnoldi(ShiftedInverse map, double shift, Index count) {
  const Index n = map.rows();
  constexpr Index least_space = 30;
  const Index space = std::min(n, std::max(2 * count + 10, least_space));
  constexpr Index most_restarts = 300;
  constexpr double tolerance = 1e-13;
  Spectra::GenEigsSolver<ShiftedInverse> solver(map, count, space);
  solver.init();
  solver.compute(Spectra::SortRule::LargestMagn, most_restarts, tolerance);
  if (solver.info() != Spectra::CompInfo::Successful) throw SolverError("the leading spectrum did not converge");
  const Eigen::VectorXcd found = solver.eigenvalues();
  const Eigen::MatrixXcd vectors = solver.eigenvectors();
  ArnoldiModes modes{(shift - found.cwiseInverse().array()).matrix(), vectors};
  std::vector<Index> order(static_cast<std::size_t>(found.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
    const std::complex<double> x = modes.eigenvalue[a], y = modes.eigenvalue[b];
    constexpr double same = 1e-10;  // of a pair, to round-off
    if (std::abs(x.real() - y.real()) > same * std::abs(x)) return x.real() > y.real();
    return x.imag() > y.imag();
  });
  return {modes.eigenvalue(order), modes.vectors(Eigen::all, order)};
}

/// (sum w |u|^2)^(1/2) times the phase of the entry that weighs most: u over it has norm 1, and that entry is positive.
std::complex<double> norm(const Eigen::VectorXd& weights, const Eigen::VectorXcd& u) {
  const Eigen::VectorXd weight = weights.cwiseProduct(u.cwiseAbs2());
  Index heaviest = 0;
  weight.maxCoeff(&heaviest);
  return u[heaviest] / std::abs(u[heaviest]) * std::sqrt(weight.sum());
}

}  // namespace

LeadingSpectrum leading_spectrum(const Generator& generator, const Eigen::Ref<const Eigen::MatrixXi>& positions,
                                 const Eigen::VectorXd& weights, const std::vector<Index>& references, int count) {
  const ReferenceProcess process(generator, positions, references);
  const double scale = 1.0 / process.longest_time();
  // Where the relative errors of the two ways meet: (eigenvalue / scale)^2 against round-off times scale / eigenvalue.
  constexpr double slow = 1e-5;
  const Index most = std::max<Index>(generator.states - 2, 1);
  const Index total = std::min<Index>(count, most);
  const Index of_references = std::min(process.slower_than(slow * scale), total);
  const Eigen::VectorXd shares = weights / weights.sum();
  LeadingSpectrum result = process.modes(of_references);
  for (Index k = 0; k < of_references; ++k) {
    result.right.col(k) /= norm(shares, result.right.col(k).cast<std::complex<double>>()).real();
    result.left.col(k) /= result.left.col(k).dot(result.right.col(k));
  }
  if (of_references == total) return result;

  const Elimination elimination(EliminationOrder(generator, positions), generator, scale);
  constexpr double least_weight = 1e-290;  // below, weights have underflown: the vectors vanish there all the same
  const Eigen::VectorXd root = shares.cwiseMax(least_weight).cwiseSqrt();
  // What Arnoldi's vectors, of norm 1, say below round-off is not known, however large u would be there.
  constexpr double least_entry = 1e-11, unknown = std::numeric_limits<double>::quiet_NaN();
  // Nearest to the shift are not always those that decay most slowly: pairs that turn fast lie farther off.
  constexpr Index more = 6;
  const Index wanted = std::min<Index>(2 * total + more, most);
  const ArnoldiModes right = arnoldi({elimination, root, false}, scale, wanted);
  const ArnoldiModes left = arnoldi({elimination, root, true}, scale, wanted);
  Index kept = std::min(total, right.eigenvalue.size());
  if (right.eigenvalue[kept - 1].imag() > 0 && kept < right.eigenvalue.size()) ++kept;
  result.eigenvalue.conservativeResize(kept);
  result.right.conservativeResize(Eigen::NoChange, kept);
  result.left.conservativeResize(Eigen::NoChange, kept);
  const Index found = kept - of_references;
  const Eigen::VectorXcd wide = root.cast<std::complex<double>>();
  const Eigen::MatrixXcd u = wide.cwiseInverse().asDiagonal() * right.vectors.middleCols(of_references, found);
  // Where eigenvalues (nearly) coincide each side has a basis of its own: made dual to each other.
  const Eigen::MatrixXcd overlap =
      left.vectors.middleCols(of_references, found).transpose() * right.vectors.middleCols(of_references, found);
  const Eigen::MatrixXcd p =
      wide.asDiagonal() * (left.vectors.middleCols(of_references, found) * transposed_inverse_of(overlap));
  for (Index k = 0; k < found; ++k) {
    const Index column = of_references + k;
    const std::complex<double> value = right.eigenvalue[column];
    result.eigenvalue[column] = value;
    if (value.imag() < 0) continue;  // filled in with its partner
    const std::complex<double> size = norm(shares, u.col(k));
    const Eigen::VectorXcd shape =
        (right.vectors.col(column).array().abs() < least_entry).select(unknown, u.col(k) / size);
    const Eigen::VectorXcd density = p.col(k) * size;
    result.right.col(column) = shape.real();
    result.left.col(column) = density.real();
    if (value.imag() > 0 && k + 1 < found) {
      result.right.col(column + 1) = shape.imag();
      result.left.col(column + 1) = density.imag();
    }
  }
  if (generator.exit.maxCoeff() == 0) result.eigenvalue[0] = 0.0;
  return result;
}

}  // namespace valleyflux
