#include "problems/dynamics/diffusion_model.hpp"
#include "solver/particles/particle_block.hpp"
#include "tests/infinity.hpp"

#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/data_landscape.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/solver_error.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace valleyflux;

namespace {

ParticleSystem unbounded(Drift drift, std::shared_ptr<const DiffusionModel> diffusion) {
  ParticleSystem system{{std::move(drift), std::move(diffusion), Interpretation::ito}, {}, 0.1};
  for (const std::string& name : variable_names(system.dynamics.drift.dimension()))
    system.box.push_back({name, -infinity, infinity, Boundary::reflecting, Boundary::reflecting});
  return system;
}

/// Mean of f over `blocks` blocks of particles that have made `steps` steps from `start`, with its standard error.
struct Mean {
  double value, error;
};
template <typename Function>
Mean mean_after(const ParticleSystem& system, const ParticleOptions& options, const std::vector<double>& start,
                int steps, int blocks, const Function& f) {
  const ParticleMover mover(system, options);
  double sum = 0.0, squares = 0.0;
  for (int b = 0; b < blocks; ++b) {
    ParticleBlock block(mover);
    for (Index lane = 0; lane < ParticleBlock::lanes; ++lane)
      block.put(lane, static_cast<std::uint32_t>(b * ParticleBlock::lanes + lane), start);
    for (int made = 0; made < steps; made += block.steps_a_round()) {
      block.begin_round(ParticleBlock::lanes);
      for (int s = 0; s < block.steps_a_round() && made + s < steps; ++s) block.step(s);
      block.end_round();
    }
    for (Index lane = 0; lane < ParticleBlock::lanes; ++lane) {
      const double value = f(block.position(lane));
      sum += value;
      squares += value * value;
    }
  }
  const double n = static_cast<double>(blocks) * ParticleBlock::lanes, mean = sum / n;
  return {mean, std::sqrt((squares / n - mean * mean) / n)};
}

/// Observed order of the error of a mean at time 1 between 2 and 4 steps, and its uncertainty.
template <typename Function>
Mean weak_order(const ParticleSystem& system, ParticleOptions options, const std::vector<double>& start, double exact,
                const Function& f) {
  constexpr int blocks = 2000;
  double error[2], uncertainty[2];
  for (int k = 0; k < 2; ++k) {
    const int steps = 2 << k;
    options.step = 1.0 / steps;
    const Mean mean = mean_after(system, options, start, steps, blocks, f);
    error[k] = std::abs(mean.value - exact);
    uncertainty[k] = mean.error / error[k];
  }
  return {std::log2(error[0] / error[1]), std::hypot(uncertainty[0], uncertainty[1]) / std::log(2.0)};
}

double square(double x) {
  return x * x;
}

/// dx = -x dt + dW, D = 1/2.
ParticleSystem ornstein_uhlenbeck() {
  return unbounded(Drift(expression_landscape(Expression("x^2/2", {"x"}))),
                   constant_diffusion(Eigen::MatrixXd::Constant(1, 1, 0.5)));
}

/// dx = -x dt + x/2 dW.
ParticleSystem geometric_brownian_motion() {
  return unbounded(Drift(expression_landscape(Expression("x^2/2", {"x"}))),
                   expression_diffusion(1, {{Expression("0.125*x^2", {"x"})}}));
}

}  // namespace

TEST_CASE("one step of Euler and Maruyama has the exact moments of the scheme") {
  // x' = (1 - h) x + sqrt(h) z from x = 2; x' = (1 - h) x + sqrt(h) x/2 z.
  const double h = 0.3;
  for (const auto precision : {NoisePrecision::full, NoisePrecision::single}) {
    const ParticleOptions options{.step = h, .noise = precision};
    const Mean first = mean_after(ornstein_uhlenbeck(), options, {2.0}, 1, 800, [](const auto& x) { return x[0]; });
    CHECK(std::abs(first.value - 2.0 * (1.0 - h)) < 4.0 * first.error);
    const Mean second =
        mean_after(ornstein_uhlenbeck(), options, {2.0}, 1, 800, [](const auto& x) { return square(x[0]); });
    CHECK(std::abs(second.value - (square(2.0 * (1.0 - h)) + h)) < 4.0 * second.error);
    const Mean growing =
        mean_after(geometric_brownian_motion(), options, {2.0}, 1, 800, [](const auto& x) { return square(x[0]); });
    CHECK(std::abs(growing.value - 4.0 * (square(1.0 - h) + 0.25 * h)) < 4.0 * growing.error);
  }
}

TEST_CASE("Euler and Maruyama's scheme is of weak order 1, Platen's of weak order 2") {
  const auto second_moment = [](const std::vector<double>& x) { return square(x[0]); };
  // E x(1)^2 from x = 2: Ornstein-Uhlenbeck 4 e^-2 + (1 - e^-2) / 2; geometric Brownian motion 4 e^(-2 + 1/4).
  const double relaxed = 4.0 * std::exp(-2.0) + 0.5 * (1.0 - std::exp(-2.0)), grown = 4.0 * std::exp(-1.75);
  for (const auto& [scheme, order] :
       {std::pair{ParticleScheme::euler_maruyama, 1.0}, std::pair{ParticleScheme::platen, 2.0}}) {
    const ParticleOptions options{.scheme = scheme};
    // Orders between steps this long are not yet the limit: 0.4 is allowed for that.
    const Mean additive = weak_order(ornstein_uhlenbeck(), options, {2.0}, relaxed, second_moment);
    CHECK(std::abs(additive.value - order) < 0.4 + 3.0 * additive.error);
    const Mean multiplicative = weak_order(geometric_brownian_motion(), options, {2.0}, grown, second_moment);
    CHECK(std::abs(multiplicative.value - order) < 0.4 + 3.0 * multiplicative.error);
  }
}

TEST_CASE("Platen's scheme is of second order where noises along different directions do not commute") {
  // dx = -x dt + b x dW1, dy = -y dt + c y dW1 + d x dW2: second moments obey linear equations.
  const double b = 0.5, c = 0.8, d = 0.9;
  const std::vector<std::string> names{"x", "y"};
  const Parameters parameters{{"b", b}, {"c", c}, {"d", d}};
  const ParticleSystem system = unbounded(
      Drift(expression_landscape(Expression("(x^2 + y^2)/2", names))),
      expression_diffusion(
          2, {{Expression("b^2*x^2/2", names, parameters), Expression("b*c*x*y/2", names, parameters)},
              {Expression("b*c*x*y/2", names, parameters), Expression("(c^2*y^2 + d^2*x^2)/2", names, parameters)}}));
  // From (1, 1): E x^2 = e^((b^2 - 2) t), and (E y^2)' = (c^2 - 2) E y^2 + d^2 E x^2.
  const double p = c * c - 2.0, q = b * b - 2.0;
  const double exact = std::exp(p) + d * d * (std::exp(q) - std::exp(p)) / (q - p);
  const auto of_y = [](const std::vector<double>& x) { return square(x[1]); };
  // Euler and Maruyama's steps: the recursion of the same moments.
  const double h = 0.25;
  double of_x2 = 1.0, of_y2 = 1.0;
  for (int n = 0; n < 4; ++n) {
    of_y2 = (square(1.0 - h) + c * c * h) * of_y2 + d * d * h * of_x2;
    of_x2 *= square(1.0 - h) + b * b * h;
  }
  const Mean euler = mean_after(system, {.step = h}, {1.0, 1.0}, 4, 1000, of_y);
  CHECK(std::abs(euler.value - of_y2) < 4.0 * euler.error);
  // Steps too long to show an order within chance: what is left of Euler and Maruyama's error tells.
  const Mean platen = mean_after(system, {.step = h, .scheme = ParticleScheme::platen}, {1.0, 1.0}, 4, 8000, of_y);
  const double of_first_order = std::abs(of_y2 - exact);
  CHECK(4.0 * platen.error < 0.15 * of_first_order);
  CHECK(std::abs(platen.value - exact) < 0.15 * of_first_order + 4.0 * platen.error);
}

TEST_CASE("five dimensions and noise of rank two: the covariance is that of the recursion") {
  // x' = (I - h K) x + sqrt(2 h) S z, L = x^T K x / 2, D = S S^T.
  Eigen::MatrixXd k = Eigen::MatrixXd::Identity(5, 5), s = Eigen::MatrixXd::Zero(5, 5);
  k(0, 1) = k(1, 0) = 0.3;
  k(3, 4) = k(4, 3) = -0.2;
  s.col(0) << 1.0, 0.5, -0.3, 0.2, 0.7;
  s.col(1) << 0.0, 1.0, 0.4, 0.0, -0.6;
  const Eigen::MatrixXd tensor = s * s.transpose();
  const ParticleSystem system =
      unbounded(Drift(expression_landscape(
                    Expression("(x1^2 + x2^2 + x3^2 + x4^2 + x5^2)/2 + 0.3*x1*x2 - 0.2*x4*x5", variable_names(5)))),
                constant_diffusion(tensor));
  const double h = 0.1;
  constexpr int steps = 7;
  Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(5, 5);
  const Eigen::MatrixXd step = Eigen::MatrixXd::Identity(5, 5) - h * k;
  for (int n = 0; n < steps; ++n) covariance = step * covariance * step.transpose() + 2.0 * h * tensor;
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j <= i; ++j) {
      const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(j);
      const Mean mean = mean_after(system, {.step = h}, std::vector<double>(5, 0.0), steps, 100,
                                   [&](const std::vector<double>& x) { return x[a] * x[b]; });
      CHECK(std::abs(mean.value - covariance(i, j)) < 4.5 * mean.error);
    }
}

TEST_CASE("minibatches have the mean and the variance of what they are drawn from") {
  // l = (x - a)^2 / 2: x' = (1 - eta) x + eta (mean of a over the batch).
  DataTable table{{"a"}, Eigen::MatrixXd{{0.0, 1.0, 2.0, 3.0, 9.0}}};
  const auto landscape = data_landscape(Expression("(x - a)^2/2", {"x", "a"}), 1, table);
  const ParticleSystem system = unbounded(Drift(landscape), constant_diffusion(Eigen::MatrixXd::Constant(1, 1, 1.0)));
  const double eta = 0.5, mean = 3.0, variance = 10.0;  // of a
  for (const auto& [minibatch, batch, of_batch] :
       {std::tuple{Minibatch::with_replacement, 3u, variance / 3.0},
        std::tuple{Minibatch::without_replacement, 3u, variance / 3.0 * 2.0 / 4.0},
        std::tuple{Minibatch::without_replacement, 5u, 0.0}}) {
    const ParticleOptions options{
        .step = eta, .dynamics = ParticleDynamics::sgd, .minibatch = minibatch, .batch_size = batch};
    const Mean first = mean_after(system, options, {1.0}, 2, 300, [](const auto& x) { return x[0]; });
    const double expected = mean + square(1.0 - eta) * (1.0 - mean);
    CHECK(std::abs(first.value - expected) < 4.0 * first.error + 1e-12);
    const Mean second =
        mean_after(system, options, {1.0}, 2, 300, [&](const auto& x) { return square(x[0] - expected); });
    CHECK(std::abs(second.value - of_batch * eta * eta * (1.0 + square(1.0 - eta))) < 4.0 * second.error + 1e-12);
  }
  CHECK_THROWS_AS(
      ParticleMover(system,
                    {.dynamics = ParticleDynamics::sgd, .minibatch = Minibatch::without_replacement, .batch_size = 6}),
      std::invalid_argument);
  CHECK_THROWS_AS(ParticleMover(ornstein_uhlenbeck(),
                                {.dynamics = ParticleDynamics::sgd, .minibatch = Minibatch::with_replacement}),
                  std::invalid_argument);
}

TEST_CASE("a step too long is an error that names it and a shorter one") {
  ParticleSystem system = unbounded(Drift(expression_landscape(Expression("x^4", {"x"}))),
                                    constant_diffusion(Eigen::MatrixXd::Constant(1, 1, 0.5)));
  std::string message;
  try {
    mean_after(system, {.step = 2.0}, {3.0}, 40, 1, [](const auto& x) { return x[0]; });
  } catch (const SolverError& error) {
    message = error.what();
  }
  CHECK(message.find("langevin.step = 2 is too large") != std::string::npos);
  CHECK(message.find("0.1 should do") != std::string::npos);
}
