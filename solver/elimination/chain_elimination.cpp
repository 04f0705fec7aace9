#include "solver/elimination/chain_elimination.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace valleyflux {

std::optional<Chain> as_chain(const Generator& generator) {
  const Index n = generator.states;
  Chain chain;
  chain.up = Eigen::VectorXd::Zero(std::max<Index>(n - 1, 0));
  chain.down = chain.up;
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const Index i = generator.from[e], j = generator.to[e];
    if (j == i + 1) {
      chain.up[i] = generator.forward[e];
      chain.down[i] = generator.backward[e];
    } else if (i == 0 && j == n - 1) {
      chain.to_last = generator.forward[e];
      chain.from_last = generator.backward[e];
    } else {
      return std::nullopt;
    }
  }
  return chain;
}

ChainFactors eliminate(Chain chain, const Eigen::Ref<const Eigen::VectorXd>& exit) {
  const Index n = exit.size();
  const bool cycle = chain.to_last > 0 || chain.from_last > 0;
  ChainFactors f{Eigen::VectorXd(n), std::move(chain.up), std::move(chain.down), {}, {}, -1};
  if (cycle) {
    f.to_last = Eigen::VectorXd::Zero(n - 1);
    f.from_last = Eigen::VectorXd::Zero(n - 1);
    f.to_last[0] = chain.to_last;
    f.from_last[0] = chain.from_last;
  }
  double gained = 0.0;       // exit rate of the next state by way of eliminated ones
  double gained_last = 0.0;  // and of the last state
  for (Index s = 0; s < n; ++s) {
    const bool last = s + 1 == n;
    // The neighbour of the last but one state is the last: its two couplings are one.
    const bool coupled = cycle && s + 2 < n;
    if (cycle && s + 2 == n) {
      f.up[s] += f.to_last[s];
      f.down[s] += f.from_last[s];
    }
    const double k = exit[s] + gained + (last ? gained_last : 0.0);
    const double d = k + (last ? 0.0 : f.up[s]) + (coupled ? f.to_last[s] : 0.0);
    const double inverse = 1.0 / d;
    if (!(d > 0) || !std::isfinite(d) || !std::isfinite(inverse)) {
      f.failed = s;
      return f;
    }
    f.inverse[s] = inverse;
    if (last) break;
    f.up[s] *= inverse;
    gained = f.down[s] * (k * inverse);
    if (coupled) {
      f.to_last[s] *= inverse;
      gained_last += f.from_last[s] * (k * inverse);
      f.to_last[s + 1] += f.down[s] * f.to_last[s];
      f.from_last[s + 1] += f.from_last[s] * f.up[s];
    }
  }
  return f;
}

Eigen::VectorXd solve(const ChainFactors& factors, const Eigen::Ref<const Eigen::VectorXd>& f) {
  const Index n = f.size();
  const bool cycle = factors.to_last.size() > 0;
  Eigen::VectorXd u = f;
  for (Index s = 0; s < n; ++s) {
    u[s] *= factors.inverse[s];
    if (s + 1 < n) u[s + 1] += factors.down[s] * u[s];
    if (cycle && s + 2 < n) u[n - 1] += factors.from_last[s] * u[s];
  }
  for (Index s = n - 2; s >= 0; --s) {
    u[s] += factors.up[s] * u[s + 1];
    if (cycle && s + 2 < n) u[s] += factors.to_last[s] * u[n - 1];
  }
  return u;
}

Eigen::VectorXd solve_forward(const ChainFactors& factors, const Eigen::Ref<const Eigen::VectorXd>& f) {
  const Index n = f.size();
  const bool cycle = factors.to_last.size() > 0;
  Eigen::VectorXd p = f;
  for (Index s = 0; s + 1 < n; ++s) {
    p[s + 1] += p[s] * factors.up[s];
    if (cycle && s + 2 < n) p[n - 1] += p[s] * factors.to_last[s];
  }
  for (Index s = n - 1; s >= 0; --s) {
    if (s + 1 < n) p[s] += p[s + 1] * factors.down[s];
    if (cycle && s + 2 < n) p[s] += p[n - 1] * factors.from_last[s];
    p[s] *= factors.inverse[s];
  }
  return p;
}

}  // namespace valleyflux
