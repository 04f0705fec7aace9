#include "solver/evolution/arrival_curves.hpp"

#include "solver/evolution/evolve.hpp"
#include "solver/evolution/explicit_evolve.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux {

std::pair<double, double> DoublingTimes::stretch(int k) const {
  const double end = std::ldexp(first, k);
  return {k == 0 ? 0.0 : 0.5 * end, end};
}

Eigen::VectorXd DoublingTimes::all() const {
  Eigen::VectorXd times(per_doubling * (doublings + 1));
  for (int k = 0; k <= doublings; ++k) {
    const auto [begin, end] = stretch(k);
    for (int n = 1; n <= per_doubling; ++n) times[per_doubling * k + n - 1] = begin + (end - begin) * n / per_doubling;
  }
  return times;
}

Eigen::VectorXd rates_into(const std::vector<ExitRates>& ends, const Eigen::VectorXd& probability) {
  Eigen::VectorXd flux = Eigen::VectorXd::Zero(static_cast<Index>(ends.size()));
  for (std::size_t of = 0; of < ends.size(); ++of)
    for (const auto& [state, rate] : ends[of]) flux[static_cast<Index>(of)] += rate * probability[state];
  return flux;
}

ArrivalCurves arrival_curves(const KilledStart& process, const DoublingTimes& doubling,
                             const std::function<void(int)>& progress) {
  constexpr int per_doubling = DoublingTimes::per_doubling;
  constexpr double tolerance = 1e-7;  // of a step, L1, of the mass that is left
  const Eigen::VectorXd times = doubling.all();
  const auto ends = static_cast<Index>(process.ends.size());
  ArrivalCurves curves;
  curves.density = Eigen::MatrixXd::Zero(times.size(), ends);
  curves.survival = Eigen::VectorXd::Zero(times.size());
  curves.known = times.size();
  curves.known_of.assign(process.ends.size(), times.size());
  Eigen::VectorXd probability = process.start;
  Eigen::VectorXd arrived = Eigen::VectorXd::Zero(ends);
  double left = 1.0;
  // Where even the first moment is long after all that is fast: doublings before it, of which nothing is told.
  constexpr double parts_of_a_stretch = 30.0;  // powers of two; the ladder of steps has more
  const double rates = std::log2(doubling.first * expected_explicit_steps(process.generator, 1.0));
  const int silent = std::max(0, static_cast<int>(std::ceil(rates - parts_of_a_stretch)));
  constexpr double nothing = 1e-290, settled = 1e-6, settled_end = 1e-3;
  for (int k = -silent; k <= doubling.doublings && left > nothing; ++k) {
    auto [begin, end] = doubling.stretch(k);
    if (k == -silent) begin = 0.0;
    double left_at_end = left;
    Eigen::VectorXd arrived_at_end = arrived;
    const auto take = [&, at = Index{per_doubling} * k - 1](const EvolutionFrame& frame) mutable {
      if (frame.time > 0) {
        left_at_end = left * frame.probability.sum();
        arrived_at_end = arrived + left * frame.exit_outflow;
        probability = frame.probability;
        if (at >= 0) {
          const double doubtful = curves.time_error + left * tolerance;
          curves.survival[at] = left_at_end;
          curves.density.row(at) = left * frame.exit_flux.transpose();
          if (1.0 - left_at_end > doubtful) curves.known = std::min(curves.known, at);
          for (Index of = 0; of < ends; ++of)
            if (Index& known = curves.known_of[static_cast<std::size_t>(of)]; arrived_at_end[of] > doubtful)
              known = std::min(known, at);
        }
      }
      ++at;
    };
    constexpr long most_steps = 100000;
    const Evolution evolution =
        evolve(process.generator, process.engine, probability, ValleyParts(0, process.generator.states),
               {.until = end - begin,
                .frames = per_doubling,
                .stepper = Stepper::tr_bdf2,
                .tolerance = tolerance,
                .of_mass = true,
                .max_steps = most_steps,
                .exits = process.ends},
               take);
    curves.time_error += left * evolution.error_estimate;
    left = left_at_end;
    arrived = arrived_at_end;
    probability /= probability.sum();
    progress(k + 1);
    // From here on everything decays like the slowest of all, at every end.
    const Eigen::VectorXd flux = rates_into(process.ends, probability);
    const double rate = flux.sum();
    if (!(std::abs(rate / process.slowest - 1.0) < settled)) continue;
    if (!((flux / rate - process.slowest_share).array().abs() <= settled_end * process.slowest_share.array()).all())
      continue;
    for (Index at = std::max(0, per_doubling * (k + 1)); at < times.size(); ++at) {
      curves.survival[at] = left * std::exp(-process.slowest * (times[at] - end));
      curves.density.row(at) = flux.transpose() / rate * process.slowest * curves.survival[at];
      curves.known = std::min(curves.known, at);
      for (Index& known : curves.known_of) known = std::min(known, at);
    }
    break;
  }
  return curves;
}

}  // namespace valleyflux
