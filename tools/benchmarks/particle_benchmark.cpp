// Particle-steps per second of plain loops with the standard library's generator, which watch nothing, and of the
// particle engine: steps alone (plain_stepping), and from the start to the exits, on the quartic double well at D =
// 0.05 and on Mueller and Brown's surface at kT = 15. Rates are to be compared within one run.
//   valleyflux_benchmarks --benchmark_filter=particles

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/particles/first_exits.hpp"

#include <benchmark/benchmark.h>
#include <omp.h>

#include <cmath>
#include <random>

namespace {

using namespace valleyflux;

void report(benchmark::State& state, double steps) {
  state.counters["steps"] = benchmark::Counter(steps, benchmark::Counter::kIsRate);
}

void particles_quartic_loop(benchmark::State& state) {
  constexpr long steps = 4000000;
  constexpr double dt = 0.01, noise = 0.05;
  std::mt19937_64 bits(1);
  std::normal_distribution<double> normal;
  const double scale = std::sqrt(2.0 * noise * dt);
  double x = -1.0, done = 0.0;
  for ([[maybe_unused]] const auto run : state) {
    for (long k = 0; k < steps; ++k) x += dt * (x - x * x * x) + scale * normal(bits);
    benchmark::DoNotOptimize(x);
    done += steps;
  }
  report(state, done);
}

void particles_muller_brown_loop(benchmark::State& state) {
  constexpr long steps = 1000000;
  constexpr double dt = 1e-4, noise = 15.0;
  constexpr double height[] = {-200, -100, -170, 15}, a[] = {-1, -1, -6.5, 0.7}, b[] = {0, 0, 11, 0.6},
                   c[] = {-10, -10, -6.5, 0.7}, x0[] = {1, 0, -0.5, -1}, y0[] = {0, 0.5, 1.5, 1};
  std::mt19937_64 bits(1);
  std::normal_distribution<double> normal;
  const double scale = std::sqrt(2.0 * noise * dt);
  double x = -0.558, y = 1.442, done = 0.0;
  for ([[maybe_unused]] const auto run : state) {
    for (long k = 0; k < steps; ++k) {
      double slope_x = 0.0, slope_y = 0.0;
      for (int i = 0; i < 4; ++i) {
        const double u = x - x0[i], v = y - y0[i];
        const double hill = height[i] * std::exp(a[i] * u * u + b[i] * u * v + c[i] * v * v);
        slope_x += hill * (2.0 * a[i] * u + b[i] * v);
        slope_y += hill * (b[i] * u + 2.0 * c[i] * v);
      }
      x += scale * normal(bits) - dt * slope_x;
      y += scale * normal(bits) - dt * slope_y;
    }
    benchmark::DoNotOptimize(x);
    done += steps;
  }
  report(state, done);
}

Problem<1> quartic(const std::shared_ptr<const Landscape>& landscape) {
  return make_problem(
      "", Dynamics{Drift(landscape), constant_diffusion(Eigen::MatrixXd::Constant(1, 1, 0.05)), Interpretation::ito},
      Grid<1>({Axis("x", -2.5, 2.5, 400)}));
}

Problem<2> muller_brown() {
  return make_problem("",
                      Dynamics{Drift(built_in_landscape("muller_brown", 2)),
                               constant_diffusion(15.0 * Eigen::Matrix2d::Identity()), Interpretation::ito},
                      Grid<2>({Axis("x", -1.6, 1.3, 100), Axis("y", -0.5, 2.2, 100)}));
}

NoisePrecision precision_of(const benchmark::State& state) {
  return state.range(0) == 1 ? NoisePrecision::single : NoisePrecision::full;
}

template <int Dim>
void plain_stepping(benchmark::State& state, const Problem<Dim>& problem, double dt) {
  const ParticleMover mover(particle_system<Dim>(problem), {.step = dt, .noise = precision_of(state)});
  ParticleBlock block(mover);
  const Point<Dim> start = problem.valleys[0].minimum->position;
  for (Index lane = 0; lane < ParticleBlock::lanes; ++lane)
    block.put(lane, static_cast<std::uint32_t>(lane), {start.data(), start.data() + Dim});
  double steps = 0.0;
  for ([[maybe_unused]] const auto run : state) {
    for (int round = 0; round < 1000; ++round) {
      block.begin_round(ParticleBlock::lanes);
      for (int s = 0; s < block.steps_a_round(); ++s) block.step(s);
      block.end_round();
    }
    steps += 1000.0 * ParticleBlock::lanes * block.steps_a_round();
  }
  report(state, steps);
}

template <int Dim>
void exits(benchmark::State& state, const Problem<Dim>& problem, double dt, double limit) {
  omp_set_num_threads(static_cast<int>(state.range(1)));
  double steps = 0.0;
  for ([[maybe_unused]] const auto run : state)
    steps += first_exits(problem, {0, 1},
                         {.particles = 16384, .step = dt, .time_limit = limit, .noise = precision_of(state)})
                 .steps;
  report(state, steps);
}

void particles_quartic_stepping(benchmark::State& state) {
  plain_stepping(state, quartic(built_in_landscape("quartic_double_well", 1)), 0.01);
}
void particles_quartic_exits(benchmark::State& state) {
  exits(state, quartic(built_in_landscape("quartic_double_well", 1)), 0.01, 100.0);
}
void particles_expression_stepping(benchmark::State& state) {
  plain_stepping(state, quartic(expression_landscape(Expression("x^4/4 - x^2/2", {"x"}))), 0.01);
}
void particles_muller_brown_stepping(benchmark::State& state) {
  plain_stepping(state, muller_brown(), 1e-4);
}
void particles_muller_brown_exits(benchmark::State& state) {
  exits(state, muller_brown(), 1e-4, 0.1);
}

BENCHMARK(particles_quartic_loop)->Unit(benchmark::kMillisecond);
BENCHMARK(particles_quartic_stepping)->ArgName("single")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(particles_expression_stepping)->ArgName("single")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(particles_quartic_exits)
    ->ArgNames({"single", "threads"})
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(particles_muller_brown_loop)->Unit(benchmark::kMillisecond);
BENCHMARK(particles_muller_brown_stepping)->ArgName("single")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(particles_muller_brown_exits)
    ->ArgNames({"single", "threads"})
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
