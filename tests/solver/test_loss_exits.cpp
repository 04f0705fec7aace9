#include "solver/losses/loss_exits.hpp"
#include "tests/infinity.hpp"

#include "problems/data/synthetic_data.hpp"
#include "problems/losses/losses.hpp"
#include "solver/losses/sgd_training.hpp"
#include "solver/particles/escape_statistics.hpp"
#include "solver/solver_error.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>
#include <omp.h>
#include <Eigen/Cholesky>

#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>

using namespace valleyflux;

namespace {

/// Logistic regression over few samples of one feature, from `start` out of (low, high).
LossEscape on_the_line(const Eigen::RowVectorXd& features, const std::vector<int>& labels, double start, double low,
                       double high) {
  const DataSet data{features, labels, {"0", "1"}};
  return {logistic_regression_loss(data), Eigen::VectorXd::Constant(1, start), Eigen::VectorXd::Constant(1, low),
          Eigen::VectorXd::Constant(1, high), 0.0};
}

/// Chances that SGD with minibatches of one leaves (low, high) with step 1, 2, ..., by going through all draws.
std::vector<double> exit_chances(const Eigen::RowVectorXd& features, const std::vector<int>& labels, double eta,
                                 double start, double low, double high, int steps) {
  std::map<double, double> chance{{start, 1.0}};
  std::vector<double> exits;
  const double each = 1.0 / static_cast<double>(labels.size());
  for (int n = 0; n < steps; ++n) {
    std::map<double, double> next;
    double out = 0.0;
    for (const auto& [theta, p] : chance)
      for (std::size_t s = 0; s < labels.size(); ++s) {
        const double x = features[static_cast<Index>(s)] * (labels[s] == 1 ? 1.0 : -1.0);
        const double moved = theta + eta * x / (1.0 + std::exp(x * theta));
        if (moved < low || moved > high)
          out += p * each;
        else
          next[moved] += p * each;
      }
    exits.push_back(out);
    chance = std::move(next);
  }
  return exits;
}

}  // namespace

TEST_CASE("SGD over minibatches of one leaves a box as the tree of all its draws says") {
  const Eigen::RowVectorXd features{{1.0, -0.7, 2.0}};
  const std::vector<int> labels{1, 1, 0};
  constexpr double eta = 0.6, start = 0.1, low = -0.9, high = 0.7;
  constexpr int steps = 9;
  constexpr std::uint32_t particles = 40000;
  const auto expected = exit_chances(features, labels, eta, start, low, high, steps);
  const FirstExits exits = loss_exits(
      on_the_line(features, labels, start, low, high),
      {.particles = particles, .step = eta, .time_limit = steps * eta, .minibatch = Minibatch::with_replacement});
  std::vector<double> found(steps, 0.0);
  double late = 1.0;
  for (std::uint32_t i = 0; i < particles; ++i) {
    const auto step = static_cast<std::size_t>(std::lround(exits.time[i] / eta)) - 1;
    if (exits.escaped[i])
      found.at(step) += 1.0 / particles;
    else
      CHECK(step == steps - 1);
  }
  for (int n = 0; n < steps; ++n) {
    const double p = expected[static_cast<std::size_t>(n)];
    CAPTURE(n);
    CHECK(std::abs(found[static_cast<std::size_t>(n)] - p) <= 4.5 * std::sqrt(p * (1.0 - p) / particles));
    late -= p;
  }
  CHECK(late > 0.01);  // so that the limit of time matters too
}

TEST_CASE("minibatches of all samples without replacement are gradient descent") {
  const Eigen::RowVectorXd features{{1.0, -0.5, 2.0, 0.3}};
  const LossEscape escape = on_the_line(features, {1, 0, 1, 1}, 0.0, -1.0, 1.5);
  constexpr double eta = 0.05;
  const FirstExits exits = loss_exits(
      escape,
      {.particles = 9, .step = eta, .time_limit = 100.0, .minibatch = Minibatch::without_replacement, .batch_size = 4});
  Eigen::VectorXd theta = escape.start;
  int steps = 0;
  while (theta[0] <= 1.5) {
    theta -= eta * escape.loss->gradient(theta);
    ++steps;
  }
  for (std::size_t i = 0; i < 9; ++i) {
    CHECK(exits.escaped[i] == 1);
    CHECK(relative_error(exits.time[i], eta * steps) < 1e-12);
  }
}

TEST_CASE("white noise alone leaves an interval after the mean time of Brownian motion") {
  // All samples say nothing (features 0): theta is Brownian motion of D0. Mean time out of (-a, a): a^2 / (2 D0); a
  // walk of steps s = sqrt(2 D0 eta) sees walls 0.5826 s farther out (Siegmund 1979).
  LossEscape escape = on_the_line(Eigen::RowVectorXd::Zero(4), {0, 1, 0, 1}, 0.0, -1.0, 1.0);
  escape.injected = 0.5;
  constexpr double eta = 0.002;
  constexpr std::uint32_t particles = 4000;
  const FirstExits exits =
      loss_exits(escape, {.particles = particles, .step = eta, .minibatch = Minibatch::with_replacement});
  double sum = 0.0, squares = 0.0;
  for (const double time : exits.time) {
    sum += time;
    squares += time * time;
  }
  const double mean = sum / particles, error = std::sqrt((squares / particles - mean * mean) / particles);
  const double wall = 1.0 + 0.5826 * std::sqrt(2.0 * 0.5 * eta);
  CHECK(std::abs(mean - wall * wall) < 4.0 * error);
}

TEST_CASE("repetitions are the same whatever the number of threads") {
  const DataSet data = gaussian_data(200, 4, 3, 1.0, 5);
  const auto loss = network_loss(data, {.depth = 2, .width = 4});
  const Eigen::VectorXd start = 0.1 * normal_numbers(loss->dimension(), 1);
  const LossEscape escape{loss, start, start.array() - 0.2, start.array() + 0.2, 0.001};
  const ParticleOptions options{
      .particles = 37, .step = 0.02, .time_limit = 50.0, .minibatch = Minibatch::without_replacement, .batch_size = 2};
  const int before = omp_get_max_threads();
  omp_set_num_threads(1);
  const FirstExits one = loss_exits(escape, options);
  omp_set_num_threads(3);
  const FirstExits three = loss_exits(escape, options);
  omp_set_num_threads(before);
  CHECK(one.time == three.time);
  CHECK(one.escaped == three.escaped);
}

TEST_CASE("exits that are no exits, and parameters that run away, are refused with their names") {
  LossEscape escape = on_the_line(Eigen::RowVectorXd{{1.0, 2.0}}, {0, 1}, 0.0, -1.0, 1.0);
  ParticleOptions options{.particles = 1, .step = 0.1, .time_limit = 10.0, .minibatch = Minibatch::with_replacement};
  escape.start[0] = 2.0;
  CHECK_THROWS_WITH_AS(loss_exits(escape, options),
                       "the start lies outside the valley: parameter 0 is 2, not between -1 and 1",
                       std::invalid_argument);
  escape.start[0] = 0.0;
  options.minibatch = Minibatch::gaussian;
  CHECK_THROWS_AS(loss_exits(escape, options), std::invalid_argument);
  options.minibatch = Minibatch::without_replacement;
  options.batch_size = 3;
  CHECK_THROWS_AS(loss_exits(escape, options), std::invalid_argument);

  const DataSet data = gaussian_data(50, 1, 2, 1.0, 5);
  const LossEscape wild{styblinski_tang_loss(data), Eigen::VectorXd::Constant(1, 1.0),
                        Eigen::VectorXd::Constant(1, -infinity), Eigen::VectorXd::Constant(1, infinity), 0.0};
  CHECK_THROWS_AS(
      loss_exits(wild, {.particles = 1, .step = 1.0, .time_limit = 100.0, .minibatch = Minibatch::with_replacement}),
      SolverError);
}

TEST_CASE("training goes to the minimum, and tells where it cannot") {
  const DataSet data = gaussian_data(300, 2, 2, 1.0, 6);
  const auto loss = logistic_regression_loss(data);
  const Eigen::VectorXd trained = trained_by_sgd(*loss, Eigen::VectorXd::Constant(2, 3.0),
                                                 {.eta = 0.5, .batch_size = 30, .steps = 20000, .seed = 2});
  // Newton's method from there: the distance to the minimum.
  const Eigen::VectorXd away = hessian(*loss, trained).ldlt().solve(loss->gradient(trained));
  CHECK(away.norm() < 0.02);
  CHECK(trained_by_sgd(*loss, Eigen::VectorXd::Constant(2, 3.0),
                       {.eta = 0.5, .batch_size = 30, .steps = 20000, .seed = 2}) == trained);
  const auto steep = styblinski_tang_loss(data);
  CHECK_THROWS_AS(trained_by_sgd(*steep, Eigen::VectorXd::Constant(2, 3.0), {.eta = 1.0, .steps = 100}), SolverError);
}
