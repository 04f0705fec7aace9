#include "solver/elimination/balancing_weights.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace valleyflux {

namespace {

/// Of joined states in terms of the first one; nothing where rates lead one way only or leave the range of doubles.
std::optional<Eigen::VectorXd> weights_along_edges(const Generator& generator) {
  Eigen::VectorXd w = Eigen::VectorXd::Zero(generator.states);  // 0: not known yet
  constexpr double largest = 1e300;
  // Edges are mostly in the order of their states, so that few sweeps do.
  constexpr int most_sweeps = 20;
  Index known = 0, next = 0;
  for (int sweep = 0; sweep < most_sweeps && known < generator.states; ++sweep) {
    const Index before = known;
    for (std::size_t e = 0; e < generator.from.size(); ++e) {
      const double forward = generator.forward[e], backward = generator.backward[e];
      if ((forward > 0) != (backward > 0)) return std::nullopt;
      double &here = w[generator.from[e]], &there = w[generator.to[e]];
      if (!(forward > 0) || (here > 0) == (there > 0)) continue;
      const double found = here > 0 ? here * (forward / backward) : there * (backward / forward);
      if (!(found > 1.0 / largest && found < largest)) return std::nullopt;
      (here > 0 ? there : here) = found;
      ++known;
    }
    if (known > before) continue;
    while (w[next] > 0) ++next;
    w[next] = 1.0;
    ++known;
  }
  return known == generator.states ? std::optional(std::move(w)) : std::nullopt;
}

}  // namespace

bool are_balanced(const Generator& generator, const Eigen::VectorXd& weights, double round_off) {
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const double here = weights[generator.from[e]], there = weights[generator.to[e]];
    const double flow = here * generator.forward[e], back = there * generator.backward[e];
    if (std::min(here, there) > least_weight && !(std::abs(flow - back) <= round_off * std::max(flow, back)))
      return false;
  }
  return true;
}

std::optional<Eigen::VectorXd> balancing_weights(const Generator& generator) {
  constexpr double round_off = 2e-12, widest = 1e200;
  std::optional<Eigen::VectorXd> w = weights_along_edges(generator);
  if (!w) return std::nullopt;
  const double low = w->minCoeff(), high = w->maxCoeff();
  if (!(high / low < widest)) return std::nullopt;
  *w /= std::sqrt(low) * std::sqrt(high);
  return are_balanced(generator, *w, round_off) ? std::move(w) : std::nullopt;
}

}  // namespace valleyflux
