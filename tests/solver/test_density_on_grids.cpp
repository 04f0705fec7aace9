#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/evolution/initial_density.hpp"
#include "solver/solve_problem.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

/// A Gaussian's probability between two points.
double between(double low, double high, double mean, double sd) {
  const double scale = 1.0 / (sd * std::sqrt(2.0));
  return 0.5 * (std::erf((high - mean) * scale) - std::erf((low - mean) * scale));
}

struct Told {
  std::vector<double> stated, own;  // error of each frame but the first, and what it is off by
  EvolutionResult evolution;
};

/// Evolves a Gaussian to `until` in ten frames. exact: probability of a cell's ends along an axis at a time.
template <int Dim>
Told told(const std::string& energy, double noise, const Grid<Dim>& grid, const std::vector<double>& mean,
          const std::vector<double>& sd, const EvolveOptions& options,
          const std::function<double(int axis, double low, double high, double time)>& exact,
          const std::vector<ValleyDefinition<Dim>>& valleys = {}) {
  std::vector<std::string> names;
  for (int k = 0; k < Dim; ++k) names.push_back(grid.axis(k).name());
  const Drift drift(expression_landscape(Expression(energy, names)));
  const Problem<Dim> problem =
      make_problem("", Dynamics{drift, constant_diffusion(noise * Eigen::MatrixXd::Identity(Dim, Dim))}, grid, valleys);
  SolveRequest<Dim> request;
  request.escapes.emplace();
  request.evolve = options;
  request.initial = [&](const Discretisation<Dim>& discretisation, const std::vector<int>&) {
    return discretisation.space.from_cells(gaussian<Dim>(discretisation.space.grid(), mean, sd));
  };
  request.modes = 0;
  request.network = request.stationary = false;
  Told result;
  SolveObserver observer;
  observer.frame = [&](const DensityFrame& frame) {
    if (frame.time == 0.0) return;
    std::array<std::vector<double>, Dim> along;
    for (int k = 0; k < Dim; ++k)
      for (Index i = 0; i < grid.axis(k).cells(); ++i)
        along[static_cast<std::size_t>(k)].push_back(
            exact(k, grid.axis(k).edge(i), grid.axis(k).edge(i + 1), frame.time));
    double off = 0.0;
    for (Index cell = 0; cell < grid.cells(); ++cell) {
      double truth = 1.0;
      for (int k = 0; k < Dim; ++k)
        truth *= along[static_cast<std::size_t>(k)][static_cast<std::size_t>(grid.coordinates(cell)[k])];
      off += std::abs(frame.density[cell] * grid.volume(cell) - truth);
    }
    REQUIRE(frame.grid_error.has_value());
    result.stated.push_back(*frame.grid_error);
    result.own.push_back(off);
  };
  result.evolution = *solve_problem<Dim>(problem, request, observer).evolution;
  return result;
}

/// In L = (a x^2 + b y^2) / 2 from (1, -0.5), of width 0.3: Ornstein and Uhlenbeck's law along each axis.
template <int Dim>
Told told_of_well(const Grid<Dim>& grid, const std::array<double, 2>& stiffness, double noise,
                  const EvolveOptions& options) {
  const std::array<double, 2> start{1.0, -0.5};
  const std::string energy =
      Dim == 1 ? fmt::format("{}*x^2/2", stiffness[0]) : fmt::format("({}*x^2 + {}*y^2)/2", stiffness[0], stiffness[1]);
  const auto exact = [&](int axis, double low, double high, double time) {
    const double k = stiffness[static_cast<std::size_t>(axis)], decay = std::exp(-k * time);
    const double variance = 0.09 * decay * decay + noise / k * (1.0 - decay * decay);
    return between(low, high, start[static_cast<std::size_t>(axis)] * decay, std::sqrt(variance));
  };
  return told<Dim>(energy, noise, grid, std::vector<double>(start.begin(), start.begin() + Dim),
                   std::vector<double>(Dim, 0.3), options, exact);
}

void check_stated(const Told& told) {
  for (std::size_t k = 0; k < told.stated.size(); ++k) {
    CAPTURE(k);
    CHECK(told.own[k] <= told.stated[k]);
    CHECK(told.stated[k] <= 40.0 * told.own[k]);  // 36, where grids of second order do not show it
  }
  CHECK(told.evolution.grid_error == told.stated.back());
}

}  // namespace

TEST_CASE("the stated error of a density holds what the grid is off by, and no more than that asks for") {
  const EvolveOptions options{.until = 2.0, .frames = 10};
  for (const Index cells : {64, 90, 150, 401}) {
    CAPTURE(cells);
    check_stated(told_of_well<1>(Grid<1>({Axis("x", -3.5, 3.5, cells)}), {1.3, 0.0}, 0.25, options));
  }
  for (const Index cells : {48, 75}) {
    CAPTURE(cells);
    check_stated(told_of_well<2>(Grid<2>({Axis("x", -3.5, 3.5, cells), Axis("y", -3.0, 3.0, cells + 6)}), {1.3, 2.0},
                                 0.25, options));
  }
  const Axis graded("x", -3.5, 3.5, 120, Boundary::reflecting, Boundary::reflecting, Grading{0.4, 1.0});
  check_stated(told_of_well<1>(Grid<1>({graded}), {1.3, 0.0}, 0.25, options));
}

TEST_CASE("the stated error of a density holds for wells, starts and grids at random") {
  std::mt19937 engine(5);
  std::uniform_real_distribution<double> stiffness(0.5, 3.0), decades(-3.0, -0.3), until(0.3, 4.0);
  std::uniform_int_distribution<int> cells(40, 160);
  int frames = 0, held = 0;
  for (int problem = 0; problem < 40; ++problem) {
    const Told told = told_of_well<1>(Grid<1>({Axis("x", -4.5, 4.5, cells(engine))}), {stiffness(engine), 0.0},
                                      std::pow(10.0, decades(engine)), {.until = until(engine), .frames = 10});
    for (std::size_t k = 0; k < told.stated.size(); ++k) held += told.own[k] <= told.stated[k];
    frames += static_cast<int>(told.stated.size());
  }
  CAPTURE(held);
  CHECK(held >= 0.98 * frames);  // narrower than a cell, some
}

TEST_CASE("on a ring, where the cells of coarser grids do not match, the stated error of a density holds") {
  constexpr double period = 2.0, noise = 0.05, sd = 0.15;
  for (const Index cells : {50, 67}) {
    CAPTURE(cells);
    const auto exact = [&](int, double low, double high, double time) {
      double sum = 0.0;
      for (int turn = -6; turn <= 6; ++turn)
        sum += between(low, high, 0.3 + turn * period, std::sqrt(sd * sd + 2.0 * noise * time));
      return sum;
    };
    const Told found =
        told<1>("0*x", noise, Grid<1>({Axis("x", 0.0, period, cells, Boundary::periodic, Boundary::periodic)}), {0.3},
                {sd}, {.until = 1.0, .frames = 10}, exact,
                {{"part", Region<1>([](const Point<1>& x) { return x[0] > 0.2 && x[0] < 0.9; }), {}}});
    check_stated(found);
  }
}

TEST_CASE("the time integration is held to a tenth of the grid's error unless a tolerance is given") {
  for (const Index cells : {100, 400, 1600, 6400}) {
    CAPTURE(cells);
    const Grid<1> grid({Axis("x", -3.5, 3.5, cells)});
    EvolveOptions options{.until = 2.0, .frames = 10, .stepper = Stepper::exponential};
    const Told own = told_of_well<1>(grid, {1.3, 0.0}, 0.25, options);
    CHECK(own.evolution.tolerance <= 1e-6);
    CHECK(own.evolution.tolerance <= 0.15 * *std::min_element(own.own.begin(), own.own.end()));
    CHECK(own.evolution.error_estimate <= 0.3 * *std::min_element(own.own.begin(), own.own.end()));
    options.tolerance = 3e-5;
    CHECK(told_of_well<1>(grid, {1.3, 0.0}, 0.25, options).evolution.tolerance == 3e-5);
    if (cells > 400) continue;
    options = {.until = 2.0, .frames = 10, .stepper = Stepper::tr_bdf2};
    const Told steps = told_of_well<1>(grid, {1.3, 0.0}, 0.25, options);
    CHECK(steps.evolution.error_estimate <= 0.3 * *std::min_element(steps.own.begin(), steps.own.end()));
  }
}

TEST_CASE("one grid, or one too coarse for others, tells no error of a density, and a tolerance of 1e-6") {
  const Grid<1> grid({Axis("x", -3.5, 3.5, 24)});
  const Drift drift(expression_landscape(Expression("x^2/2", {"x"})));
  const Problem<1> problem =
      make_problem("", Dynamics{drift, constant_diffusion(0.25 * Eigen::MatrixXd::Identity(1, 1))}, grid);
  SolveRequest<1> request;
  request.evolve = EvolveOptions{.until = 1.0, .frames = 2};
  request.initial = [&](const Discretisation<1>& discretisation, const std::vector<int>&) {
    return discretisation.space.from_cells(gaussian<1>(discretisation.space.grid(), {1.0}, {0.5}));
  };
  const Results results = solve_problem<1>(problem, request);
  CHECK_FALSE(results.evolution->grid_error.has_value());
  CHECK(results.evolution->tolerance == 1e-6);
}
