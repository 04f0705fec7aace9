// The multilevel solver against the elimination in the same run: mean first-passage times of all n x n cells of the
// double well L = (x^2 - 1)^2 + y^2 + x y / 2 on [-2, 2] x [-1.5, 1.5], into the disc of radius 1/4 around its right
// minimum, with a barrier of so many kT; or of the drift of Maier & Stein (1993, noise = 1 / kT) into the same disc.
// `error` is the largest relative difference of any cell. Beyond `most` cells a side the multilevel solver is alone.
//   valleyflux_benchmarks --benchmark_filter='compare/double_well/n:1024'

#include "solver/elimination/elimination.hpp"
#include "solver/engines.hpp"

#include <benchmark/benchmark.h>
#include <omp.h>
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <ctime>
#include <memory>

namespace {

using namespace valleyflux;

constexpr int most = 2048;

struct Chain {
  Generator generator;
  Eigen::MatrixXi positions;
};

double bernoulli(double z) {
  return z == 0.0 ? 1.0 : z / std::expm1(z);
}

/// rise(x, y, other x, other y): what the logarithm of the law falls by from a cell to the next.
template <class Rise>
Chain chain_of(int n, const Rise& rise) {
  Chain made;
  Generator& g = made.generator;
  g.states = static_cast<Index>(n) * n;
  g.exit = Eigen::VectorXd::Zero(g.states);
  made.positions.resize(2, g.states);
  const double width = 4.0 / n, height = 3.0 / n;
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) {
      const int state = i + n * j;
      made.positions.col(state) << i, j;
      const double x = (i + 0.5) * width - 2.0, y = (j + 0.5) * height - 1.5;
      const auto join = [&](int other, double dx, double dy) {
        const double step = rise(x, y, x + dx, y + dy), scale = 1.0 / (dx * dx + dy * dy);
        g.from.push_back(state);
        g.to.push_back(other);
        g.forward.push_back(scale * bernoulli(step));
        g.backward.push_back(scale * bernoulli(-step));
      };
      if (i + 1 < n) join(state + 1, width, 0.0);
      if (j + 1 < n) join(state + n, 0.0, height);
      constexpr double radius = 0.25;
      if (std::hypot(x - 1.0, y) < radius) g.exit[state] = 1.0 / (width * width);
    }
  return made;
}

Chain double_well(int n, double barrier) {
  const auto energy = [=](double x, double y) {
    return barrier * ((x * x - 1.0) * (x * x - 1.0) + y * y + 0.5 * x * y);
  };
  return chain_of(n, [=](double x, double y, double to_x, double to_y) { return energy(to_x, to_y) - energy(x, y); });
}

Chain maier_stein(int n, double over_noise) {
  return chain_of(n, [=](double x, double y, double to_x, double to_y) {
    const double at_x = 0.5 * (x + to_x), at_y = 0.5 * (y + to_y);
    const double along_x = at_x - at_x * at_x * at_x - 10.0 * at_x * at_y * at_y;
    const double along_y = -(1.0 + at_x * at_x) * at_y;
    return -over_noise * (along_x * (to_x - x) + along_y * (to_y - y));
  });
}

double peak_gigabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1e6;
}

struct Seconds {
  double wall = 0.0, processor = 0.0;  // of all threads
};

template <class Work>
Seconds seconds_of(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t clock = std::clock();
  work();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
          static_cast<double>(std::clock() - clock) / CLOCKS_PER_SEC};
}

void compare(benchmark::State& state, Chain (*make)(int, double)) {
  const auto n = static_cast<int>(state.range(0));
  omp_set_num_threads(static_cast<int>(state.range(2)));
  const Chain given = make(n, static_cast<double>(state.range(1)));
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(given.generator.states);
  for ([[maybe_unused]] const auto step : state) {
    const auto report = std::make_shared<EngineReport>();
    Eigen::VectorXd u;
    state.counters["problem_GB"] = peak_gigabytes();
    const Seconds seconds = seconds_of([&] {
      const MultilevelEngine engine(given.positions, {}, multilevel_hooks(0.0, report));
      u = engine.factorise(given.generator)->solve(ones);
    });
    state.counters["multilevel_s"] = seconds.wall;
    state.counters["multilevel_cpu_s"] = seconds.processor;
    state.counters["solves"] = report->solves;
    state.counters["cycles"] = report->most_cycles;
    state.counters["check"] = report->check;
    state.counters["multilevel_peak_GB"] = peak_gigabytes();
    if (n > most) continue;
    Eigen::VectorXd expected;
    const Seconds eliminated = seconds_of([&] {
      const EliminationOrder order(given.generator, given.positions);
      expected = Elimination(order, given.generator).solve(ones);
      state.counters["factors_GB"] = order.solver_bytes() / 1e9;
    });
    state.counters["elimination_s"] = eliminated.wall;
    state.counters["elimination_cpu_s"] = eliminated.processor;
    state.counters["ratio"] = seconds.processor / eliminated.processor;  // of processor time
    state.counters["error"] = (u.cwiseQuotient(expected).array() - 1.0).abs().maxCoeff();
  }
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"n", "kT", "threads"})
      ->ArgsProduct({{256, 512, 1024}, {5, 53, 213}, {1, 2}})
      ->Args({2048, 53, 1})
      ->Iterations(1)
      ->Unit(benchmark::kSecond)
      ->UseRealTime();
}

BENCHMARK_CAPTURE(compare, double_well, double_well)->Apply(sizes)->Args({4096, 53, 2});
BENCHMARK_CAPTURE(compare, maier_stein, maier_stein)
    ->ArgNames({"n", "kT", "threads"})
    ->ArgsProduct({{256, 512, 1024}, {20, 100}, {1}})
    ->Iterations(1)
    ->Unit(benchmark::kSecond)
    ->UseRealTime();

}  // namespace
