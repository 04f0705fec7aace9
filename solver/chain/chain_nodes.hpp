#pragma once

#include "problems/problem.hpp"
#include "solver/chain/divided_line.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

struct NodeOptions {
  double per_deviation = 2.0;  // nodes in the space of one standard deviation of a step, at least
  Index most = 1500;           // nodes in all
};

/// Panels for Gauss-Legendre nodes on the kept part of a line, ascending. From every node, and from every point of
/// `starts`, they are so narrow that the law of a step is resolved where it starts and where it lands: at most
/// panel_order / per_deviation standard deviations. They also resolve F, D and the probability of exit as functions of
/// x, and have ends where the slope of D changes its sign: at zeros of |H| a mean number of steps has a kink. Steps far
/// narrower than the median one, and jumps of F and D on that scale, may stay unresolved. Throws SolverError if it
/// takes more than `most` nodes.
std::vector<Stretch> chain_panels(const Problem<1>& problem, double eta, const DividedLine& line,
                                  const std::vector<double>& starts, const NodeOptions& options);

/// Nodes of all panels in a row, ascending, and their weights: sum_i weight_i f(x_i) = int f dx.
struct ChainNodes {
  Eigen::VectorXd x, weight;
};

constexpr int panel_order = 15, coarse_order = 10;

/// order: nodes of a panel, panel_order or coarse_order; throws std::invalid_argument for others.
ChainNodes gauss_nodes(const std::vector<Stretch>& panels, int order);

}  // namespace valleyflux
