#include "tools/benchmarks/suite/problems.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/discretisation/jumps_by_state.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/escape/killed_process.hpp"
#include "solver/evolution/initial_density.hpp"
#include "tools/benchmarks/suite/references.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

namespace suite {

using namespace valleyflux;

namespace {

constexpr double time_of_densities = 10.0, noise_of_densities = 0.2;

Problem<2> double_well_in_plane(int n, double noise) {
  const Drift drift(expression_landscape(Expression("(x^2-1)^2 + y^2 + 0.5*x*y", {"x", "y"})));
  return make_problem("", Dynamics{drift, constant_diffusion(noise * Eigen::MatrixXd::Identity(2, 2))},
                      Grid<2>({Axis("x", -2.2, 2.2, n), Axis("y", -2.0, 2.0, n)}));
}

std::vector<double> entries(const Eigen::VectorXd& values) {
  return {values.data(), values.data() + values.size()};
}

/// From state to state by detailed balance.
std::vector<double> log_weights(const Generator& generator) {
  const JumpsByState jumps(generator);
  std::vector<double> weight(static_cast<std::size_t>(generator.states), std::nan(""));
  std::vector<std::int32_t> reached{0};
  weight[0] = 0.0;
  for (std::size_t k = 0; k < reached.size(); ++k)
    jumps.each(reached[k], [&](std::int32_t other, double to, double back) {
      if (!std::isnan(weight[static_cast<std::size_t>(other)])) return;
      weight[static_cast<std::size_t>(other)] =
          weight[static_cast<std::size_t>(reached[k])] + std::log(to) - std::log(back);
      reached.push_back(other);
    });
  const double largest = *std::max_element(weight.begin(), weight.end());
  for (double& value : weight) value -= largest;
  return weight;
}

Chain chain_of(const Generator& generator, const Eigen::MatrixXi& positions) {
  Chain chain;
  chain.from = generator.from;
  chain.to = generator.to;
  chain.forward = generator.forward;
  chain.backward = generator.backward;
  chain.exit = entries(generator.exit);
  chain.log_weight = log_weights(generator);
  for (Index state = 0; state < generator.states; ++state) {
    chain.column.push_back(positions(0, state));
    chain.row.push_back(positions.rows() > 1 ? positions(1, state) : 0);
  }
  return chain;
}

/// (shift - Q)^-1 by elimination: of what is positive and what is negative apart.
Solve solver_of(const Chain& chain, double shift) {
  const Generator generator = generator_of(chain);
  const Elimination elimination(EliminationOrder(generator, positions_of(chain)), generator, shift);
  return [=](const std::vector<double>& f) {
    const Eigen::Map<const Eigen::VectorXd> given(f.data(), static_cast<Index>(f.size()));
    return entries(elimination.solve(given.cwiseMax(0.0)) - elimination.solve((-given).cwiseMax(0.0)));
  };
}

}  // namespace

Problem<1> double_well_on_line(double noise, const Axis& axis) {
  const Drift drift(expression_landscape(Expression("(x^2-1)^2", {"x"})));
  const Dynamics dynamics{drift, constant_diffusion(Eigen::MatrixXd::Constant(1, 1, noise))};
  Problem<1> problem{"", dynamics, Grid<1>({axis}), {}, {}, {}};
  CriticalPoint<1> minimum;
  minimum.position[0] = -1.0;
  problem.valleys = {{"left", Region<1>([](const Point<1>& x) { return x[0] < 0; }), {}, minimum},
                     {"right",
                      Region<1>([](const Point<1>& x) { return x[0] > 0; }),
                      Region<1>([](const Point<1>& x) { return x[0] >= 0.8; }),
                      {}}};
  return problem;
}

Chain passage_chain(int n, double barrier) {
  // The minimum, and how far it lies below the saddle, which is the origin.
  const double x = std::sqrt(1.0 + 1.0 / 32.0), y = -0.25 * x, depth = 1.0 - (1.0 / 1024.0 - x * x / 16.0);
  const Region<2> disc([=](const Point<2>& at) { return std::hypot(at[0] - x, at[1] - y) < 0.25; });
  const Problem<2> problem = double_well_in_plane(n, depth / barrier);
  const Discretisation<2> discretisation = discretise(problem);
  const KilledProcess<2> killed = killed_process(problem, discretisation, disc);
  Chain chain = chain_of(killed.generator, discretisation.space.lattice()(Eigen::all, killed.whole));
  constexpr double within_doubles = 12.0;  // kT
  chain.answer = verified_passage(chain, barrier < within_doubles ? solver_of(chain, 0.0) : quadruple_solver(chain));
  return chain;
}

Chain density_chain(int n) {
  const Problem<2> problem = double_well_in_plane(n, noise_of_densities);
  const Discretisation<2> discretisation = discretise(problem);
  Chain chain = chain_of(discretisation.generator, discretisation.space.lattice());
  chain.start = entries(discretisation.space.from_cells(gaussian<2>(problem.grid, {-1.0, 0.25}, {0.2, 0.2})));
  chain.time = time_of_densities;
  chain.answer = chebyshev_density(chain);
  return chain;
}

Chain eigenvalue_chain(int n) {
  const Discretisation<2> discretisation = discretise(double_well_in_plane(n, noise_of_densities));
  Chain chain = chain_of(discretisation.generator, discretisation.space.lattice());
  chain.answer = {verified_eigenvalue(chain, solver_of(chain, 0.01))};
  return chain;
}

Chain line_chain(int n) {
  const Problem<1> problem = double_well_on_line(noise_of_densities, Axis("x", -2.2, 2.2, n));
  const Discretisation<1> discretisation = discretise(problem);
  Chain chain = chain_of(discretisation.generator, discretisation.space.lattice());
  chain.start = entries(discretisation.space.from_cells(gaussian<1>(problem.grid, {-1.0}, {0.2})));
  chain.time = time_of_densities;
  chain.answer = contour_density(chain);
  return chain;
}

namespace {

/// Probabilities of n cells between -end and end at the time of densities, from 64 times as many.
std::vector<double> fine_cells(const std::string& energy, double end, int n, double mean) {
  constexpr int finer = 64;
  const Grid<1> grid({Axis("x", -end, end, Index{n} * finer)});
  const Drift drift(expression_landscape(Expression(energy, {"x"})));
  const Dynamics dynamics{drift, constant_diffusion(Eigen::MatrixXd::Constant(1, 1, noise_of_densities))};
  const Discretisation<1> made = discretise(Problem<1>{"", dynamics, grid, {}, {}, {}});
  Chain chain = chain_of(made.generator, made.space.lattice());
  chain.start = entries(made.space.from_cells(gaussian<1>(grid, {mean}, {0.2})));
  chain.time = time_of_densities;
  const std::vector<double> density = contour_density(chain);
  const Eigen::VectorXd fine = made.space.cell_probabilities(
      Eigen::Map<const Eigen::VectorXd>(density.data(), static_cast<Index>(density.size())));
  std::vector<double> cells(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) cells[static_cast<std::size_t>(i)] = fine.segment(Index{i} * finer, finer).sum();
  return cells;
}

}  // namespace

std::vector<double> cells_on_line(int n) {
  return fine_cells("(x^2-1)^2", 2.2, n, -1.0);
}

std::vector<double> cells_in_plane(int n) {
  const std::vector<double> along_x = cells_on_line(n), along_y = fine_cells("x^2", 2.0, n, 0.25);
  std::vector<double> cells;
  for (const double y : along_y)
    for (const double x : along_x) cells.push_back(x * y);
  return cells;
}

Generator generator_of(const Chain& chain) {
  Generator generator;
  generator.states = chain.states();
  generator.from = chain.from;
  generator.to = chain.to;
  generator.forward = chain.forward;
  generator.backward = chain.backward;
  generator.exit = Eigen::Map<const Eigen::VectorXd>(chain.exit.data(), chain.states());
  return generator;
}

Eigen::MatrixXi positions_of(const Chain& chain) {
  const bool plane = *std::max_element(chain.row.begin(), chain.row.end()) > 0;
  Eigen::MatrixXi positions(plane ? 2 : 1, chain.states());
  for (Index state = 0; state < chain.states(); ++state) {
    positions(0, state) = chain.column[static_cast<std::size_t>(state)];
    if (plane) positions(1, state) = chain.row[static_cast<std::size_t>(state)];
  }
  return positions;
}

}  // namespace suite
