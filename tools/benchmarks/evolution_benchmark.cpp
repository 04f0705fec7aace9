// Time and error of the time integration, from a Gaussian to t = 10 in ten frames: the double well L = (x^2 - 1)^2 +
// y^2 + 0.5 x y, D = 0.2, on n x n cells, and (x^2 - 1)^2 on n cells of the line. The error is that of the last frame
// in L1, against the exponential at a tolerance of 1e-11; `flux_error` is that of the current out of the left valley in
// the first frame, relative.
//   valleyflux_benchmarks --benchmark_filter=evolution

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/evolution/evolve.hpp"
#include "solver/evolution/initial_density.hpp"

#include <benchmark/benchmark.h>
#include <omp.h>

#include <cmath>
#include <string>
#include <vector>

namespace {

using namespace valleyflux;

struct Case {
  Generator generator;
  EliminationOrder order;
  Eigen::VectorXd initial;
  std::vector<int> labels;
};

template <int Dim>
Case double_well(const std::string& energy, const std::vector<std::string>& names, const Grid<Dim>& grid,
                 const Point<Dim>& mean) {
  const Drift drift(expression_landscape(Expression(energy, names)));
  const Problem<Dim> problem =
      make_problem("", Dynamics{drift, constant_diffusion(0.2 * Eigen::MatrixXd::Identity(Dim, Dim))}, grid);
  Discretisation<Dim> discretisation = discretise(problem);
  const StateSpace<Dim>& space = discretisation.space;
  const std::vector<double> at(mean.data(), mean.data() + Dim);
  Eigen::VectorXd initial = space.from_cells(gaussian<Dim>(grid, at, std::vector<double>(Dim, 0.2)));
  std::vector<int> labels;
  for (Index state = 0; state < space.states(); ++state) labels.push_back(space.position(state)[0] < 0 ? 0 : 1);
  EliminationOrder order(discretisation.generator, space.lattice());
  return {std::move(discretisation.generator), std::move(order), std::move(initial), std::move(labels)};
}

Case case_of(int dimension, int n) {
  if (dimension == 1) return double_well<1>("(x^2-1)^2", {"x"}, Grid<1>({Axis("x", -2.2, 2.2, n)}), Point<1>(-1.0));
  return double_well<2>("(x^2-1)^2 + y^2 + 0.5*x*y", {"x", "y"},
                        Grid<2>({Axis("x", -2.2, 2.2, n), Axis("y", -2.0, 2.0, n)}), Point<2>(-1.0, 0.25));
}

struct Outcome {
  Evolution evolution;
  double flux = 0.0;
  Eigen::VectorXd last;
};

Outcome run(const Case& given, Stepper stepper, double tolerance, long frames) {
  Outcome outcome;
  outcome.evolution = evolve(given.generator, given.order, given.initial, whole_parts(given.labels, 2),
                             {.until = 10.0, .frames = frames, .stepper = stepper, .tolerance = tolerance},
                             [&](const EvolutionFrame& frame) {
                               if (frame.time > 0 && outcome.flux == 0.0) outcome.flux = frame.valley_outflux[0];
                               outcome.last = frame.probability;
                             });
  return outcome;
}

void evolution(benchmark::State& state) {
  omp_set_num_threads(static_cast<int>(state.range(2)));
  const Case given = case_of(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  const auto stepper = static_cast<Stepper>(state.range(3));
  const long frames = state.range(5);
  const Outcome exact = run(given, Stepper::exponential, 1e-11, frames);
  Outcome outcome;
  for ([[maybe_unused]] const auto step : state)
    outcome = run(given, stepper, std::pow(10.0, -static_cast<double>(state.range(4))), frames);
  state.SetLabel(std::string(name_of(stepper)));
  state.counters["L1_error"] = (outcome.last - exact.last).lpNorm<1>();
  state.counters["flux_error"] = std::abs(outcome.flux / exact.flux - 1.0);
  state.counters["estimate"] = outcome.evolution.error_estimate;
  state.counters["steps"] = static_cast<double>(outcome.evolution.steps);
  state.counters["factorisations"] = static_cast<double>(outcome.evolution.factorisations);
}

constexpr auto exponential = static_cast<long>(Stepper::exponential), tr_bdf2 = static_cast<long>(Stepper::tr_bdf2);

BENCHMARK(evolution)
    ->ArgNames({"dimension", "n", "threads", "stepper", "minus_log10_tolerance", "frames"})
    ->ArgsProduct({{2}, {256}, {1, 2}, {exponential, tr_bdf2}, {4, 6}, {10}})
    ->ArgsProduct({{2}, {256}, {1, 2}, {exponential}, {6}, {1, 50}})
    ->ArgsProduct({{2}, {1024}, {2}, {exponential}, {6}, {10}})
    ->ArgsProduct({{1}, {100000}, {1, 2}, {exponential, tr_bdf2}, {4, 6}, {10}})
    ->ArgsProduct({{1}, {100000}, {1, 2}, {exponential}, {6}, {1}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
