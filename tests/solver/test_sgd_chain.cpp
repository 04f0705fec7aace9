#include "problems/dynamics/diffusion_model.hpp"
#include "solver/chain/sgd_chain.hpp"

#include "problems/landscapes/expression_landscape.hpp"
#include "solver/chain/step_law.hpp"
#include "solver/solver_error.hpp"

#include "tests/solver/quadrature.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

using Function = std::function<double(double)>;

const std::string quartic_loss = "x^4/4 - x^2/2";

double quartic_force(double x) {
  return x - x * x * x;
}

Axis line(double wall, Boundary lower = Boundary::reflecting, Boundary upper = Boundary::reflecting) {
  return {"x", -wall, wall, 400, lower, upper};
}

Problem<1> problem_of(const std::string& landscape, const std::string& noise, const Axis& axis) {
  return {"",
          {Drift(expression_landscape(Expression(landscape, {"x"}))),
           expression_diffusion(1, {{Expression(noise, {"x"})}}), Interpretation::ito},
          Grid<1>({axis}),
          {},
          {},
          {}};
}

Region<1> points_where(const std::function<bool(double)>& inside) {
  return Region<1>([inside](const Point<1>& x) { return inside(x[0]); });
}

Region<1> beyond(double x) {
  return points_where([x](double at) { return at > x; });
}

struct Sampled {
  double mean, error;
};

/// Mean time until chains from -1 land where `inside` says or are lost, by running them.
Sampled sampled_time(const Function& force, const Function& noise, const Axis& axis, double eta,
                     const std::function<bool(double)>& inside, int chains) {
  std::mt19937_64 generator(20240229);
  std::normal_distribution<double> normal;
  const auto step = [&](double x) {
    x += eta * force(x) + std::sqrt(2.0 * eta * noise(x)) * normal(generator);
    for (;;) {
      if (x < axis.min() && axis.lower() == Boundary::reflecting)
        x = 2.0 * axis.min() - x;
      else if (x > axis.max() && axis.upper() == Boundary::reflecting)
        x = 2.0 * axis.max() - x;
      else
        return x;
    }
  };
  double sum = 0.0, squares = 0.0;
  for (int k = 0; k < chains; ++k) {
    double x = -1.0, steps = 0.0;
    do {
      x = step(x);
      ++steps;
    } while (!inside(x) && x >= axis.min() && x <= axis.max());
    sum += steps;
    squares += steps * steps;
  }
  const double mean = sum / chains;
  return {eta * mean, eta * std::sqrt((squares / chains - mean * mean) / chains)};
}

/// Mean time of the diffusion from -1 to `target` in the quartic well: int e^(L/D) int e^(-L/D) / D.
double diffusion_time(double noise, double target) {
  const auto height = [](double x) { return 0.25 * std::pow(x, 4) - 0.5 * x * x; };
  return integral(-1.0, target, [&](double y) {
    return integral(-2.5, y, [&](double z) { return std::exp((height(y) - height(z)) / noise) / noise; });
  });
}

}  // namespace

TEST_CASE("a step lands somewhere, whatever the walls and however wide or narrow it is") {
  const Boundary ends[][2] = {{Boundary::reflecting, Boundary::reflecting},
                              {Boundary::absorbing, Boundary::reflecting},
                              {Boundary::reflecting, Boundary::absorbing},
                              {Boundary::absorbing, Boundary::absorbing},
                              {Boundary::periodic, Boundary::periodic}};
  for (const auto& [lower, upper] : ends)
    for (const double mean : {0.3, -1.0, 1.1, -4.7})
      for (const double deviation : {0.0, 1e-3, 0.4, 3.0, 1e5}) {
        CAPTURE(mean);
        CAPTURE(deviation);
        const StepLaw law(line(1.0, lower, upper), mean, deviation);
        CHECK(std::abs(law.probability(-1.0, 0.2) + law.probability(0.2, 1.0) + law.lost() - 1.0) < 1e-12);
        double at_low = 0.0, at_high = 0.0;
        law.share_out(-1.0, 1.0, at_low, at_high);
        CHECK(std::abs(at_low + at_high + law.lost() - 1.0) < 1e-12);
        if (deviation != 0.4 && deviation != 3.0) continue;
        const auto moment = [&](const Function& f) {
          return integral(-1.0, 1.0, [&](double x) { return f(x) * law.density(Eigen::ArrayXd::Constant(1, x))[0]; });
        };
        CHECK(std::abs(moment([](double) { return 1.0; }) + law.lost() - 1.0) < 1e-10);
        CHECK(std::abs(moment([](double x) { return 0.5 * (1.0 + x); }) - at_high) < 1e-10);
      }
}

TEST_CASE("independent steps escape with the probability of one of them, down to 1e-197") {
  // L = x^2 / 2, eta = 1: every step starts from 0.
  for (const double reach : {2.0, 10.0, 30.0}) {
    const std::string noise = "0.5/" + std::to_string(reach * reach);
    const double tail = 0.5 * std::erfc(reach / std::sqrt(2.0));
    const SgdChainEscape right =
        sgd_chain_escape(problem_of("x^2/2", noise, line(3.0)), 0.0, beyond(1.0), {.eta = 1.0});
    CHECK(std::abs(right.rate_per_step / tail - 1.0) < 1e-12);
    CHECK(std::abs(right.mean_time * tail - 1.0) < 1e-12);
    // Beyond 1, or lost at -1.
    const SgdChainEscape either =
        sgd_chain_escape(problem_of("x^2/2", noise, {"x", -1.0, 3.0, 400, Boundary::absorbing, Boundary::reflecting}),
                         0.0, beyond(1.0), {.eta = 1.0});
    CHECK(std::abs(either.rate / (2.0 * tail) - 1.0) < 1e-12);
  }
}

TEST_CASE("mean times are those of chains that are run") {
  struct Case {
    std::string noise;
    Function noise_at;
    Axis axis;
    double eta;
    std::function<bool(double)> inside;
    int chains;
  };
  const auto past = [](double x) { return x > 1.0; };
  const auto core = [](double x) { return std::abs(x - 1.0) < 0.1; };
  const auto sgd = [](double kappa) { return [kappa](double x) { return kappa * std::abs(3.0 * x * x - 1.0); }; };
  const std::vector<Case> cases{
      // SGD noise, which vanishes at +-1 / sqrt 3: eta = 2 B kappa.
      {"0.2*abs(3*x^2-1)", sgd(0.2), line(2.5), 0.4, past, 60000},
      {"0.2*abs(3*x^2-1)", sgd(0.2), line(2.0), 0.4, past, 60000},
      {"0.1*abs(3*x^2-1)", sgd(0.1), line(2.5), 0.2, past, 8000},
      {"0.05*abs(3*x^2-1)", sgd(0.05), line(2.5), 0.4, past, 12000},
      // A core that can be jumped over, with a part of the line to be kept on either side.
      {"0.1*abs(3*x^2-1)", sgd(0.1), line(2.5), 0.2, core, 8000},
      // Noise that vanishes like a square, which leaves steps that no nodes resolve.
      {"0.6*(x+0.5)^2", [](double x) { return 0.6 * (x + 0.5) * (x + 0.5); }, line(2.5), 0.2, past, 3000},
      // A jump of the noise.
      {"0.2+0.1*tanh(1000*(x+0.4321))", [](double x) { return x > -0.4321 ? 0.3 : 0.1; }, line(2.5), 0.2, past, 8000},
      // Steps across the whole box.
      {"2", [](double) { return 2.0; }, line(1.5, Boundary::reflecting, Boundary::absorbing), 0.9, past, 100000},
      {"0.3", [](double) { return 0.3; }, line(1.5, Boundary::absorbing, Boundary::reflecting), 0.9, past, 50000}};
  for (const Case& test : cases) {
    CAPTURE(test.noise);
    const SgdChainEscape found = sgd_chain_escape(problem_of(quartic_loss, test.noise, test.axis), -1.0,
                                                  points_where(test.inside), {.eta = test.eta});
    const Sampled expected = sampled_time(quartic_force, test.noise_at, test.axis, test.eta, test.inside, test.chains);
    CHECK(std::abs(found.mean_time - expected.mean) < 4.0 * expected.error);
    CHECK(found.mean_time_error < 1e-5);
    CHECK(found.rate * found.mean_time < 1.5);
    CHECK(found.rate * found.mean_time > 0.5);
  }
}

TEST_CASE("the chain tends to its diffusion and escapes faster at larger learning rates") {
  // Known excess of the rate over the diffusion's at 5 kT: 1.3 %, 10 %, 62 %.
  const Problem<1> problem = problem_of(quartic_loss, "0.05", line(2.5));
  const double limit = diffusion_time(0.05, 1.0);
  const auto excess = [&](double eta) {
    return limit / sgd_chain_escape(problem, -1.0, beyond(1.0), {.eta = eta}).mean_time - 1.0;
  };
  CHECK(std::abs(excess(0.4) - 0.62) < 0.01);
  CHECK(std::abs(excess(0.2) - 0.10) < 0.005);
  CHECK(std::abs(excess(0.05) - 0.013) < 0.002);
  CHECK(excess(0.005) > 0.0);
  CHECK(excess(0.005) < 0.0015);
}

TEST_CASE("high barriers keep their digits") {
  // eta log(time) grows like the barrier over D in the limit; times beyond the range of numbers are refused.
  std::vector<double> logarithm;
  for (const double barrier : {75.0, 150.0, 300.0, 600.0}) {
    const Problem<1> problem = problem_of(quartic_loss, "0.25/" + std::to_string(barrier), line(2.5));
    const SgdChainEscape found = sgd_chain_escape(problem, -1.0, beyond(1.0), {.eta = 0.2});
    CHECK(std::abs(found.mean_time * found.rate - 1.0) < 1e-9);
    CHECK(found.mean_time_error < 1e-5);
    logarithm.push_back(std::log(found.mean_time));
  }
  // The prefactor hardly depends on D: what each doubling adds is doubled.
  const double once = logarithm[1] - logarithm[0], twice = logarithm[2] - logarithm[1];
  CHECK(std::abs(twice / once - 2.0) < 0.01);
  CHECK(std::abs((logarithm[3] - logarithm[2]) / twice - 2.0) < 0.003);
  CHECK_THROWS_AS(sgd_chain_escape(problem_of(quartic_loss, "0.25/1000", line(2.5)), -1.0, beyond(1.0), {.eta = 0.2}),
                  SolverError);
}

TEST_CASE("error estimates cover what more nodes change") {
  struct Case {
    std::string landscape, noise;
    double eta, target;
    double wall, other_wall;  // one far enough up to make no difference, which shifts the nodes
  };
  const std::vector<Case> cases{
      {quartic_loss, "0.05", 0.2, 1.0, 2.5, 2.5},
      {quartic_loss, "0.2*abs(3*x^2-1)", 0.4, 1.0, 2.5, 2.5},
      {quartic_loss, "0.2*abs(3*x^2-1)", 0.4, 0.75, 2.5, 2.5},  // next to where the narrow steps land
      {quartic_loss, "0.1*abs(3*x^2-1) + 1e-4", 0.2, 0.9, 2.5, 2.5},
      {quartic_loss, "0.6*(x+0.5)^2", 0.2, 0.9, 2.5, 2.5},
      {"abs(abs(x)-1)", "0.2", 0.2, 0.9, 5.0, 5.3}};  // a force that jumps
  for (const Case& test : cases) {
    CAPTURE(test.noise);
    const auto escape = [&](double wall, double per_deviation) {
      return sgd_chain_escape(problem_of(test.landscape, test.noise, {"x", -wall, 2.5, 400}), -1.1, beyond(test.target),
                              {.eta = test.eta, .nodes_per_deviation = per_deviation});
    };
    const SgdChainEscape few = escape(test.wall, 1.0), many = escape(test.other_wall, 3.0);
    CHECK(few.nodes < many.nodes);
    CHECK(std::abs(few.mean_time / many.mean_time - 1.0) < few.mean_time_error);
    CHECK(std::abs(few.rate / many.rate - 1.0) < few.rate_error);
    CHECK(many.mean_time_error < 1e-3);
  }
}

TEST_CASE("the stationary law of a linear chain is normal, in the far tails too") {
  // x' = (1 - eta k) x + noise: variance 2 D eta / (1 - (1 - eta k)^2).
  const double eta = 0.3, stiffness = 2.0, noise = 0.01;
  const double deviation = std::sqrt(2.0 * noise * eta / (1.0 - std::pow(1.0 - eta * stiffness, 2)));
  const Axis axis = line(2.5);
  const Eigen::VectorXd law = sgd_chain_stationary(problem_of("x^2", "0.01", axis), {.eta = eta});
  CHECK(std::abs(law.sum() - 1.0) < 1e-14);
  for (Index cell = 40; cell < 360; ++cell) {  // walls change what is next to them
    const double centre = axis.centre(cell), half = 0.5 * axis.size(cell);
    const double near = (std::abs(centre) - half) / (std::sqrt(2.0) * deviation);
    const double far = (std::abs(centre) + half) / (std::sqrt(2.0) * deviation);
    const double expected = 0.5 * (std::erfc(near) - std::erfc(far));
    CHECK(std::abs(law[cell] / expected - 1.0) < 1e-9);
  }
}

TEST_CASE("stationary laws: uniform without a force, Boltzmann's at small learning rates, symmetric in equal wells") {
  const Eigen::VectorXd folded = sgd_chain_stationary(problem_of("0*x", "0.3", line(2.0)), {.eta = 0.4});
  CHECK((folded.array() * 400.0 - 1.0).abs().maxCoeff() < 1e-9);
  const Eigen::VectorXd wrapped = sgd_chain_stationary(
      problem_of("0*x", "0.2 + 0.1*sin(pi*x)", line(1.0, Boundary::periodic, Boundary::periodic)), {.eta = 0.4});
  CHECK(std::abs(wrapped.sum() - 1.0) < 1e-14);
  // Shifted by half a period the noise is its mirror image.
  CHECK((wrapped - wrapped.reverse()).lpNorm<1>() > 1e-3);
  CHECK((wrapped.head(200) - wrapped.head(200).reverse()).lpNorm<1>() < 1e-9);

  const Axis axis = line(2.5);
  Eigen::VectorXd boltzmann(400);
  for (Index cell = 0; cell < 400; ++cell) {
    const double x = axis.centre(cell);
    boltzmann[cell] = std::exp(-(0.25 * std::pow(x, 4) - 0.5 * x * x) / 0.1);
  }
  boltzmann /= boltzmann.sum();
  const auto distance = [&](double eta) {
    return 0.5 * (sgd_chain_stationary(problem_of(quartic_loss, "0.1", axis), {.eta = eta}) - boltzmann).lpNorm<1>();
  };
  CHECK(distance(0.02) < 0.01);
  CHECK(std::abs(distance(0.04) / distance(0.02) - 2.0) < 0.2);

  // Walls at more than 1000 kT, wells that are left once in about 1e87 steps.
  const Eigen::VectorXd cold = sgd_chain_stationary(problem_of(quartic_loss, "0.25/200", axis), {.eta = 0.2});
  CHECK(std::abs(cold.head(200).sum() - 0.5) < 1e-9);
  CHECK(cold[200] > 0.0);
}

TEST_CASE("the chain refuses what it cannot answer") {
  const Problem<1> problem = problem_of(quartic_loss, "0.05", line(2.5));
  CHECK_THROWS_AS(sgd_chain_escape(problem, -1.0, beyond(1.0), {.eta = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(sgd_chain_escape(problem, -1.0, beyond(1.0), {.eta = 0.1, .nodes_per_deviation = 0.0}),
                  std::invalid_argument);
  CHECK_THROWS_AS(sgd_chain_escape(problem, -3.0, beyond(1.0), {}), std::invalid_argument);
  CHECK_THROWS_AS(sgd_chain_escape(problem, 1.5, beyond(1.0), {}), std::invalid_argument);
  CHECK_THROWS_AS(sgd_chain_escape(problem, -1.0, beyond(3.0), {}), std::invalid_argument);
  CHECK_THROWS_AS(sgd_chain_escape(problem_of(quartic_loss, "0.05/(x-x)", line(2.5)), -1.0, beyond(1.0), {}),
                  std::invalid_argument);
  CHECK_THROWS_AS(sgd_chain_stationary(problem_of(quartic_loss, "0.05", line(2.5, Boundary::absorbing)), {}),
                  SolverError);
  std::string message;
  try {
    sgd_chain_escape(problem, -1.0, beyond(1.0), {.eta = 1e-5});
  } catch (const SolverError& error) {
    message = error.what();
  }
  CHECK(message.find("0.001") != std::string::npos);  // (2 eta D)^(1/2)
  CHECK(message.find("1500 nodes") != std::string::npos);
}
