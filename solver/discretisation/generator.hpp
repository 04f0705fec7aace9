#pragma once

#include "grids/point.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <vector>

namespace valleyflux {

/// Generator Q of a Markov jump process on `states` cells: rates q_ij >= 0 from state i to state j and exit rates
/// k_i >= 0 into absorbing sets; the diagonal, -(sum_j q_ij + k_i), is never stored. Unit: 1 / time.
///   forward equation  dp/dt = Q^T p   (p: probability of each state)
///   backward equation du/dt = Q u
/// Convention of the whole library: the current of edge {i, j} is p_i q_ij - p_j q_ji, positive from `from` to `to`.
struct Generator {
  Index states = 0;
  // One entry an edge, from < to; each pair of states at most once; sorted by (from, to).
  std::vector<std::int32_t> from, to;
  std::vector<double> forward;   // q_{from,to}
  std::vector<double> backward;  // q_{to,from}
  Eigen::VectorXd exit;          // k, states

  Index edges() const { return static_cast<Index>(from.size()); }
};

/// Q^T p: the rate of change of the probabilities p (states).
Eigen::VectorXd forward_rate(const Generator& generator, const Eigen::Ref<const Eigen::VectorXd>& p);

/// Q u (states).
Eigen::VectorXd backward_rate(const Generator& generator, const Eigen::Ref<const Eigen::VectorXd>& u);

}  // namespace valleyflux
