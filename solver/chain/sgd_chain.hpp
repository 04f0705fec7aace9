#pragma once

#include "problems/problem.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// Stochastic gradient descent itself, in one dimension: the Markov chain (Xie, Sato & Sugiyama 2020, Eq. 1)
///   x' = x + eta F(x) + [2 eta D(x)]^(1/2) zeta,   zeta ~ N(0, 1) anew at every step,
/// with F and D of the problem (D = eta C / 2, C the covariance of the gradient's noise) instead of its limit of small
/// eta, the diffusion. A step takes the time eta; there is no stochastic integral, so that the problem's interpretation
/// does not matter. A step beyond a reflecting wall is folded back, beyond an absorbing one it is lost, and round a
/// periodic axis it is wrapped. The chain jumps: it arrives where it lands, not where it passes, and it crosses places
/// where the noise vanishes, which its diffusion cannot.
struct SgdChainOptions {
  double eta = 0.1;                // learning rate, > 0
  Index most_nodes = 1500;         // time grows like the third power of the nodes that are needed
  double nodes_per_deviation = 2;  // nodes in the space of one standard deviation of a step, at least
};

/// How the chain gets from a minimum to where it is first found in a target, or is lost.
struct SgdChainEscape {
  double rate_per_step = 0.0;    // 1 - the leading eigenvalue of the chain without the target
  double rate = 0.0;             // rate_per_step / eta: per unit of time
  double rate_error = 0.0;       // relative, of both
  double mean_time = 0.0;        // eta * mean number of steps from the start; unit of time
  double mean_time_error = 0.0;  // relative
  Index nodes = 0;
};

/// Collocation of u = 1 + K u on Gauss-Legendre nodes for the kernel K outside the target (Nystroem), solved by
/// subtraction-free elimination: rates keep their relative accuracy down to 1e-300 per step. The errors are those of
/// the nodes, estimated from 2/3 of them. `start` lies in the box, outside `target`. Throws std::invalid_argument for
/// options out of range, a start elsewhere, or a target that holds no cell centre or edge of the grid where no wall
/// absorbs, SolverError where the steps take more nodes than allowed, the numbers leave the range of double precision,
/// or the rate does not converge.
SgdChainEscape sgd_chain_escape(const Problem<1>& problem, double start, const Region<1>& target,
                                const SgdChainOptions& options);

/// Stationary probabilities of the grid's cells (n; sum 1), each with its own relative accuracy. Throws SolverError at
/// absorbing walls, where there is no stationary law, and like sgd_chain_escape.
Eigen::VectorXd sgd_chain_stationary(const Problem<1>& problem, const SgdChainOptions& options);

}  // namespace valleyflux
