#include "solver/evolution/evolution_account.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>

namespace valleyflux {

EvolutionAccount::EvolutionAccount(const ValleyCurrents& currents, const Eigen::VectorXd& initial,
                                   EvolutionState& state, const FrameObserver& observer, const EvolutionRecord& record)
    : currents_(currents), first_(currents.probability(initial)), state_(state), observer_(observer), record_(record) {
  state_.probability = initial;
  state_.outflow = Eigen::VectorXd::Zero(currents.flows());
  state_.sums.probability_min = initial.minCoeff();
}

bool EvolutionAccount::replay(long frames, double spacing) {
  bool any = false;
  if (!record_.next) return any;
  while (std::optional<EvolutionState> kept = record_.next()) {
    const bool follows = kept->frame == (any ? state_.frame + 1 : 0) && kept->frame <= frames &&
                         kept->probability.size() == state_.probability.size() &&
                         kept->outflow.size() == state_.outflow.size() && kept->sums.stepper == state_.sums.stepper &&
                         (any || kept->probability == state_.probability);
    if (!follows) throw std::invalid_argument("the frames that were kept are those of another evolution");
    if (any && kept->space.begin == state_.frame) boundary_ = std::move(state_);
    state_ = std::move(*kept);
    any = true;
    show(spacing * static_cast<double>(state_.frame));
  }
  return any;
}

void EvolutionAccount::accept(const Eigen::VectorXd& outflow) {
  state_.outflow += outflow;
  const double mass = state_.probability.sum() + state_.outflow[currents_.valleys()];
  Evolution& sums = state_.sums;
  sums.mass_error = std::max(sums.mass_error, std::abs(mass - 1.0));
  sums.probability_min = std::min(sums.probability_min, state_.probability.minCoeff());
}

void EvolutionAccount::show(double time) {
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

void EvolutionAccount::keep() const {
  if (record_.keep) record_.keep(state_);
}

}  // namespace valleyflux
