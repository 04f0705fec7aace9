// Time and error of the time integration: the two-dimensional double well L = (x^2 - 1)^2 + y^2 + 0.5 x y, D = 0.2, on
// n x n cells from a Gaussian at (-1, 0.25) of standard deviation 0.2 to t = 10. The error is that of the last frame in
// L1, against the same scheme at a tolerance of 1e-8.
//   valleyflux_benchmarks --benchmark_filter=evolution

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/evolution/evolve.hpp"

#include <benchmark/benchmark.h>
#include <omp.h>

#include <cmath>
#include <vector>

namespace {

using namespace valleyflux;

struct Case {
  Generator generator;
  EliminationOrder order;
  Eigen::VectorXd initial;
  std::vector<int> labels;
};

Case double_well(int n) {
  const Drift drift(expression_landscape(Expression("(x^2-1)^2 + y^2 + 0.5*x*y", {"x", "y"})));
  const Problem<2> problem = make_problem("", Dynamics{drift, constant_diffusion(0.2 * Eigen::Matrix2d::Identity())},
                                          Grid<2>({Axis("x", -2.2, 2.2, n), Axis("y", -2.0, 2.0, n)}));
  Generator generator = discretise(problem).generator;
  Eigen::MatrixXi positions(2, generator.states);
  Eigen::VectorXd initial(generator.states);
  std::vector<int> labels(static_cast<std::size_t>(generator.states));
  for (Index cell = 0; cell < generator.states; ++cell) {
    const Point<2> at = problem.grid.centre(cell);
    positions.col(cell) = problem.grid.coordinates(cell);
    initial[cell] = std::exp(-(at - Point<2>(-1.0, 0.25)).squaredNorm() / 0.08);
    labels[static_cast<std::size_t>(cell)] = at[0] < 0 ? 0 : 1;
  }
  initial /= initial.sum();
  EliminationOrder order(generator, positions);
  return {std::move(generator), std::move(order), std::move(initial), std::move(labels)};
}

struct Outcome {
  Evolution evolution;
  Eigen::VectorXd last;
};

Outcome run(const Case& given, double tolerance) {
  Outcome outcome;
  outcome.evolution = evolve(given.generator, given.order, given.initial, whole_parts(given.labels, 2),
                             {.until = 10.0, .frames = 10, .stepper = Stepper::tr_bdf2, .tolerance = tolerance},
                             [&](const EvolutionFrame& frame) { outcome.last = frame.probability; });
  return outcome;
}

void evolution(benchmark::State& state) {
  omp_set_num_threads(static_cast<int>(state.range(1)));
  const Case given = double_well(static_cast<int>(state.range(0)));
  const Eigen::VectorXd exact = run(given, 1e-8).last;
  Outcome outcome;
  for ([[maybe_unused]] const auto step : state)
    outcome = run(given, std::pow(10.0, -static_cast<double>(state.range(2))));
  state.counters["L1_error"] = (outcome.last - exact).lpNorm<1>();
  state.counters["steps"] = static_cast<double>(outcome.evolution.steps);
  state.counters["factorisations"] = static_cast<double>(outcome.evolution.factorisations);
}

BENCHMARK(evolution)
    ->ArgNames({"n", "threads", "minus_log10_tolerance"})
    ->ArgsProduct({{256}, {1, 2}, {5, 6}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
