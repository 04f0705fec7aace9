#include "solver/elimination/chain_elimination.hpp"

#include "grids/wide.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace valleyflux {

bool is_chain(const Generator& generator) {
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const Index i = generator.from[e], j = generator.to[e];
    if (j != i + 1 && !(i == 0 && j == generator.states - 1)) return false;
  }
  return true;
}

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
      f.up[s] += std::exchange(f.to_last[s], 0.0);
      f.down[s] += std::exchange(f.from_last[s], 0.0);
    }
    const double k = exit[s] + gained + (last ? gained_last : 0.0);
    const double d = k + (last ? 0.0 : f.up[s]) + (coupled ? f.to_last[s] : 0.0);
    f.inverse[s] = 1.0 / d;
    if (!(d > 0) || !std::isfinite(d) || !std::isfinite(f.inverse[s])) {
      f.failed = s;
      return f;
    }
    if (last) break;
    const double left = k / d;  // the part of what leaves that exits
    gained = f.down[s] * left;
    // Quotients, for on fine grids they are all but 1: products with the inverse would lie below 1, never above.
    f.up[s] /= d;
    if (coupled) {
      gained_last += f.from_last[s] * left;
      f.to_last[s] /= d;
      f.to_last[s + 1] += f.down[s] * f.to_last[s];
      f.from_last[s + 1] += f.from_last[s] * f.up[s];
      f.from_last[s] /= d;
    }
    f.down[s] /= d;
  }
  return f;
}

namespace {

/// x[s + 1] += factor[s] x[s] from the first state on.
struct SweepOn {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(const double* factor, double* x, Index n) {
    double last = x[0];
    for (Index s = 1; s < n; ++s) x[s] = last = fused(factor[s - 1], last, x[s]);
  }
};

/// x[s] = inverse[s] x[s] + factor[s] x[s + 1] from the last state on; of a cycle also with the last state.
struct SweepBack {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(const double* inverse, const double* factor, const double* with_last, double* x,
                                    Index n) {
    const double end = x[n - 1] * inverse[n - 1];
    double next = x[n - 1] = end;
    for (Index s = n - 2; s >= 0; --s) {
      double value = inverse[s] * x[s];
      if (with_last) value = fused(with_last[s], end, value);
      x[s] = next = fused(factor[s], next, value);
    }
  }
};

/// Both equations: the factors by which states pass on what they have, in the order of elimination and back.
Eigen::VectorXd substituted(const Eigen::Ref<const Eigen::VectorXd>& f, const Eigen::VectorXd& inverse,
                            const Eigen::VectorXd& on, const Eigen::VectorXd& on_last, const Eigen::VectorXd& back,
                            const Eigen::VectorXd& back_last) {
  Eigen::VectorXd x = f;
  const Index n = x.size();
  const bool cycle = on_last.size() > 0;
  run_wide<SweepOn>(on.data(), x.data(), n);
  if (cycle) x[n - 1] += on_last.dot(x.head(n - 1));
  run_wide<SweepBack>(inverse.data(), back.data(), cycle ? back_last.data() : nullptr, x.data(), n);
  return x;
}

}  // namespace

Eigen::VectorXd solve(const ChainFactors& factors, const Eigen::Ref<const Eigen::VectorXd>& f) {
  return substituted(f, factors.inverse, factors.down, factors.from_last, factors.up, factors.to_last);
}

Eigen::VectorXd solve_forward(const ChainFactors& factors, const Eigen::Ref<const Eigen::VectorXd>& f) {
  return substituted(f, factors.inverse, factors.up, factors.to_last, factors.down, factors.from_last);
}

}  // namespace valleyflux
