// Particle-steps per second on the quartic double well at D = 0.05: the particle engine, from its start to the exits,
// and a plain loop with the standard library's generator, which watches nothing.
//   valleyflux_benchmarks --benchmark_filter=particles

#include "problems/landscapes/built_in.hpp"
#include "solver/particles/first_exits.hpp"

#include <benchmark/benchmark.h>
#include <omp.h>

#include <cmath>
#include <random>

namespace {

using namespace valleyflux;

void particles_plain_loop(benchmark::State& state) {
  constexpr long steps = 4000000;
  constexpr double dt = 0.01, noise = 0.05;
  std::mt19937_64 bits(1);
  std::normal_distribution<double> normal;
  const double scale = std::sqrt(2.0 * noise * dt);
  double x = -1.0;
  for ([[maybe_unused]] const auto run : state) {
    for (long k = 0; k < steps; ++k) x += dt * (x - x * x * x) + scale * normal(bits);
    benchmark::DoNotOptimize(x);
  }
  state.counters["steps"] =
      benchmark::Counter(static_cast<double>(steps), benchmark::Counter::kIsIterationInvariantRate);
}

void particles_engine(benchmark::State& state) {
  omp_set_num_threads(static_cast<int>(state.range(0)));
  const Dynamics dynamics{Drift(built_in_landscape("quartic_double_well", 1)),
                          constant_diffusion(Eigen::MatrixXd::Constant(1, 1, 0.05)), Interpretation::ito};
  const Problem<1> problem = make_problem("", dynamics, Grid<1>({Axis("x", -2.5, 2.5, 400)}));
  double steps = 0.0;
  for ([[maybe_unused]] const auto run : state)
    steps += first_exits(problem, {0, 1}, {.particles = 4096, .step = 0.01, .time_limit = 100.0}).steps;
  state.counters["steps"] = benchmark::Counter(steps, benchmark::Counter::kIsRate);
}

BENCHMARK(particles_plain_loop)->Unit(benchmark::kMillisecond);
BENCHMARK(particles_engine)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
