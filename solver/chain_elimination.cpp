#include "solver/chain_elimination.hpp"

#include <cmath>

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

ChainFactors eliminate(const Chain& chain, const Eigen::VectorXd& exit, bool last_is_absorbing) {
  const Index n = exit.size();
  const bool cycle = chain.to_last > 0 || chain.from_last > 0;
  ChainFactors f{Eigen::VectorXd(n), chain.up, chain.down, {}, {}, -1};
  if (cycle) {
    f.to_last = Eigen::VectorXd::Zero(n - 1);
    f.from_last = Eigen::VectorXd::Zero(n - 1);
    f.to_last[0] = chain.to_last;
    f.from_last[0] = chain.from_last;
  }
  double k = n > 0 ? exit[0] : 0.0;  // of the state at hand
  double k_last = n > 1 ? exit[n - 1] : 0.0;
  for (Index s = 0; s < n; ++s) {
    double d = k;
    if (s + 1 < n) d += f.up[s];
    // The state before the last has the last as its neighbour: both couplings are one.
    const bool coupled = cycle && s + 2 < n;
    if (coupled) d += f.to_last[s];
    const bool absorbing = last_is_absorbing && s == n - 1;
    f.inverse[s] = absorbing ? 1.0 : 1.0 / d;
    if (!absorbing && (!(d > 0) || !std::isfinite(d) || !std::isfinite(f.inverse[s]))) {
      f.failed = s;
      return f;
    }
    if (s + 1 == n) break;
    const double w_exit = k * f.inverse[s];
    f.up[s] *= f.inverse[s];
    double next = s + 2 == n ? k_last : exit[s + 1];
    next += f.down[s] * w_exit;
    if (coupled) {
      f.to_last[s] *= f.inverse[s];
      k_last += f.from_last[s] * w_exit;
      if (s + 3 < n) {
        f.to_last[s + 1] += f.down[s] * f.to_last[s];
        f.from_last[s + 1] += f.from_last[s] * f.up[s];
      } else {
        f.up[s + 1] += f.down[s] * f.to_last[s];
        f.down[s + 1] += f.from_last[s] * f.up[s];
        next = exit[s + 1] + f.down[s] * w_exit;
      }
    }
    k = next;
  }
  return f;
}

void solve(const ChainFactors& f, Eigen::VectorXd& x) {
  const Index n = x.size();
  const bool cycle = f.to_last.size() > 0;
  for (Index s = 0; s < n; ++s) {
    x[s] *= f.inverse[s];
    if (s + 1 < n) x[s + 1] += f.down[s] * x[s];
    if (cycle && s + 2 < n) x[n - 1] += f.from_last[s] * x[s];
  }
  for (Index s = n - 2; s >= 0; --s) {
    x[s] += f.up[s] * x[s + 1];
    if (cycle && s + 2 < n) x[s] += f.to_last[s] * x[n - 1];
  }
}

void substitute_forward(const ChainFactors& f, Eigen::VectorXd& x) {
  const Index n = x.size();
  const bool cycle = f.to_last.size() > 0;
  for (Index s = n - 1; s >= 0; --s) {
    if (s + 1 < n) x[s] += x[s + 1] * f.down[s];
    if (cycle && s + 2 < n) x[s] += x[n - 1] * f.from_last[s];
    x[s] *= f.inverse[s];
  }
}

void solve_forward(const ChainFactors& f, Eigen::VectorXd& x) {
  const Index n = x.size();
  const bool cycle = f.to_last.size() > 0;
  for (Index s = 0; s + 1 < n; ++s) {
    x[s + 1] += x[s] * f.up[s];
    if (cycle && s + 2 < n) x[n - 1] += x[s] * f.to_last[s];
  }
  substitute_forward(f, x);
}

}  // namespace valleyflux
