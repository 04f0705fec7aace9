#include "solver/multilevel/detailed_balance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

/// A positive number of any size: mantissa times 2^exponent.
struct WideNumber {
  double mantissa = 0.0;  // in [1/2, 1); 0: not known
  int exponent = 0;

  WideNumber times(double ratio) const {
    int more = 0;
    const double product = std::frexp(mantissa * ratio, &more);
    return {product, exponent + more};
  }
};

bool larger(const WideNumber& a, const WideNumber& b) {
  return a.exponent != b.exponent ? a.exponent > b.exponent : a.mantissa > b.mantissa;
}

}  // namespace

std::optional<Eigen::VectorXd> detailed_balance_law(const JumpsByState& jumps, const std::vector<std::int32_t>& states,
                                                    const std::vector<char>& marked) {
  std::vector<WideNumber> weight(marked.size());
  const auto of = [&](std::int32_t state) -> WideNumber& { return weight[static_cast<std::size_t>(state)]; };
  std::vector<std::int32_t> found{states.front()};
  of(states.front()) = {0.5, 1};
  bool balanced = true;
  // Breadth first: the shorter the way, the less round-off.
  for (std::size_t k = 0; k < found.size() && balanced; ++k) {
    const std::int32_t state = found[k];
    jumps.each(state, [&](std::int32_t next, double to, double back) {
      if (!marked[static_cast<std::size_t>(next)] || (to == 0 && back == 0)) return;
      const double ratio = to / back;
      if (!(ratio > 0) || !std::isfinite(ratio)) {
        balanced = false;
        return;
      }
      const WideNumber by_edge = of(state).times(ratio);
      if (of(next).mantissa == 0) {
        of(next) = by_edge;
        found.push_back(next);
        return;
      }
      constexpr double round_off = 1e-9;
      const double mismatch =
          std::ldexp(by_edge.mantissa / of(next).mantissa, std::clamp(by_edge.exponent - of(next).exponent, -9, 9));
      if (!(std::abs(mismatch - 1.0) < round_off)) balanced = false;
    });
  }
  if (!balanced || found.size() < states.size()) return std::nullopt;
  WideNumber top = of(states.front());
  for (const std::int32_t state : states)
    if (larger(of(state), top)) top = of(state);
  Eigen::VectorXd law(static_cast<Eigen::Index>(states.size()));
  for (std::size_t i = 0; i < states.size(); ++i)
    law[static_cast<Eigen::Index>(i)] =
        std::ldexp(of(states[i]).mantissa / top.mantissa, std::max(of(states[i]).exponent - top.exponent, -5000));
  constexpr double smallest = std::numeric_limits<double>::min();
  return (law.array() < smallest).select(0.0, law);
}

}  // namespace valleyflux
