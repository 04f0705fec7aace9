// Time and memory of the elimination on n x n cells of a double well of 100 kT, by 5 points or with offsets up to 3.
//   elimination_benchmark --benchmark_filter='solution/1024/.*'

#include "solver/elimination/elimination.hpp"

#include <benchmark/benchmark.h>
#include <omp.h>
#include <sys/resource.h>

#include <cmath>

namespace {

using namespace valleyflux;

struct Case {
  Generator generator;
  Eigen::MatrixXi positions;
};

Case double_well(int n, bool long_offsets) {
  Case made;
  Generator& g = made.generator;
  g.states = static_cast<Index>(n) * n;
  g.exit = Eigen::VectorXd::Zero(g.states);
  made.positions.resize(2, g.states);
  const auto energy = [n](int i, int j) {
    const double x = 4.4 * (i + 0.5) / n - 2.2, y = 4.0 * (j + 0.5) / n - 2.0;
    return 100.0 * ((x * x - 1.0) * (x * x - 1.0) + y * y + 0.5 * x * y);
  };
  for (int j = 0; j < n; ++j)
    for (int i = 0; i < n; ++i) {
      const int state = i + n * j;
      made.positions.col(state) << i, j;
      const auto join = [&](int i_other, int j_other) {
        if (i_other < 0 || i_other >= n || j_other >= n) return;
        const double rise = energy(i_other, j_other) - energy(i, j);
        g.from.push_back(state);
        g.to.push_back(i_other + n * j_other);
        g.forward.push_back(std::exp(-0.5 * rise));
        g.backward.push_back(std::exp(0.5 * rise));
      };
      join(i + 1, j);
      if (long_offsets) {
        join(i - 3, j + 1);
        join(i - 2, j + 1);
      } else {
        join(i, j + 1);
      }
      if (i == n * 7 / 10) g.exit[state] = 1.0;  // near the right minimum
    }
  return made;
}

double peak_gigabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1e6;
}

Case make(benchmark::State& state) {
  const auto n = static_cast<int>(state.range(0));
  omp_set_num_threads(static_cast<int>(state.range(1)));
  return double_well(n, state.range(2) != 0);
}

/// Everything: order, factors, one solution.
void solution(benchmark::State& state) {
  const Case given = make(state);
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(given.generator.states);
  for ([[maybe_unused]] const auto step : state) {
    const EliminationOrder order(given.generator, given.positions);
    benchmark::DoNotOptimize(Elimination(order, given.generator).solve(ones));
  }
  state.counters["peak_GB"] = peak_gigabytes();  // of the process so far
}

void order(benchmark::State& state) {
  const Case given = make(state);
  for ([[maybe_unused]] const auto step : state)
    benchmark::DoNotOptimize(EliminationOrder(given.generator, given.positions));
}

void factors(benchmark::State& state) {
  const Case given = make(state);
  const EliminationOrder order(given.generator, given.positions);
  for ([[maybe_unused]] const auto step : state) benchmark::DoNotOptimize(Elimination(order, given.generator));
  state.counters["factor_GB"] = static_cast<double>(order.factor_bytes()) / 1e9;
}

template <bool forward>
void substitution(benchmark::State& state) {
  const Case given = make(state);
  const Elimination elimination(EliminationOrder(given.generator, given.positions), given.generator);
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(given.generator.states);
  for ([[maybe_unused]] const auto step : state)
    benchmark::DoNotOptimize(forward ? elimination.solve_forward(ones) : elimination.solve(ones));
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"n", "threads", "long_offsets"})
      ->ArgsProduct({{256, 512, 1024}, {1, 2}, {0}})
      ->ArgsProduct({{256, 512}, {1, 2}, {1}})
      ->Unit(benchmark::kMillisecond)
      ->MeasureProcessCPUTime()
      ->UseRealTime();
}

BENCHMARK(solution)->Apply(sizes);
BENCHMARK(order)->Apply(sizes);
BENCHMARK(factors)->Apply(sizes);
BENCHMARK(substitution<false>)->Name("backward_solve")->Apply(sizes);
BENCHMARK(substitution<true>)->Name("forward_solve")->Apply(sizes);

}  // namespace
