#pragma once

#include "solver/discretisation/generator.hpp"

#include <Eigen/Core>

#include <optional>

namespace valleyflux {

/// Rates of a generator whose states form a path (0 - 1 - 2 - ...), possibly with links left out, or a cycle.
struct Chain {
  Eigen::VectorXd up, down;           // q_{s,s+1} and q_{s+1,s}, states - 1
  double to_last = 0, from_last = 0;  // q_{0,n-1} and q_{n-1,0} of a cycle
};

/// Whether every edge of the generator leads to the next state or joins the first and the last.
bool is_chain(const Generator& generator);

/// The chain; nothing where the generator is none.
std::optional<Chain> as_chain(const Generator& generator);

/// Subtraction-free elimination of a chain by scalar recursion, the first state first.
struct ChainFactors {
  Eigen::VectorXd inverse;             // 1 / d_s
  Eigen::VectorXd up, down;            // q_{s,s+1} / d_s and q_{s+1,s} / d_s
  Eigen::VectorXd to_last, from_last;  // the same with the last state, states - 1; size 0 for a path
  Index failed = -1;                   // the first state without any way out; then there are no factors
};

/// exit: states; the shift included.
ChainFactors eliminate(Chain chain, const Eigen::Ref<const Eigen::VectorXd>& exit);

/// Solutions of the backward equation (shift - Q) u = f and of the forward equation (shift - Q^T) p = f.
Eigen::VectorXd solve(const ChainFactors& factors, const Eigen::Ref<const Eigen::VectorXd>& f);
Eigen::VectorXd solve_forward(const ChainFactors& factors, const Eigen::Ref<const Eigen::VectorXd>& f);

}  // namespace valleyflux
