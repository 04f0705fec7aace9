#include "solver/evolution/evolve.hpp"

#include "solver/evolution/explicit_evolve.hpp"
#include "solver/evolution/valley_currents.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <memory>
#include <numbers>
#include <optional>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

constexpr std::array steppers{std::pair{Stepper::automatic, "auto"}, std::pair{Stepper::tr_bdf2, "tr_bdf2"},
                              std::pair{Stepper::backward_euler, "backward_euler"},
                              std::pair{Stepper::dopri5, "dopri5"}};

/// One attempted step.
struct Attempt {
  Eigen::VectorXd probability;
  Eigen::VectorXd outflow;  // integral of the currents over the step, by the step's own quadrature
  double error = 0.0;       // estimate, L1
};

/// Implicit steps of lengths base / 2^level; the last few factorisations are kept (steps go up and down the ladder by
/// one or two rungs, once the start is past).
class ImplicitStepper {
 public:
  ImplicitStepper(const Generator& generator, const LinearEngine& engine, const ValleyCurrents& currents,
                  long& factorisations)
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

/// What every stepper keeps account of.
class Account {
 public:
  Account(const ValleyCurrents& currents, const Eigen::VectorXd& initial, EvolutionState& state,
          const FrameObserver& observer, const EvolutionRecord& record)
      : currents_(currents),
        first_(currents.probability(initial)),
        state_(state),
        observer_(observer),
        record_(record) {
    state_.probability = initial;
    state_.outflow = Eigen::VectorXd::Zero(currents.flows());
    state_.sums.probability_min = initial.minCoeff();
  }

  /// Shows what the record holds and goes to the last of it. False if that is nothing.
  bool replay(long frames, double spacing) {
    bool any = false;
    if (!record_.next) return any;
    while (std::optional<EvolutionState> kept = record_.next()) {
      const bool follows = kept->frame == (any ? state_.frame + 1 : 0) && kept->frame <= frames &&
                           kept->probability.size() == state_.probability.size() &&
                           kept->outflow.size() == state_.outflow.size() && kept->sums.stepper == state_.sums.stepper &&
                           (any || kept->probability == state_.probability);
      if (!follows) throw std::invalid_argument("the frames that were kept are those of another evolution");
      state_ = std::move(*kept);
      any = true;
      show(spacing * static_cast<double>(state_.frame));
    }
    return any;
  }

  void accept(const Eigen::VectorXd& outflow) {
    state_.outflow += outflow;
    const double mass = state_.probability.sum() + state_.outflow[currents_.valleys()];
    Evolution& sums = state_.sums;
    sums.mass_error = std::max(sums.mass_error, std::abs(mass - 1.0));
    sums.probability_min = std::min(sums.probability_min, state_.probability.minCoeff());
  }

  void show(double time) {
    const int valleys = currents_.valleys(), walls = currents_.flows() - valleys - 1;
    const Eigen::VectorXd& p = state_.probability;
    const Eigen::VectorXd flux = currents_.outflux(p);
    const EvolutionFrame frame{time,
                               p,
                               currents_.probability(p),
                               flux.head(valleys),
                               state_.outflow.head(valleys),
                               state_.outflow[valleys],
                               flux.tail(walls),
                               state_.outflow.tail(walls)};
    if (valleys > 0)
      state_.sums.balance_error = std::max(
          state_.sums.balance_error, (frame.valley_probability + frame.valley_outflow - first_).cwiseAbs().maxCoeff());
    if (observer_) observer_(frame);
  }

 private:
  const ValleyCurrents& currents_;
  Eigen::VectorXd first_;
  EvolutionState& state_;
  const FrameObserver& observer_;
  const EvolutionRecord& record_;
};

void evolve_implicitly(const Generator& generator, const LinearEngine& engine, const ValleyCurrents& currents,
                       const EvolveOptions& options, const EvolutionRecord& record, Account& account,
                       EvolutionState& state) {
  Evolution& evolution = state.sums;
  Eigen::VectorXd& p = state.probability;
  int &level = state.level, &rejections_in_row = state.refusals, &wait = state.wait, &next_wait = state.next_wait;
  ImplicitStepper stepper(generator, engine, currents, evolution.factorisations);
  const bool first_order = evolution.stepper == Stepper::backward_euler;
  constexpr int finest = 46;  // levels of halving below the spacing of the frames
  const double base = options.until / static_cast<double>(options.frames);
  const double growth = first_order ? 4.0 : 8.0;  // of the error of a step twice as long
  if (account.replay(options.frames, base)) {
    stepper.restore(state.factorised);
  } else {
    // Start near the fastest time scale that the solution can have; the ladder climbs in a few steps.
    const double fastest = (forward_rate(generator, p).lpNorm<1>() + 1e-300);
    level = std::clamp(static_cast<int>(std::ceil(std::log2(base * fastest / std::cbrt(options.tolerance) * 0.1))), 0,
                       finest);
    account.show(0.0);
    if (record.keep) record.keep(state);
  }
  while (state.frame < options.frames) {
    const long frame = state.frame + 1;
    std::uint64_t done = 0;  // of 2^finest parts of the way to the frame
    const std::uint64_t whole = std::uint64_t{1} << finest;
    while (done < whole) {
      if (evolution.steps + evolution.rejected >= options.max_steps)
        throw SolverError(fmt::format(
            "{} steps did not suffice: stopped at time {}", options.max_steps,
            base * (static_cast<double>(frame - 1) + static_cast<double>(done) / static_cast<double>(whole))));
      const std::uint64_t part = whole >> level;
      const double step = std::ldexp(base, -level);
      const double tolerance = options.tolerance * (options.of_mass ? p.sum() : 1.0);
      Attempt attempt = first_order ? stepper.backward_euler_checked(p, step) : stepper.tr_bdf2(p, step, tolerance);
      const bool negative = attempt.probability.minCoeff() < 0.0;
      const bool refused = negative || !(attempt.error <= tolerance);
      if (refused) {
        if (level == finest)
          throw SolverError(fmt::format("the step fell below {} and the error is still {}", step, attempt.error));
        int finer = 1;
        bool accepted = false;
        if (attempt.error > tolerance) {
          constexpr int most = 4;  // rungs at once: the error of a step that is far too long says little
          finer = std::clamp(static_cast<int>(std::ceil(std::log2(attempt.error / tolerance) / std::log2(growth))), 1,
                             most);
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
          level = std::min(level + finer, finest);
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
    state.frame = frame;
    account.show(base * static_cast<double>(frame));
    if (!record.keep) continue;
    state.factorised = stepper.shifts();
    record.keep(state);
  }
}

}  // namespace

std::string_view name_of(Stepper stepper) {
  for (const auto& [known, name] : steppers)
    if (known == stepper) return name;
  throw std::invalid_argument("no such stepper");
}

Stepper stepper_named(std::string_view name) {
  for (const auto& [known, known_name] : steppers)
    if (name == known_name) return known;
  throw std::invalid_argument(
      fmt::format("stepper must be auto, tr_bdf2, backward_euler or dopri5 (got \"{}\")", name));
}

Evolution evolve(const Generator& generator, const LinearEngine& engine, const Eigen::VectorXd& initial,
                 const ValleyParts& valleys, const EvolveOptions& options, const FrameObserver& observer,
                 const EvolutionRecord& record) {
  if (!(options.until > 0) || !std::isfinite(options.until))
    throw std::invalid_argument(fmt::format("until must be positive and finite (got {})", options.until));
  if (options.frames < 1)
    throw std::invalid_argument(fmt::format("frames must be at least 1 (got {})", options.frames));
  if (!(options.tolerance > 1e-14) || !(options.tolerance < 1.0))
    throw std::invalid_argument(fmt::format("tolerance must lie between 1e-14 and 1 (got {})", options.tolerance));
  if (initial.size() != generator.states)
    throw std::invalid_argument(
        fmt::format("{} states need as many probabilities (got {})", generator.states, initial.size()));
  if (!(initial.minCoeff() >= 0) || !(std::abs(initial.sum() - 1.0) < 1e-10))
    throw std::invalid_argument("initial probabilities must be nonnegative and sum to 1");

  EvolutionState state;
  Evolution& evolution = state.sums;
  evolution.stepper = options.stepper;
  const double explicit_steps = expected_explicit_steps(generator, options.until);
  constexpr double cheap_explicit_steps = 300.0;  // of six products each: about one factorisation with its solves
  if (evolution.stepper == Stepper::automatic)
    evolution.stepper = explicit_steps < cheap_explicit_steps ? Stepper::dopri5 : Stepper::tr_bdf2;

  const ValleyCurrents currents(generator, valleys, options.exits);
  Account account(currents, initial, state, observer, record);
  if (evolution.stepper != Stepper::dopri5) {
    evolve_implicitly(generator, engine, currents, options, record, account, state);
    return evolution;
  }
  if (explicit_steps > static_cast<double>(options.max_steps))
    throw SolverError(
        fmt::format("dopri5 would need about {:.3g} steps (at most {} are allowed): the problem is stiff, "
                    "use stepper = \"tr_bdf2\"",
                    explicit_steps, options.max_steps));
  ExplicitStepper stepper(generator, currents, options.tolerance);
  const double base = options.until / static_cast<double>(options.frames);
  if (account.replay(options.frames, base)) {
    stepper.start_with(state.step);
  } else {
    state.step = stepper.last_step();
    account.show(0.0);
    if (record.keep) record.keep(state);
  }
  while (state.frame < options.frames) {
    const ExplicitAdvance advance = stepper.advance(state.probability, base);
    evolution.steps += advance.steps;
    evolution.rejected += advance.rejected;
    account.accept(advance.outflow);
    state.step = stepper.last_step();
    account.show(base * static_cast<double>(++state.frame));
    if (record.keep) record.keep(state);
  }
  return evolution;
}

}  // namespace valleyflux
