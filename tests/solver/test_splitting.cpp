#include "problems/dynamics/diffusion_model.hpp"
#include "solver/particles/splitting.hpp"

#include "problems/landscapes/built_in.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/escape/core_process.hpp"
#include "solver/particles/first_exits.hpp"
#include "solver/particles/particle_histogram.hpp"
#include "solver/solver_error.hpp"

#include "tests/relative.hpp"
#include "tests/solver/quadrature.hpp"

#include <doctest/doctest.h>
#include <omp.h>

#include <cmath>

using namespace valleyflux;

namespace {

double height(double x) {
  return 0.25 * std::pow(x, 4) - 0.5 * x * x;
}

constexpr double box_edge = 2.5, core_edge = 0.9;

Problem<1> split_well(double noise) {
  const auto beyond = [](double x) { return Region<1>([x](const Point<1>& at) { return at[0] > x; }); };
  return make_problem<1>("",
                         {Drift(built_in_landscape("quartic_double_well", 1)),
                          constant_diffusion(Eigen::MatrixXd::Constant(1, 1, noise)), Interpretation::ito},
                         Grid<1>({Axis("x", -box_edge, box_edge, 400)}),
                         {{"left", Region<1>([](const Point<1>& at) { return at[0] < 0; }),
                           Region<1>([](const Point<1>& at) { return at[0] < -core_edge; })},
                          {"right", beyond(0.0), beyond(core_edge)}});
}

/// Mean time from -1 to `target`: int e^(L/D) int e^(-L/D) / D.
double mean_time(double noise, double target) {
  return integral(-1.0, target, [&](double y) {
    return integral(-box_edge, y, [&](double z) { return std::exp((height(y) - height(z)) / noise) / noise; });
  });
}

}  // namespace

TEST_CASE("the committor on the line is the ratio of integrals") {
  const Problem<1> problem = split_well(0.02);
  const Discretisation<1> discretisation = discretise(problem);
  const CoreProcess<1> process(problem, discretisation, {problem.valleys[0].core, problem.valleys[1].core});
  const EliminationOrder order(discretisation.generator, discretisation.space.lattice());
  const Eigen::VectorXd q = discretisation.space.at_cells(process.committors(*process.solver(order), {1}));
  const auto weight = [](double x) { return std::exp(height(x) / 0.02); };
  const double whole = integral(-core_edge, core_edge, weight);
  for (const Index cell : {140, 180, 200, 260}) {
    const double x = problem.grid.centre(cell)[0];
    CHECK(relative_error(q[cell], integral(-core_edge, x, weight) / whole) < 1e-9);
  }
}

TEST_CASE("splitting finds the rates of barriers of 5, 10, 20 and 40 kT") {
  for (const double barrier : {5.0, 10.0, 20.0, 40.0}) {
    const double noise = 0.25 / barrier;
    const Problem<1> problem = split_well(noise);
    for (const int to : {1, -1}) {
      const Escape escape{0, to};
      const ReactionCoordinate coordinate = committor_coordinate<1>(problem, discretise(problem), escape);
      const double step = 0.01;
      const SplittingEstimate found = adaptive_splitting(
          particle_system<1>(problem), {-1.0}, coordinate, largest_in_core<1>(problem, 0, coordinate),
          exit_surface<1>(problem, escape, step), {.step = step, .scheme = ParticleScheme::platen}, {50, 32});
      REQUIRE(found.rate);
      const double expected = 1.0 / mean_time(noise, to < 0 ? 0.0 : core_edge);
      CAPTURE(barrier);
      CHECK(std::abs(std::log(*found.rate / expected)) < 3.5 * found.relative_error);
      CHECK(found.relative_error < 0.3);
      CHECK(found.complete);
    }
  }
}

TEST_CASE("splitting counts what leaves through an absorbing wall near the start") {
  constexpr double noise = 0.2;
  for (const double wall : {-1.3, -1.5, -1.7}) {
    CAPTURE(wall);
    Problem<1> problem = split_well(noise);
    problem.grid = Grid<1>({Axis("x", wall, box_edge, 400, Boundary::absorbing, Boundary::reflecting)});
    const Escape escape{0, 1};
    const ReactionCoordinate coordinate = committor_coordinate<1>(problem, discretise(problem), escape);
    const double step = 1e-3;
    const SplittingEstimate found =
        adaptive_splitting(particle_system<1>(problem), {-1.0}, coordinate, largest_in_core<1>(problem, 0, coordinate),
                           exit_surface<1>(problem, escape, step), {.step = step}, {50, 100});
    REQUIRE(found.rate);
    // Time to either end: with S' = e^(L/D) and M(y) = int_wall^y e^(-L/D) / D, int S' M minus its part beyond.
    const auto inner = [&](double y) {
      return integral(wall, y, [&](double z) { return std::exp((height(y) - height(z)) / noise) / noise; });
    };
    const auto scale = [&](double y) { return std::exp(height(y) / noise); };
    const double reach = integral(wall, -1.0, scale) / integral(wall, core_edge, scale);
    const double expected = 1.0 / (reach * integral(wall, core_edge, inner) - integral(wall, -1.0, inner));
    CHECK(std::abs(std::log(*found.rate / expected)) < 3.5 * found.relative_error);
    CHECK(found.relative_error < 0.1);
  }
}

TEST_CASE("splitting along another coordinate, and by any number of threads, says the same") {
  const Problem<1> problem = split_well(0.025);
  const ReactionCoordinate coordinate = expression_coordinate(Expression("x", {"x"}));
  const auto split = [&] {
    return adaptive_splitting(particle_system<1>(problem), {-1.0}, coordinate,
                              largest_in_core<1>(problem, 0, coordinate), exit_surface<1>(problem, {0, 1}, 0.01),
                              {.step = 0.01, .scheme = ParticleScheme::platen}, {40, 70});
  };
  const int before = omp_get_max_threads();
  omp_set_num_threads(1);
  const SplittingEstimate one = split();
  omp_set_num_threads(3);
  const SplittingEstimate three = split();
  omp_set_num_threads(before);
  CHECK(*one.rate == *three.rate);
  CHECK(one.low == three.low);
  CHECK(one.steps == three.steps);
  CHECK(std::abs(std::log(*one.rate * mean_time(0.025, core_edge))) < 3.5 * one.relative_error);
}

TEST_CASE("splitting refuses what it cannot start from, and stops where it is told to") {
  const Problem<1> problem = split_well(0.05);
  const ReactionCoordinate coordinate = expression_coordinate(Expression("x", {"x"}));
  const auto split = [&](double start, double origin, const SplittingOptions& options,
                         const SplittingObserver& observer = {}) {
    return adaptive_splitting(particle_system<1>(problem), {start}, coordinate, origin,
                              exit_surface<1>(problem, {0, 1}, 0.01), {.step = 0.01}, options, observer);
  };
  CHECK_THROWS_AS(split(-1.0, -1.2, {}), std::invalid_argument);
  CHECK_THROWS_AS(split(1.0, 1.2, {}), std::invalid_argument);
  CHECK_THROWS_AS(split(-1.0, -0.9, {1, 10}), std::invalid_argument);
  const SplittingEstimate none = split(-1.0, -0.9, {20, 10}, [](std::uint32_t) { return false; });
  CHECK_FALSE(none.complete);
  CHECK_FALSE(none.rate);
}

TEST_CASE("a coordinate that jumps into the target, or leaves all numbers, ends splitting with the reason") {
  const Problem<1> problem = split_well(0.1);
  const auto complaint = [&](const std::string& coordinate, double origin) -> std::string {
    try {
      adaptive_splitting(particle_system<1>(problem), {-1.0}, expression_coordinate(Expression(coordinate, {"x"})),
                         origin, exit_surface<1>(problem, {0, 1}, 0.01), {.step = 0.01}, {.replicas = 10, .runs = 2});
    } catch (const SolverError& error) {
      return error.what();
    }
    return "";
  };
  CHECK(complaint("tanh(1e9*x)", -1.0).find("does not grow on the way") != std::string::npos);
  CHECK(complaint("1e308*x*10", -1e300).find("is no finite number") != std::string::npos);
}

TEST_CASE("particles are where the Fokker-Planck equation says, within chance, but not after long steps") {
  const Problem<1> problem = split_well(0.1);
  // Long after the start the law is Boltzmann's.
  Eigen::VectorXd law(400), start = Eigen::VectorXd::Zero(400);
  for (Index cell = 0; cell < 400; ++cell) law[cell] = std::exp(-height(problem.grid.centre(cell)[0]) / 0.1);
  law /= law.sum();
  start[120] = start[279] = 0.5;  // symmetric: no need to wait for the barrier
  const auto distance = [&](const ParticleOptions& options) {
    return particle_histogram<1>(problem, start, 10.0, law, options);
  };
  const ParticleHistogram right =
      distance({.particles = 100000, .step = 0.02, .scheme = ParticleScheme::platen, .noise = NoisePrecision::single});
  CHECK(std::abs(right.total_variation - right.expected) < 4.0 * right.error);
  CHECK(relative_error(right.probability.sum(), 1.0) < 1e-12);
  const ParticleHistogram wrong = distance({.particles = 100000, .step = 0.2});
  CHECK(wrong.total_variation > wrong.expected + 4.0 * wrong.error);
}
