#include "solver/evolution/valley_currents.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace valleyflux {

ValleyCurrents::ValleyCurrents(const Generator& generator, std::span<const int> labels, int valleys,
                               std::vector<ExitRates> exits)
    : valleys_(valleys), labels_(labels.begin(), labels.end()), exit_(generator.exit), exits_(std::move(exits)) {
  if (static_cast<Index>(labels.size()) != generator.states)
    throw std::invalid_argument(fmt::format("{} states need as many labels (got {})", generator.states, labels.size()));
  for (const int label : labels)
    if (label < -1 || label >= valleys)
      throw std::invalid_argument(fmt::format("labels must lie between -1 and {} (got {})", valleys - 1, label));
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const int a = labels_[static_cast<std::size_t>(generator.from[e])];
    const int b = labels_[static_cast<std::size_t>(generator.to[e])];
    if (a != b)
      cuts_.push_back({generator.from[e], generator.to[e], a, b, generator.forward[e], generator.backward[e]});
  }
  for (Index state = 0; state < generator.states; ++state)
    if (exit_[state] > 0) leaking_.push_back(static_cast<std::int32_t>(state));
}

Eigen::VectorXd ValleyCurrents::probability(const Eigen::VectorXd& p) const {
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(valleys_);
  for (std::size_t state = 0; state < labels_.size(); ++state)
    if (labels_[state] >= 0) sum[labels_[state]] += p[static_cast<Index>(state)];
  return sum;
}

Eigen::VectorXd ValleyCurrents::outflux(const Eigen::VectorXd& p) const {
  Eigen::VectorXd flux = Eigen::VectorXd::Zero(flows());
  for (const Cut& cut : cuts_) {
    const double current = p[cut.from] * cut.forward - p[cut.to] * cut.backward;
    if (cut.label_from >= 0) flux[cut.label_from] += current;
    if (cut.label_to >= 0) flux[cut.label_to] -= current;
  }
  for (const auto state : leaking_) {
    const double current = p[state] * exit_[state];
    if (labels_[static_cast<std::size_t>(state)] >= 0) flux[labels_[static_cast<std::size_t>(state)]] += current;
    flux[valleys_] += current;
  }
  for (std::size_t k = 0; k < exits_.size(); ++k)
    for (const auto& [state, rate] : exits_[k]) flux[valleys_ + 1 + static_cast<Index>(k)] += p[state] * rate;
  return flux;
}

}  // namespace valleyflux
