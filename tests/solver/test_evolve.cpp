#include "problems/dynamics/diffusion_model.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/evolution/evolve.hpp"

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/escape/flux_plateau.hpp"
#include "solver/evolution/initial_density.hpp"
#include "tests/matrix_exponential.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>

#include <doctest/doctest.h>

#include <array>
#include <cmath>

using namespace valleyflux;

namespace {

/// A chain of states in a double well, reflecting, with an exit at the last state.
Generator chain(Index n, double exit) {
  Generator generator;
  generator.states = n;
  generator.exit = Eigen::VectorXd::Zero(n);
  generator.exit[n - 1] = exit;
  const auto energy = [n](Index i) {
    return 1.5 * std::cos(4.0 * M_PI * static_cast<double>(i) / static_cast<double>(n - 1));
  };
  for (Index i = 0; i + 1 < n; ++i) {
    const double half = 0.5 * (energy(i + 1) - energy(i));
    generator.from.push_back(static_cast<std::int32_t>(i));
    generator.to.push_back(static_cast<std::int32_t>(i + 1));
    generator.forward.push_back(3.0 * std::exp(-half));
    generator.backward.push_back(3.0 * std::exp(half));
  }
  return generator;
}

Eigen::MatrixXd dense(const Generator& generator) {
  Eigen::MatrixXd q = Eigen::MatrixXd::Zero(generator.states, generator.states);
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    q(generator.from[e], generator.to[e]) = generator.forward[e];
    q(generator.to[e], generator.from[e]) = generator.backward[e];
  }
  q.diagonal() -= q.rowwise().sum() + generator.exit;
  return q;
}

EliminationOrder order_of(const Generator& generator) {
  Eigen::MatrixXi at(1, generator.states);
  for (Index i = 0; i < generator.states; ++i) at(0, i) = static_cast<int>(i);
  return EliminationOrder(generator, at);
}

/// The last frame, with what was noted of the run.
struct Run {
  Evolution evolution;
  std::vector<EvolutionFrame> frames;
};

Run run(const Generator& generator, const Eigen::VectorXd& initial, const std::vector<int>& labels,
        const EvolveOptions& options) {
  Run result;
  result.evolution = evolve(generator, order_of(generator), initial, whole_parts(labels, 2), options,
                            [&](const EvolutionFrame& frame) { result.frames.push_back(frame); });
  return result;
}

std::vector<int> halves(Index n) {
  std::vector<int> labels;
  for (Index i = 0; i < n; ++i) labels.push_back(i < n / 2 ? 0 : 1);
  return labels;
}

}  // namespace

TEST_CASE("every stepper agrees with the matrix exponential, keeps mass and balance, and is never negative") {
  const Index n = 24;
  const Generator generator = chain(n, 0.2);
  const Eigen::VectorXd initial = Eigen::VectorXd::Unit(n, 3);
  const double until = 4.0;
  const Eigen::VectorXd exact = matrix_exponential(until * dense(generator).transpose()) * initial;
  for (const auto& [stepper, tolerance, error] : {std::tuple{Stepper::tr_bdf2, 1e-8, 2e-6},
                                                  {Stepper::backward_euler, 1e-5, 2e-3},
                                                  {Stepper::dopri5, 1e-8, 1e-7}}) {
    const Run result =
        run(generator, initial, halves(n), {.until = until, .frames = 8, .stepper = stepper, .tolerance = tolerance});
    CAPTURE(name_of(result.evolution.stepper));
    REQUIRE(result.frames.size() == 9);
    for (std::size_t k = 0; k < 9; ++k) CHECK(std::abs(result.frames[k].time - 0.5 * static_cast<double>(k)) < 1e-12);
    CHECK((result.frames.back().probability - exact).lpNorm<1>() < error);
    CHECK(result.evolution.mass_error < 1e-12);
    CHECK(result.evolution.balance_error < 1e-12);
    CHECK(result.evolution.probability_min >= 0.0);
    CHECK(std::abs(result.frames.back().probability.sum() + result.frames.back().exited - 1.0) < 1e-12);
    // The instantaneous flux is minus the rate of change of the valley's probability.
    const EvolutionFrame& frame = result.frames.back();
    const Eigen::VectorXd rate = forward_rate(generator, frame.probability);
    CHECK(std::abs(rate.head(n / 2).sum() + frame.valley_outflux[0]) < 1e-13);
    CHECK(std::abs(rate.tail(n / 2).sum() + frame.valley_outflux[1]) < 1e-13);
  }
}

TEST_CASE("the error of TR-BDF2 falls with its tolerance as a second-order method's should") {
  const Index n = 24;
  const Generator generator = chain(n, 0.0);
  Eigen::VectorXd initial(n);
  for (Index i = 0; i < n; ++i) initial[i] = std::exp(-0.05 * static_cast<double>((i - 5) * (i - 5)));
  initial /= initial.sum();
  const Eigen::VectorXd exact = matrix_exponential(3.0 * dense(generator).transpose()) * initial;
  std::vector<double> errors;
  for (const double tolerance : {1e-5, 1e-7, 1e-9})
    errors.push_back((run(generator, initial, halves(n),
                          {.until = 3.0, .frames = 1, .stepper = Stepper::tr_bdf2, .tolerance = tolerance})
                          .frames.back()
                          .probability -
                      exact)
                         .lpNorm<1>());
  // Local errors of third order: a hundredth of the tolerance is a step 4.6 times smaller, an error 21 times smaller.
  CHECK(errors[0] / errors[1] > 8.0);
  CHECK(errors[1] / errors[2] > 8.0);
  CHECK(errors[2] < 1e-6);
}

TEST_CASE("mean and variance of an Ornstein-Uhlenbeck process follow the exact moments in time") {
  const double noise = 0.2, start = 1.0, sd = 0.3, until = 1.5;
  const double exact_mean = start * std::exp(-until);
  const double exact_variance = noise + (sd * sd - noise) * std::exp(-2.0 * until);
  std::vector<double> means, variances;  // errors
  for (const Index cells : {50, 100, 200}) {
    const Problem<1> problem{"",
                             {Drift(expression_landscape(Expression("x^2/2", {"x"}))),
                              constant_diffusion(Eigen::MatrixXd::Constant(1, 1, noise)), Interpretation::ito},
                             Grid<1>({Axis("x", -5.0, 5.0, cells)}),
                             {},
                             {},
                             {}};
    const Generator generator = discretise<1>(problem).generator;
    const Run result = run(generator, gaussian<1>(problem.grid, {start}, {sd}), halves(cells),
                           {.until = until, .frames = 3, .stepper = Stepper::tr_bdf2, .tolerance = 1e-9});
    double mean = 0.0, square = 0.0;
    for (Index i = 0; i < cells; ++i) {
      const double x = problem.grid.centre(i)[0], p = result.frames.back().probability[i];
      mean += p * x;
      square += p * x * x;
    }
    means.push_back(mean - exact_mean);
    variances.push_back(square - mean * mean - exact_variance);
  }
  CHECK(std::abs(std::log2(means[1] / means[2]) - 2.0) < 0.2);
  CHECK(std::abs(std::log2(variances[1] / variances[2]) - 2.0) < 0.2);
  // What second order leaves when it is extrapolated away.
  CHECK(std::abs(4.0 * means[2] - means[1]) / 3.0 < 2e-5);
  CHECK(std::abs(4.0 * variances[2] - variances[1]) / 3.0 < 2e-5);
}

TEST_CASE("mean and covariance of a two-dimensional Ornstein-Uhlenbeck process follow the exact moments in time") {
  // dx = -A x dt + (2 D)^(1/2) dW: mean exp(-A t) m, covariance S + exp(-A t) (S0 - S) exp(-A^T t), A S + S A^T = 2 D.
  Eigen::Matrix2d a, noise;
  a << 1.0, -2.0, 2.0, 1.5;
  noise << 0.5, 0.2, 0.2, 0.3;
  Eigen::Matrix3d system;  // for (S_xx, S_xy, S_yy)
  system << 2 * a(0, 0), 2 * a(0, 1), 0, a(1, 0), a(0, 0) + a(1, 1), a(0, 1), 0, 2 * a(1, 0), 2 * a(1, 1);
  const Eigen::Vector3d s = system.inverse() * Eigen::Vector3d(2 * noise(0, 0), 2 * noise(0, 1), 2 * noise(1, 1));
  Eigen::Matrix2d stationary;
  stationary << s[0], s[1], s[1], s[2];
  const Eigen::Vector2d start(1.0, -0.5);
  const Eigen::Matrix2d start_covariance = Eigen::Vector2d(0.25, 0.16).asDiagonal();
  constexpr int frames = 3;
  const double until = 0.9;

  std::vector<std::array<double, frames>> mean_errors, covariance_errors;
  for (const Index cells : {32, 64, 128}) {
    const std::vector<std::string> axes{"x", "y"};
    const Problem<2> problem{
        "",
        {Drift(std::vector<Expression>{Expression("-x + 2*y", axes), Expression("-2*x - 1.5*y", axes)}),
         constant_diffusion(noise), Interpretation::ito},
        Grid<2>({Axis("x", -5.0, 5.0, cells), Axis("y", -5.0, 5.0, cells)}),
        {},
        {},
        {}};
    const Generator generator = discretise<2>(problem).generator;
    Eigen::MatrixXi positions(2, generator.states);
    for (Index cell = 0; cell < generator.states; ++cell) positions.col(cell) = problem.grid.coordinates(cell);
    auto& means = mean_errors.emplace_back();
    auto& covariances = covariance_errors.emplace_back();
    const auto compare = [&](const EvolutionFrame& frame) {
      if (frame.time == 0.0) return;
      Eigen::Vector2d mean = Eigen::Vector2d::Zero();
      Eigen::Matrix2d square = Eigen::Matrix2d::Zero();
      for (Index cell = 0; cell < generator.states; ++cell) {
        const Point<2> x = problem.grid.centre(cell);
        mean += frame.probability[cell] * x;
        square += frame.probability[cell] * x * x.transpose();
      }
      const Eigen::Matrix2d decay = matrix_exponential(-frame.time * a);
      const auto k = static_cast<std::size_t>(std::lround(frame.time / until * frames)) - 1;
      means[k] = (mean - decay * start).norm();
      covariances[k] =
          (square - mean * mean.transpose() - stationary - decay * (start_covariance - stationary) * decay.transpose())
              .norm();
    };
    evolve(generator, EliminationOrder(generator, positions),
           gaussian<2>(problem.grid, {start[0], start[1]}, {0.5, 0.4}), ValleyParts(0, generator.states),
           {.until = until, .frames = frames, .stepper = Stepper::tr_bdf2, .tolerance = 1e-7}, compare);
  }
  for (std::size_t k = 0; k < frames; ++k) {
    CAPTURE(k);
    CHECK(mean_errors[2][k] < 1e-2);
    CHECK(covariance_errors[2][k] < 1e-2);
    CHECK(std::abs(std::log2(mean_errors[1][k] / mean_errors[2][k]) - 2.0) < 0.2);
    CHECK(std::abs(std::log2(covariance_errors[1][k] / covariance_errors[2][k]) - 2.0) < 0.2);
  }
}

TEST_CASE("the plateau of flux over probability is the principal eigenvalue of the killed process") {
  const Index n = 30;
  const Generator generator = chain(n, 5.0);
  const Eigen::VectorXd eigenvalues = dense(generator).eigenvalues().real();
  const std::vector<int> labels(static_cast<std::size_t>(n), 0);
  const FluxPlateau plateau = flux_plateau(generator, order_of(generator), Eigen::VectorXd::Unit(n, 2), labels, 0);
  CHECK(std::abs(plateau.rate / -eigenvalues.maxCoeff() - 1.0) < 1e-8);
  CHECK(plateau.residual < 1e-9);
}

TEST_CASE("impossible evolutions are refused with a reason") {
  const Generator generator = chain(10, 0.0);
  const Eigen::VectorXd initial = Eigen::VectorXd::Unit(10, 0);
  CHECK_THROWS_AS(run(generator, initial, halves(10), {.until = -1.0}), std::invalid_argument);
  CHECK_THROWS_AS(run(generator, 2.0 * initial, halves(10), {.until = 1.0}), std::invalid_argument);
  CHECK_THROWS_AS(run(generator, initial, halves(10), {.until = 1e9, .stepper = Stepper::dopri5}), SolverError);
  CHECK_THROWS_AS(stepper_named("rk4"), std::invalid_argument);
  CHECK(stepper_named("auto") == Stepper::automatic);
}

TEST_CASE("currents out of valleys that share states are in balance with their probabilities") {
  // Three states in a row, the middle one a third in the first valley, the rest in the second; the last one leaks.
  Generator generator;
  generator.states = 3;
  generator.from = {0, 1};
  generator.to = {1, 2};
  generator.forward = {2.0, 0.7};
  generator.backward = {0.3, 1.1};
  generator.exit = Eigen::Vector3d(0.0, 0.0, 0.4);
  Eigen::MatrixXd parts(2, 3);
  parts << 1.0, 1.0 / 3.0, 0.0, 0.0, 2.0 / 3.0, 1.0;
  const ValleyCurrents currents(generator, parts.sparseView());
  const Eigen::Vector3d p(0.5, 0.2, 0.3);
  const double first = 0.5 * 2.0 - 0.2 * 0.3, second = 0.2 * 0.7 - 0.3 * 1.1;
  const Eigen::Vector3d change(-first, first - second, second - 0.3 * 0.4);
  const Eigen::VectorXd outflux = currents.outflux(p);
  CHECK((currents.probability(p) - parts * p).norm() < 1e-15);
  CHECK((outflux.head(2) + parts * change).norm() < 1e-15);
  CHECK(std::abs(outflux[2] - 0.12) < 1e-15);
}
