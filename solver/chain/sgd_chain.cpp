#include "solver/chain/sgd_chain.hpp"

#include "solver/chain/chain_nodes.hpp"
#include "solver/chain/divided_line.hpp"
#include "solver/chain/step_law.hpp"
#include "solver/elimination/dense_elimination.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

/// Error of the sum of a row's quadrature above which the law counts as too narrow for the nodes.
constexpr double unresolved = 0.01;
/// Number of steps beyond which probabilities on the way may have lost digits to underflow.
constexpr double longest = 1e300;

void check(const SgdChainOptions& options) {
  if (!(options.eta > 0) || !std::isfinite(options.eta))
    throw std::invalid_argument(fmt::format("the learning rate must be positive and finite (got {})", options.eta));
  if (!(options.nodes_per_deviation > 0) || !std::isfinite(options.nodes_per_deviation))
    throw std::invalid_argument(
        fmt::format("nodes_per_deviation must be positive and finite (got {})", options.nodes_per_deviation));
}

/// Probabilities of landing at each node: the quadrature of K u for all smooth u, every weight nonnegative.
Eigen::VectorXd weights_of(const StepLaw& law, const DividedLine& line, const ChainNodes& nodes) {
  const double kept = kept_probability(law, line);
  Eigen::VectorXd weight = (law.density(nodes.x.array()) * nodes.weight.array()).matrix();
  const double sum = weight.sum();
  if (std::abs(sum - kept) < unresolved) return sum > 0 ? Eigen::VectorXd(weight * (kept / sum)) : weight;

  // A law narrower than the spacing of the nodes: exact for the function's polygon (constant at the ends), which has
  // the highest order that nonnegative weights allow as the width goes to zero.
  weight.setZero();
  for (const auto& [low, high] : line.kept) {
    const Index first = std::lower_bound(nodes.x.begin(), nodes.x.end(), low) - nodes.x.begin();
    const Index last = std::lower_bound(nodes.x.begin(), nodes.x.end(), high) - nodes.x.begin() - 1;
    weight[first] += law.probability(low, nodes.x[first]);
    for (Index j = first; j < last; ++j) law.share_out(nodes.x[j], nodes.x[j + 1], weight[j], weight[j + 1]);
    weight[last] += law.probability(nodes.x[last], high);
  }
  return weight;
}

/// The chain on its nodes.
struct Kernel {
  Eigen::MatrixXd steps;  // n x n: from row to column
  Eigen::VectorXd exit;   // n: into the target or lost
};

Kernel kernel(const Problem<1>& problem, double eta, const DividedLine& line, const ChainNodes& nodes) {
  const Index n = nodes.x.size();
  const SgdSteps steps = sgd_steps(problem.dynamics, eta, nodes.x);
  Eigen::MatrixXd columns(n, n);
  Eigen::VectorXd exit(n);
  for (Index i = 0; i < n; ++i) {
    const StepLaw law(problem.grid.axis(0), steps.mean[i], steps.deviation[i]);
    columns.col(i) = weights_of(law, line, nodes);
    exit[i] = exit_probability(law, line);
  }
  columns.transposeInPlace();
  return {std::move(columns), std::move(exit)};
}

/// Principal eigenvalue of A = I - K by inverse iteration, which converges like the ratio of the two smallest ones.
double smallest_eigenvalue(const DenseElimination& elimination, Index states) {
  constexpr int most_iterations = 20000;
  Eigen::VectorXd law = Eigen::VectorXd::Constant(states, 1.0 / static_cast<double>(states));
  double value = 0.0, last_change = 1.0;
  for (int iteration = 0; iteration < most_iterations; ++iteration) {
    law = elimination.solve_forward(std::move(law));
    const double steps = law.sum();
    if (!(steps < longest)) throw SolverError("the chain escapes at a rate below the range of double precision");
    law /= steps;
    const double change = std::abs(1.0 / steps - value) * steps;
    value = 1.0 / steps;
    // Round-off leaves a change that no further iteration reduces.
    if (change <= 4e-15 || (change < 1e-13 && change >= last_change)) return value;
    last_change = change;
  }
  throw SolverError(fmt::format("the chain's rate of escape did not converge in {} iterations (last change {})",
                                most_iterations, last_change));
}

struct StepCounts {
  double rate, mean;  // per step; steps
};

StepCounts solve(const Problem<1>& problem, double start, const DividedLine& line, const ChainNodes& nodes,
                 double eta) {
  const Index n = nodes.x.size();
  Kernel chain = kernel(problem, eta, line, nodes);
  const DenseElimination elimination(std::move(chain.steps), std::move(chain.exit));
  const Eigen::VectorXd steps = elimination.solve(Eigen::VectorXd::Ones(n));
  const SgdSteps first = sgd_steps(problem.dynamics, eta, Eigen::VectorXd::Constant(1, start));
  const StepLaw law(problem.grid.axis(0), first.mean[0], first.deviation[0]);
  const double mean = 1.0 + weights_of(law, line, nodes).dot(steps);
  if (!(mean < longest)) throw SolverError("the chain's mean time of escape exceeds the range of double precision");
  return {smallest_eigenvalue(elimination, n), mean};
}

/// Relative error of a number, from what 2/3 of the nodes give: it falls like the square of their spacing at least (so
/// that 4/5 of the difference are left), where steps are resolved much faster. Sums of n positive terms are right to a
/// few n roundings.
double relative_error(double value, double coarse, Index nodes) {
  return std::abs(coarse / value - 1.0) + 4.0 * static_cast<double>(nodes) * std::numeric_limits<double>::epsilon();
}

}  // namespace

SgdChainEscape sgd_chain_escape(const Problem<1>& problem, double start, const Region<1>& target,
                                const SgdChainOptions& options) {
  check(options);
  if (!problem.grid.contains(Point<1>(start)))
    throw std::invalid_argument(fmt::format("the start x = {} lies outside the box", start));
  if (target.contains(problem.grid.wrapped_point(Point<1>(start))))
    throw std::invalid_argument(fmt::format("the start x = {} lies in the target", start));
  const DividedLine line = divide(problem.grid, target);
  if (line.target.empty() && absorbing_walls({problem.grid.axis(0)}).empty())
    throw std::invalid_argument("the target holds no cell centre or edge of the grid");

  const std::vector<Stretch> panels =
      chain_panels(problem, options.eta, line, {start}, {options.nodes_per_deviation, options.most_nodes});
  const ChainNodes nodes = gauss_nodes(panels, panel_order);
  const StepCounts fine = solve(problem, start, line, nodes, options.eta);
  const StepCounts coarse = solve(problem, start, line, gauss_nodes(panels, coarse_order), options.eta);
  const Index n = nodes.x.size();
  return {.rate_per_step = fine.rate,
          .rate = fine.rate / options.eta,
          .rate_error = relative_error(fine.rate, coarse.rate, n),
          .mean_time = fine.mean * options.eta,
          .mean_time_error = relative_error(fine.mean, coarse.mean, n),
          .nodes = n};
}

Eigen::VectorXd sgd_chain_stationary(const Problem<1>& problem, const SgdChainOptions& options) {
  check(options);
  const Axis& axis = problem.grid.axis(0);
  if (axis.lower() == Boundary::absorbing || axis.upper() == Boundary::absorbing)
    throw SolverError("a chain between absorbing walls has no stationary law");
  const DividedLine line = divide(problem.grid, {});
  const ChainNodes nodes = gauss_nodes(
      chain_panels(problem, options.eta, line, {}, {options.nodes_per_deviation, options.most_nodes}), panel_order);
  Eigen::MatrixXd steps = kernel(problem, options.eta, line, nodes).steps;

  // Probabilities are ratios to that of the first state, which must not be so rare that they overflow: it is where
  // most chains are after some steps from anywhere.
  constexpr int settled = 100;
  Eigen::RowVectorXd law = Eigen::RowVectorXd::Constant(nodes.x.size(), 1.0);
  for (int k = 0; k < settled; ++k) law = (law * steps).eval();
  Index likely = 0;
  law.maxCoeff(&likely);
  steps.row(0).swap(steps.row(likely));
  steps.col(0).swap(steps.col(likely));
  Eigen::VectorXd probability = dense_stationary(std::move(steps));
  std::swap(probability[0], probability[likely]);
  if (!probability.allFinite()) throw SolverError("the stationary law spans more than the range of double precision");

  // One more step from the nodes spreads their probabilities over the cells.
  const SgdSteps from = sgd_steps(problem.dynamics, options.eta, nodes.x);
  Eigen::VectorXd cells = Eigen::VectorXd::Zero(axis.cells());
  for (Index i = 0; i < nodes.x.size(); ++i) {
    const StepLaw step(axis, from.mean[i], from.deviation[i]);
    for (Index cell = 0; cell < axis.cells(); ++cell)
      cells[cell] += probability[i] * step.probability(axis.edge(cell), axis.edge(cell + 1));
  }
  return cells / cells.sum();
}

}  // namespace valleyflux
