#include "solver/spectrum/reference_process.hpp"

#include "grids/dense_algebra.hpp"

#include <algorithm>
#include <cmath>
#include <complex>

namespace valleyflux {

namespace {

/// R^p v <= c R^(p-1) v, entries that have underflown apart.
double largest_ratio(const Eigen::MatrixXd& next, const Eigen::MatrixXd& last) {
  constexpr double smallest = 1e-290;
  return (last.array() > smallest).select(next.array() / last.array(), 0.0).maxCoeff();
}

/// A^T B. As a product that Eigen would spread over threads its last bits were others for other numbers of them.
Eigen::MatrixXd entries_of(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  return a.transpose().lazyProduct(b);
}

}  // namespace

ReferenceProcess::ReferenceProcess(const Generator& generator, const EliminationOrder& order,
                                   const Eigen::VectorXd& weights, bool reversible,
                                   const std::vector<Index>& references)
    : references_(references), state_(static_cast<std::size_t>(generator.states), -1) {
  const auto m = static_cast<Index>(references.size());
  own_ = weights(references);
  // Of what is less likely than all others by nearly the range of doubles the ratios below would underflow.
  constexpr double within_range = 1e-200;
  reversible_ = reversible && own_.minCoeff() > within_range;
  std::vector<Index> number(state_.size(), -1);  // among the references
  for (Index r = 0; r < m; ++r) number[static_cast<std::size_t>(references[static_cast<std::size_t>(r)])] = r;
  Generator kept;
  for (std::size_t s = 0; s < state_.size(); ++s)
    if (number[s] < 0) state_[s] = kept.states++;
  kept.exit.resize(kept.states);
  weights_.resize(kept.states);
  std::vector<std::int32_t> others;
  for (std::size_t s = 0; s < state_.size(); ++s)
    if (state_[s] >= 0) {
      kept.exit[state_[s]] = generator.exit[static_cast<Index>(s)];
      weights_[state_[s]] = weights[static_cast<Index>(s)];
      others.push_back(static_cast<std::int32_t>(s));
    }
  const Eigen::VectorXd lost = kept.exit;
  Eigen::MatrixXd into = Eigen::MatrixXd::Zero(kept.states, m), out_of = into;
  small_ = {Eigen::MatrixXd::Zero(m, m), generator.exit(references)};
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
  solver_ = order.part(kept, others)->factorise(kept);
  right_ = {solver_->solve_columns(into)};
  left_ = {reversible_ ? reversed(right_[0]) : solver_->solve_forward_columns(out_of)};
  small_.rates += entries_of(out_of, right_[0]);
  if (lost.maxCoeff() > 0) small_.exit += out_of.transpose() * solver_->solve(lost);
  raise_to(1);
  // Where nothing is lost the committors of all add up to 1.
  longest_time_ = lost.maxCoeff() > 0 || small_.exit.maxCoeff() > 0
                      ? solver_->solve(Eigen::VectorXd::Ones(kept.states)).maxCoeff()
                      : right_[1].rowwise().sum().maxCoeff();
}

Eigen::MatrixXd ReferenceProcess::reversed(const Eigen::MatrixXd& columns) const {
  return weights_.asDiagonal() * columns * own_.cwiseInverse().asDiagonal();
}

void ReferenceProcess::raise_to(std::size_t power) {
  while (right_.size() <= power) {
    right_.push_back(solver_->solve_columns(right_.back()));
    left_.push_back(reversible_ ? reversed(right_.back()) : solver_->solve_forward_columns(left_.back()));
  }
  for (std::size_t k = moments_.size(); k <= 2 * power; ++k)
    moments_.push_back(entries_of(left_[k / 2], right_[k - k / 2]));
  ratio_ = largest_ratio(right_[power], right_[power - 1]);
}

double ReferenceProcess::rest(double l) const {
  return std::pow(l, moments_.size()) * ratio_ / (1.0 - l * ratio_);
}

Eigen::MatrixXd ReferenceProcess::mass(double l) const {
  Eigen::MatrixXd sum = moments_.back();
  for (std::size_t k = moments_.size() - 1; k-- > 0;) sum = l * sum + moments_[k];
  return sum + Eigen::MatrixXd::Identity(sum.rows(), sum.cols());
}

Eigen::MatrixXd ReferenceProcess::mass_slope(double l) const {
  Eigen::MatrixXd sum = static_cast<double>(moments_.size() - 1) * moments_.back();
  for (std::size_t k = moments_.size() - 2; k > 0; --k) sum = l * sum + static_cast<double>(k) * moments_[k];
  return sum;
}

Eigen::VectorXd ReferenceProcess::over_states(const std::vector<Eigen::MatrixXd>& powers, double l,
                                              const Eigen::VectorXd& u) const {
  Eigen::VectorXd others = powers.back() * u;
  for (std::size_t k = powers.size() - 1; k-- > 0;) others = l * others + powers[k] * u;
  Eigen::VectorXd all(static_cast<Index>(state_.size()));
  for (std::size_t s = 0; s < state_.size(); ++s)
    if (state_[s] >= 0) all[static_cast<Index>(s)] = others[state_[s]];
  all(references_) = u;
  return all;
}

ReferenceModes ReferenceProcess::modes(Index most) {
  const Index m = own_.size();
  SlowModes of_mass = slow_modes(small_, mass(0.0));
  // The vectors are cut off at (l c)^(power + 1), the eigenvalues at (l c)^(2 power + 1).
  constexpr double cut_off = 1e-11;
  // Eigenvalues of many valleys in 200 digits are found once for all modes, of few ones at every step of every mode.
  constexpr Index few = 6;
  const double slow = m <= few ? 0.1 : 1e-5, settled = m <= few ? 1e-10 : slow;
  constexpr Index most_solves = 60;  // an iteration for all modes takes more, and an elimination of its own
  const Index sides = reversible_ ? 1 : 2, most_powers = 1 + most_solves / (m * sides);
  Index count = 0, powers = 1;
  for (; count < std::min(most, m); ++count) {
    const std::complex<double> value = of_mass.eigenvalue[count];
    const double share = -value.real() * ratio_;
    if (value.imag() != 0 || !(share < slow)) break;
    const Index needed = share > 0 ? static_cast<Index>(std::ceil(std::log(cut_off) / std::log(share))) - 1 : 1;
    if (needed > most_powers) break;
    powers = std::max(powers, needed);
  }
  raise_to(static_cast<std::size_t>(powers));
  ReferenceModes modes{Eigen::VectorXd::Zero(count), Eigen::VectorXd::Zero(count),
                       Eigen::MatrixXd(static_cast<Index>(state_.size()), count),
                       Eigen::MatrixXd(static_cast<Index>(state_.size()), count)};
  for (Index k = 0; k < count; ++k) {
    double l = 0.0;
    const SlowModes* at = &of_mass;
    SlowModes refined;
    Eigen::VectorXd u, y;
    // -l' of K u = -l' M(l) u against l: Newton's steps, each the square of the one before.
    constexpr int most_steps = 12;
    for (int step = 0;; ++step) {
      const Eigen::MatrixXd mass_at = mass(l);
      if (step > 0) {
        refined = slow_modes(small_, mass_at);
        at = &refined;
      }
      if (step == most_steps || at->eigenvalue[k].imag() != 0) throw SolverError("the slow modes did not converge");
      u = at->right.col(k).real();
      y = solve_transposed(mass_at, at->left.col(k).real());
      const double found = -at->eigenvalue[k].real();
      const double slope = -found * y.dot(mass_slope(l) * u);
      const double change = (found - l) / (1.0 - slope);
      l += change;
      modes.bound[k] = std::pow(change * ratio_, 2);
      if (std::abs(change) * ratio_ < settled) break;
    }
    // Entries of K and M are right to round-off; how much of it the eigenvalue sees is 1 in detailed balance.
    constexpr double round_off = 1e-12;
    const double condition = reversible_ ? 1.0 : std::max(1.0, y.cwiseAbs().dot(mass(l) * u.cwiseAbs()));
    modes.decay[k] = l;
    modes.bound[k] =
        l * (modes.bound[k] + round_off * condition + 2.0 * rest(l) * y.cwiseAbs().dot(moments_.back() * u.cwiseAbs()));
    modes.right.col(k) = over_states(right_, l, u);
    modes.left.col(k) = over_states(left_, l, y);
  }
  return modes;
}

}  // namespace valleyflux
