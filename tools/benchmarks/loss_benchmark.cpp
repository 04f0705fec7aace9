// SGD iterations per second on losses over 50 000 random samples, minibatches of 10: one repetition after the other by
// the samples' gradients as Eigen makes them (loop), and 100 repetitions side by side with their exits watched
// (exits). Rates are to be compared within one run.
//   valleyflux_benchmarks --benchmark_filter=losses

#include "problems/data/synthetic_data.hpp"
#include "problems/losses/losses.hpp"
#include "solver/losses/loss_exits.hpp"
#include "solver/particles/minibatch.hpp"

#include <benchmark/benchmark.h>
#include <omp.h>

#include <limits>

namespace {

using namespace valleyflux;

constexpr std::uint32_t batch = 10;
constexpr double eta = 0.001;

std::shared_ptr<const Loss> loss_numbered(std::int64_t number) {
  const DataSet data = gaussian_data(50000, 10, 2, 1.0, 1);
  if (number == 0) return styblinski_tang_loss(data);
  if (number == 1) return logistic_regression_loss(data);
  return network_loss(data, {.depth = 2, .width = 10});
}

void losses_loop(benchmark::State& state) {
  const auto loss = loss_numbered(state.range(0));
  MinibatchDraws draws(1, Minibatch::with_replacement, static_cast<std::uint64_t>(loss->samples()), batch);
  Eigen::VectorXd theta = Eigen::VectorXd::Constant(loss->dimension(), 0.1);
  constexpr std::uint64_t steps = 2000;
  double done = 0.0;
  for ([[maybe_unused]] const auto run : state) {
    for (std::uint64_t n = 0; n < steps; ++n) {
      Eigen::VectorXd gradient = Eigen::VectorXd::Zero(theta.size());
      for (const std::uint32_t row : draws.draw(0, n)) gradient += loss->sample_gradients(theta, row, 1).col(0);
      theta -= eta / batch * gradient;
    }
    benchmark::DoNotOptimize(theta.data());
    done += static_cast<double>(steps);
  }
  state.counters["iterations"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
}

void losses_exits(benchmark::State& state) {
  const auto loss = loss_numbered(state.range(0));
  const auto threads = static_cast<int>(state.range(1)), before = omp_get_max_threads();
  omp_set_num_threads(threads);
  const Index d = loss->dimension();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const LossEscape escape{loss, Eigen::VectorXd::Constant(d, 0.1), Eigen::VectorXd::Constant(d, -infinity),
                          Eigen::VectorXd::Constant(d, infinity), 0.0};
  const ParticleOptions options{.particles = 100,
                                .step = eta,
                                .time_limit = 200 * eta,
                                .minibatch = Minibatch::with_replacement,
                                .batch_size = batch};
  double done = 0.0;
  for ([[maybe_unused]] const auto run : state) done += loss_exits(escape, options).steps;
  omp_set_num_threads(before);
  state.counters["iterations"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
}

BENCHMARK(losses_loop)->ArgName("loss")->DenseRange(0, 2)->Unit(benchmark::kMillisecond);
BENCHMARK(losses_exits)
    ->ArgNames({"loss", "threads"})
    ->ArgsProduct({{0, 1, 2}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
