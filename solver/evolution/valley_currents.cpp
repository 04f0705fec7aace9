#include "solver/evolution/valley_currents.hpp"

#include <fmt/format.h>

#include <map>
#include <stdexcept>
#include <utility>

namespace valleyflux {

ValleyParts whole_parts(std::span<const int> labels, int valleys) {
  std::vector<Eigen::Triplet<double>> parts;
  for (std::size_t state = 0; state < labels.size(); ++state) {
    if (labels[state] < -1 || labels[state] >= valleys)
      throw std::invalid_argument(
          fmt::format("labels must lie between -1 and {} (got {})", valleys - 1, labels[state]));
    if (labels[state] >= 0) parts.emplace_back(labels[state], static_cast<int>(state), 1.0);
  }
  ValleyParts matrix(valleys, static_cast<Index>(labels.size()));
  matrix.setFromTriplets(parts.begin(), parts.end());
  return matrix;
}

namespace {

/// Whether two states lie in all valleys by the same parts.
bool lie_alike(const ValleyParts& parts, Index one, Index other) {
  ValleyParts::InnerIterator a(parts, one), b(parts, other);
  for (; a && b; ++a, ++b)
    if (a.row() != b.row() || a.value() != b.value()) return false;
  return !a && !b;
}

}  // namespace

ValleyCurrents::ValleyCurrents(const Generator& generator, const ValleyParts& parts, std::vector<ExitRates> exits)
    : parts_(parts), exit_(generator.exit), exits_(std::move(exits)) {
  if (parts_.cols() != generator.states)
    throw std::invalid_argument(
        fmt::format("{} states need as many parts of valleys (got {})", generator.states, parts_.cols()));
  std::map<int, double> gain;
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    if (lie_alike(parts_, generator.from[e], generator.to[e])) continue;
    gain.clear();
    for (ValleyParts::InnerIterator it(parts_, generator.from[e]); it; ++it)
      gain[static_cast<int>(it.row())] -= it.value();
    for (ValleyParts::InnerIterator it(parts_, generator.to[e]); it; ++it)
      gain[static_cast<int>(it.row())] += it.value();
    std::erase_if(gain, [](const auto& of_valley) { return of_valley.second == 0.0; });
    if (!gain.empty())
      cuts_.push_back({generator.from[e],
                       generator.to[e],
                       generator.forward[e],
                       generator.backward[e],
                       {gain.begin(), gain.end()}});
  }
  for (Index state = 0; state < generator.states; ++state)
    if (exit_[state] > 0) leaking_.push_back(static_cast<std::int32_t>(state));
}

Eigen::VectorXd ValleyCurrents::probability(const Eigen::VectorXd& p) const {
  return parts_ * p;
}

Eigen::VectorXd ValleyCurrents::outflux(const Eigen::VectorXd& p) const {
  Eigen::VectorXd flux = Eigen::VectorXd::Zero(flows());
  for (const Cut& cut : cuts_) {
    const double current = p[cut.from] * cut.forward - p[cut.to] * cut.backward;
    for (const auto& [valley, gain] : cut.gain) flux[valley] -= gain * current;
  }
  for (const auto state : leaking_) {
    const double current = p[state] * exit_[state];
    for (ValleyParts::InnerIterator it(parts_, state); it; ++it) flux[it.row()] += it.value() * current;
    flux[valleys()] += current;
  }
  for (std::size_t k = 0; k < exits_.size(); ++k)
    for (const auto& [state, rate] : exits_[k]) flux[valleys() + 1 + static_cast<Index>(k)] += p[state] * rate;
  return flux;
}

}  // namespace valleyflux
