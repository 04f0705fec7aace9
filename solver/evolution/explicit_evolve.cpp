#include "solver/evolution/explicit_evolve.hpp"

#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/numeric/odeint.hpp>
#include <vector>

namespace valleyflux {

namespace {

double largest_rate(const Generator& generator) {
  Eigen::VectorXd total = generator.exit;
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    total[generator.from[e]] += generator.forward[e];
    total[generator.to[e]] += generator.backward[e];
  }
  return total.maxCoeff();
}

/// Sets negative probabilities to zero at the cost of the neighbour with the most; returns the total moved.
double give_back(const Generator& generator, Eigen::VectorXd& p) {
  if (p.minCoeff() >= 0.0) return 0.0;
  std::vector<std::int32_t> donor(static_cast<std::size_t>(p.size()), -1);
  for (std::size_t e = 0; e < generator.from.size(); ++e)
    for (const auto& [i, j] :
         {std::pair{generator.from[e], generator.to[e]}, std::pair{generator.to[e], generator.from[e]}}) {
      if (p[i] >= 0.0) continue;
      auto& best = donor[static_cast<std::size_t>(i)];
      if (best < 0 || p[j] > p[best]) best = j;
    }
  double moved = 0.0;
  for (Index i = 0; i < p.size(); ++i)
    if (p[i] < 0.0 && donor[static_cast<std::size_t>(i)] >= 0) {
      moved -= p[i];
      p[donor[static_cast<std::size_t>(i)]] += p[i];
      p[i] = 0.0;
    }
  return moved;
}

}  // namespace

double expected_explicit_steps(const Generator& generator, double until) {
  return until * largest_rate(generator);
}

ExplicitStepper::ExplicitStepper(const Generator& generator, const ValleyCurrents& currents, double tolerance)
    : generator_(generator),
      currents_(currents),
      tolerance_(tolerance),
      longest_(1.0 / largest_rate(generator)),
      last_step_(longest_) {}

ExplicitAdvance ExplicitStepper::advance(Eigen::VectorXd& p, double time) {
  namespace odeint = boost::numeric::odeint;
  using State = std::vector<double>;
  const auto n = static_cast<std::size_t>(p.size());
  const auto flows = static_cast<std::size_t>(currents_.flows());
  State state(n + flows, 0.0);
  std::copy(p.begin(), p.end(), state.begin());
  const auto system = [&](const State& x, State& slope, double) {
    const Eigen::VectorXd now = Eigen::Map<const Eigen::VectorXd>(x.data(), p.size());
    const Eigen::VectorXd rate = forward_rate(generator_, now), flux = currents_.outflux(now);
    std::copy(rate.begin(), rate.end(), slope.begin());
    std::copy(flux.begin(), flux.end(), slope.begin() + static_cast<std::ptrdiff_t>(n));
  };
  // Tolerances are per entry; the sum over the states is to stay below that of the whole.
  auto stepper = odeint::make_controlled(tolerance_ / static_cast<double>(n), 1e-3 * tolerance_, longest_,
                                         odeint::runge_kutta_dopri5<State>());
  ExplicitAdvance advance;
  double t = 0.0, step = last_step_;
  while (t < time) {
    const bool last = t + step >= time * (1.0 - 1e-12);
    double trial = last ? time - t : step;
    if (stepper.try_step(system, state, t, trial) == odeint::success) {
      ++advance.steps;
      if (last)
        t = time;
      else
        step = std::min(trial, longest_);
    } else {
      ++advance.rejected;
      step = trial;
      if (!(step > 1e-14 * time)) throw SolverError(fmt::format("dopri5: the step fell to {} at time {}", step, t));
    }
  }
  last_step_ = step;
  p = Eigen::Map<const Eigen::VectorXd>(state.data(), p.size());
  const Eigen::VectorXd before = currents_.probability(p);
  const double moved = give_back(generator_, p);
  constexpr double round_off = 1e-13;
  if (moved > round_off || p.minCoeff() < 0.0)
    throw SolverError(
        fmt::format("dopri5 made probabilities negative (by {} in all): use stepper = \"tr_bdf2\"", moved));
  advance.outflow = Eigen::Map<const Eigen::VectorXd>(state.data() + n, static_cast<Index>(flows));
  advance.outflow.head(currents_.valleys()) += before - currents_.probability(p);
  return advance;
}

}  // namespace valleyflux
