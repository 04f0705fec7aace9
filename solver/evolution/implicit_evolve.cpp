#include "solver/evolution/implicit_evolve.hpp"

#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <numbers>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

constexpr int finest_level = 62;  // of halving below the spacing of the frames

/// One attempted step.
struct Attempt {
  Eigen::VectorXd probability;
  Eigen::VectorXd outflow;  // integral of the currents over the step, by the step's own quadrature
  double error = 0.0;       // estimate, L1
};

}  // namespace

/// Implicit steps of lengths base / 2^level; the last few factorisations are kept (steps go up and down the ladder by
/// one or two rungs, once the start is past).
class ImplicitEvolution::Steps {
 public:
  Steps(const Generator& generator, const LinearEngine& engine, const ValleyCurrents& currents, long& factorisations)
      : generator_(generator), engine_(engine), currents_(currents), factorisations_(factorisations) {}

  /// c-weighted operator A = I - c Q^T: A^-1 f.
  Eigen::VectorXd inverse(double c, const Eigen::VectorXd& f) { return factorised(c).solve_forward(f) / c; }

  /// The error estimate is refined only where it exceeds the tolerance.
  Attempt tr_bdf2(const Eigen::VectorXd& p, double step, double tolerance) {
    constexpr double root2 = std::numbers::sqrt2;
    constexpr double gamma = 2.0 - root2;
    const double c = 0.5 * gamma * step;
    // Trapezoidal stage to t + gamma step: A p* = p + c Q^T p = 2 p - A p.
    const Eigen::VectorXd w = inverse(c, p);
    const Eigen::VectorXd star = 2.0 * w - p;
    // BDF2 stage: A p' = (p* - (1 - gamma)^2 p) / (gamma (2 - gamma)).
    constexpr double weight = 1.0 / (gamma * (2.0 - gamma));
    Attempt attempt;
    const Eigen::VectorXd right = weight * star - (weight * (1.0 - gamma) * (1.0 - gamma)) * p;
    attempt.probability = inverse(c, right);
    // As a Runge-Kutta method: p' = p + step (b1 f(p) + b1 f(p*) + b3 f(p')), b1 = sqrt(2)/4, b3 = gamma/2.
    constexpr double b1 = root2 / 4.0, b3 = gamma / 2.0;
    attempt.outflow =
        step * (b1 * (currents_.outflux(p) + currents_.outflux(star)) + b3 * currents_.outflux(attempt.probability));
    // Embedded third-order weights minus these, on the slopes f = Q^T p, which the stages hold as differences.
    constexpr double e1 = (1.0 - root2 / 4.0) / 3.0 - b1, e2 = (3.0 * root2 / 4.0 + 1.0) / 3.0 - b1,
                     e3 = gamma / 6.0 - b3;
    const Eigen::VectorXd f_new = (attempt.probability - right) / c;
    const Eigen::VectorXd f_half = (w - p) / c;  // Q^T w
    const Eigen::VectorXd f_old = forward_rate(generator_, p);
    const Eigen::VectorXd f_star = 2.0 * f_half - f_old;
    const Eigen::VectorXd raw = step * (e1 * f_old + e2 * f_star + e3 * f_new);
    // The filter A^-1 makes the estimate of stiff parts realistic (Hosea & Shampine 1996). It never makes it larger,
    // A^-1 being a contraction in L1, and smooth solutions hardly need it: a solve saved where the bare estimate will
    // do.
    attempt.error = raw.lpNorm<1>();
    if (attempt.error > tolerance) attempt.error = inverse(c, raw).lpNorm<1>();
    return attempt;
  }

  Attempt backward_euler(const Eigen::VectorXd& p, double step) {
    Attempt attempt;
    attempt.probability = inverse(step, p);
    attempt.outflow = step * currents_.outflux(attempt.probability);
    return attempt;
  }

  /// Two half steps, the error from their difference to a whole one.
  Attempt backward_euler_checked(const Eigen::VectorXd& p, double step) {
    const Eigen::VectorXd whole = inverse(step, p);
    const Attempt first = backward_euler(p, 0.5 * step);
    Attempt second = backward_euler(first.probability, 0.5 * step);
    second.outflow += first.outflow;
    second.error = (second.probability - whole).lpNorm<1>();
    return second;
  }

  /// Shifts of the factorisations that are kept, the last used first.
  std::vector<double> shifts() const {
    std::vector<double> all;
    for (const auto& [c, kept] : cache_) all.push_back(c);
    return all;
  }
  /// Makes those of a stepper that was interrupted again; they were counted then.
  void restore(const std::vector<double>& shifts) {
    for (const double c : shifts) cache_.emplace_back(c, engine_.factorise(generator_, 1.0 / c));
  }

 private:
  const LinearSolver& factorised(double c) {
    const auto known = std::find_if(cache_.begin(), cache_.end(), [&](const auto& entry) { return entry.first == c; });
    if (known != cache_.end()) {
      std::rotate(cache_.begin(), known, known + 1);
    } else {
      constexpr std::size_t kept = 4;
      std::unique_ptr<LinearSolver> spent;
      if (cache_.size() == kept) {
        spent = std::move(cache_.back().second);
        cache_.pop_back();
      }
      cache_.emplace_front(c, engine_.factorise(generator_, 1.0 / c, std::move(spent)));
      ++factorisations_;
    }
    return *cache_.front().second;
  }

  const Generator& generator_;
  const LinearEngine& engine_;
  const ValleyCurrents& currents_;
  long& factorisations_;
  std::deque<std::pair<double, std::unique_ptr<LinearSolver>>> cache_;  // most recently used first
};

ImplicitEvolution::ImplicitEvolution(const Generator& generator, const LinearEngine& engine,
                                     const ValleyCurrents& currents, const EvolveOptions& options, Stepper method,
                                     EvolutionState& state)
    : generator_(generator),
      options_(options),
      state_(state),
      first_order_(method == Stepper::backward_euler),
      spacing_(options.until / static_cast<double>(options.frames)),
      steps_(std::make_unique<Steps>(generator, engine, currents, state.sums.factorisations)) {}

ImplicitEvolution::~ImplicitEvolution() = default;

void ImplicitEvolution::choose_rung() {
  // The ladder climbs in a few steps.
  const double fastest = (forward_rate(generator_, state_.probability).lpNorm<1>() + 1e-300);
  state_.level =
      std::clamp(static_cast<int>(std::ceil(std::log2(spacing_ * fastest / std::cbrt(options_.local_error()) * 0.1))),
                 0, finest_level);
}

void ImplicitEvolution::restore() {
  steps_->restore(state_.factorised);
}

void ImplicitEvolution::advance(EvolutionAccount& account) {
  Evolution& evolution = state_.sums;
  Eigen::VectorXd& p = state_.probability;
  int &level = state_.level, &rejections_in_row = state_.refusals, &wait = state_.wait, &next_wait = state_.next_wait;
  Steps& stepper = *steps_;
  const EvolveOptions& options = options_;
  const double base = spacing_;
  const double growth = first_order_ ? 4.0 : 8.0;  // of the error of a step twice as long
  const long frame = state_.frame + 1;
  std::uint64_t done = 0;  // of 2^finest_level parts of the way to the frame
  const std::uint64_t whole = std::uint64_t{1} << finest_level;
  while (done < whole) {
    if (evolution.steps + evolution.rejected >= options.max_steps)
      throw SolverError(fmt::format(
          "{} steps did not suffice: stopped at time {}", options.max_steps,
          base * (static_cast<double>(frame - 1) + static_cast<double>(done) / static_cast<double>(whole))));
    const std::uint64_t part = whole >> level;
    const double step = std::ldexp(base, -level);
    const double tolerance = options.local_error() * (options.of_mass ? p.sum() : 1.0);
    Attempt attempt = first_order_ ? stepper.backward_euler_checked(p, step) : stepper.tr_bdf2(p, step, tolerance);
    const bool negative = attempt.probability.minCoeff() < 0.0;
    const bool refused = negative || !(attempt.error <= tolerance);
    if (refused) {
      if (level == finest_level)
        throw SolverError(fmt::format("the step fell below {} and the error is still {}", step, attempt.error));
      int finer = 1;
      bool accepted = false;
      if (attempt.error > tolerance) {
        constexpr int most = 4;  // rungs at once: the error of a step that is far too long says little
        finer =
            std::clamp(static_cast<int>(std::ceil(std::log2(attempt.error / tolerance) / std::log2(growth))), 1, most);
      } else {
        constexpr int patience = 12, longest_wait = 16;
        wait = next_wait;
        next_wait = std::min(2 * next_wait, longest_wait);
        if (++rejections_in_row >= patience) {
          // Smooth enough for its accuracy, yet smaller steps do not make it positive.
          attempt = stepper.backward_euler_checked(p, step);
          accepted = attempt.error <= 10.0 * tolerance;
          if (accepted) ++evolution.backward_euler_steps;
        }
      }
      if (!accepted) {
        ++evolution.rejected;
        level = std::min(level + finer, finest_level);
        continue;
      }
    }
    rejections_in_row = 0;
    ++evolution.steps;
    evolution.error_estimate += attempt.error;
    p = std::move(attempt.probability);
    account.accept(attempt.outflow);
    done += part;
    // A step twice as long must end on its own rungs of the ladder.
    if (wait > 0)
      --wait;
    else if (level > 0 && attempt.error * growth < 0.8 * tolerance && done % (part << 1) == 0)
      --level;
  }
  state_.factorised = stepper.shifts();
}

}  // namespace valleyflux
