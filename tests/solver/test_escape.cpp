#include "problems/dynamics/sgd_diffusion.hpp"
#include "solver/escape/escape.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/escape/grid_convergence.hpp"
#include "solver/solver_error.hpp"

#include "tests/relative.hpp"
#include "tests/solver/double_well.hpp"

#include <doctest/doctest.h>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <functional>

using namespace valleyflux;

namespace {

using Real = long double;

/// tau = int_a^c dy D^-alpha e^Phi int_{low}^y dz D^(alpha-1) e^-Phi, Phi = int -F / D, by nested quadrature over
/// panels.
Real mean_time(const std::function<Real(Real)>& phi, const std::function<Real(Real)>& noise, Real alpha, Real low,
               Real a, Real c) {
  using Rule = boost::math::quadrature::gauss_kronrod<Real, 31>;
  constexpr int panels = 60;
  const auto density = [&](Real z) { return std::pow(noise(z), alpha - 1) * std::exp(-phi(z)); };
  const auto panelled = [&](const std::function<Real(Real)>& f, Real from, Real to) {
    Real sum = 0;
    for (int k = 0; k < panels; ++k)
      sum += Rule::integrate(f, from + (to - from) * k / panels, from + (to - from) * (k + 1) / panels, 0);
    return sum;
  };
  Real below = panelled(density, low, a), tau = 0;
  for (int k = 0; k < panels; ++k) {
    const Real start = a + (c - a) * k / panels, end = a + (c - a) * (k + 1) / panels;
    tau += Rule::integrate(
        [&](Real y) {
          return std::pow(noise(y), -alpha) * std::exp(phi(y)) * (below + Rule::integrate(density, start, y, 0));
        },
        start, end, 0);
    below += Rule::integrate(density, start, end, 0);
  }
  return tau;
}

Problem<1> well_of(const Dynamics& dynamics, Index cells) {
  return ::double_well(dynamics, Axis("x", -2.5, 2.5, cells));
}

template <int Dim>
EscapeSolution<Dim> solve(const Problem<Dim>& problem, const Escape& escape, const EscapeMethods& methods = {}) {
  const Discretisation<Dim> discretisation = discretise<Dim>(problem);
  std::vector<int> labels;
  for (const char inside : discretisation.space.inside(problem.valleys[0].region)) labels.push_back(inside ? 0 : 1);
  return solve_escape<Dim>(problem, discretisation, labels, escape, methods);
}

Dynamics quartic(double noise) {
  return {Drift(built_in_landscape("quartic_double_well", 1)),
          constant_diffusion(Eigen::MatrixXd::Constant(1, 1, noise)), Interpretation::ito};
}

}  // namespace

TEST_CASE("mean first-passage times agree with quadrature to 1e-7 from 5 to 600 kT") {
  for (const double barrier : {5.0, 20.0, 100.0, 600.0}) {
    const double noise = 0.25 / barrier;
    const auto phi = [&](Real x) { return (x * x * x * x / 4 - x * x / 2 + 0.25L) / noise; };
    const Real exact = mean_time(
        phi, [&](Real) { return Real(noise); }, 0, -2.5L, -1.0L, 0.9L);
    std::vector<double> times, rates;
    for (const Index cells : {2000, 1000, 500}) {
      const auto solution = solve<1>(well_of(quartic(noise), cells), {0, 1}, {true, false});
      times.push_back(*solution.mean_first_passage_time);
      rates.push_back(*solution.quasi_stationary_rate);
    }
    CAPTURE(barrier);
    CHECK(std::abs(times[0] / static_cast<double>(exact) - 1.0) < 1e-7);
    const GridConvergence converged = extrapolate(times, {1.0, 2.0, 4.0});
    CHECK(*converged.low <= static_cast<double>(exact));
    CHECK(*converged.high >= static_cast<double>(exact));
    // In the low-noise limit the quasi-stationary rate is the inverse of the time from the minimum.
    if (barrier >= 20.0) CHECK(std::abs(rates[0] * static_cast<double>(exact) - 1.0) < 1e-8);
  }
}

TEST_CASE("position-dependent noise keeps 1e-5 and its truth in the interval, in every interpretation") {
  const auto noise = [](Real x) { return 0.04L * (1 + 0.5L * std::sin(3 * x)); };
  using Rule = boost::math::quadrature::gauss_kronrod<Real, 61>;
  const auto phi = [&](Real x) {
    return Rule::integrate([&](Real y) { return (y * y * y - y) / noise(y); }, -1.0L, x, 8, 1e-16L);
  };
  Real alpha = 0;
  for (const auto interpretation : {Interpretation::ito, Interpretation::stratonovich, Interpretation::isothermal}) {
    const Dynamics dynamics{Drift(built_in_landscape("quartic_double_well", 1)),
                            expression_diffusion(1, {{Expression("0.04*(1 + 0.5*sin(3*x))", {"x"})}}), interpretation};
    const auto exact = static_cast<double>(mean_time(phi, noise, alpha, -2.5L, -1.0L, 0.9L));
    std::vector<double> times;
    for (const Index cells : {400, 200, 100})
      times.push_back(*solve<1>(well_of(dynamics, cells), {0, 1}, {false, false}).mean_first_passage_time);
    const GridConvergence converged = extrapolate(times, {1.0, 2.0, 4.0});
    CHECK(std::abs(converged.value / exact - 1.0) < 1e-5);
    CHECK(*converged.low <= exact);
    CHECK(*converged.high >= exact);
    alpha += 0.5L;
  }
}

TEST_CASE("first exit is twice as frequent as transition in the low-noise limit") {
  const Problem<1> problem = well_of(quartic(0.01), 1000);
  const double ratio =
      *solve<1>(problem, {0, -1}).quasi_stationary_rate / *solve<1>(problem, {0, 1}).quasi_stationary_rate;
  CHECK(std::abs(ratio - 2.0) < 1e-3);
}

TEST_CASE("noise of a high zero blocks the escape there, though rates underflow on the way") {
  // D = x^4 / 10 and drift 1 at 0: s'(x) = exp(-2 int b / D) grows without bound, and so fast that neighbouring cells
  // have no rates.
  const Dynamics dynamics{Drift(expression_landscape(Expression("(x-1)^2/2", {"x"}))),
                          expression_diffusion(1, {{Expression("0.1*x^4", {"x"})}}), Interpretation::ito};
  const auto below = [](double end) { return Region<1>([end](const Point<1>& x) { return x[0] < end; }); };
  const auto above = [](double end) { return Region<1>([end](const Point<1>& x) { return x[0] > end; }); };
  for (const Index cells : {100, 400}) {
    const Problem<1> problem = make_problem<1>("", dynamics, Grid<1>({Axis("x", -1.0, 3.0, cells)}),
                                               {{"left", below(0.0), below(-0.2)}, {"right", above(0.0), above(0.9)}});
    const auto solution = solve<1>(problem, {1, 0});
    REQUIRE(solution.blocked_at);
    CHECK((*solution.blocked_at)[0] == 0.0);
  }
}

TEST_CASE("SGD noise without injected noise blocks the escape at the inflection point") {
  const auto landscape = built_in_landscape("quartic_double_well", 1);
  const Dynamics dynamics{Drift(landscape), sgd_diffusion(landscape, {.eta = 0.1, .batch_size = 1.0}),
                          Interpretation::ito};
  for (const Index cells : {100, 333, 1000}) {
    const auto solution = solve<1>(well_of(dynamics, cells), {0, 1});
    REQUIRE(solution.blocked_at);
    CHECK(std::abs((*solution.blocked_at)[0] + 1.0 / std::sqrt(3.0)) < 1e-9);
    CHECK_FALSE(solution.quasi_stationary_rate);
  }
}

TEST_CASE("with injected noise the time agrees with quadrature on a coarse grid") {
  const double kappa = 0.05, injected = 1e-3;
  const auto landscape = built_in_landscape("quartic_double_well", 1);
  const Dynamics dynamics{Drift(landscape),
                          sgd_diffusion(landscape, {.eta = 2 * kappa, .batch_size = 1.0, .injected = injected}),
                          Interpretation::ito};
  // numerics: 1.918e8 in the limit of a fine grid.
  const double coarse = *solve<1>(well_of(dynamics, 120), {0, 1}, {false, false}).mean_first_passage_time;
  const double fine = *solve<1>(well_of(dynamics, 960), {0, 1}, {false, false}).mean_first_passage_time;
  CHECK(std::abs(fine / 1.918e8 - 1.0) < 1e-3);
  CHECK(std::abs(coarse / fine - 1.0) < 1e-3);
}

TEST_CASE("the flux plateau, the principal eigenvalue and the mean time tell the same rate") {
  const auto solution = solve<1>(well_of(quartic(0.0125), 500), {0, 1});
  CHECK(std::abs(*solution.flux_rate / *solution.quasi_stationary_rate - 1.0) < 1e-9);
  CHECK(std::abs(*solution.mean_first_passage_time * *solution.quasi_stationary_rate - 1.0) < 1e-6);
  CHECK(solution.share_in_valley > 0.999);
}

TEST_CASE("a corner of the box that holds probability for ever is not the valley's rate, and is said") {
  // Drift along the upper wall, reflected as the noise tells, leads into the corner. Without walls w.x is an
  // Ornstein-Uhlenbeck process of its own, whose first exit has the quasi-stationary rate 2.9691e-4 (quadrature).
  const std::vector<std::string> xy = variable_names(2);
  Eigen::Matrix2d noise;
  noise << 0.095431486780952382, -0.056582297820762045, -0.056582297820762045, 0.039401463412439115;
  const Dynamics dynamics{Drift({Expression("-1.9097014569514505*x - 0.078627151795452654*y", xy),
                                 Expression("1.986427702220759*x - 0.27280507206658988*y", xy)}),
                          constant_diffusion(noise), Interpretation::ito};
  const auto beyond = [](double reach) {
    return [reach](const Point<2>& x) { return -0.99869094902469668 * x[0] - 0.051150643555584983 * x[1] > reach; };
  };
  constexpr double edge = 0.95366946985425127;
  const Problem<2> problem =
      make_problem<2>("", dynamics, Grid<2>({Axis("x", -2.76, 2.43, 146), Axis("y", -3.24, 3.0, 94)}),
                      {{"inside", Region<2>([beyond](const Point<2>& x) { return !beyond(edge)(x); }), {}},
                       {"beyond", Region<2>(beyond(edge)), Region<2>(beyond(1.15))}});
  const auto solution = solve<2>(problem, {.from = 0});
  REQUIRE(solution.failures.quasi_stationary);
  const MethodFailure& failure = *solution.failures.quasi_stationary;
  CHECK(failure.on_any_grid);
  CHECK(failure.reason.find("few trajectories from the minimum come") != std::string::npos);
  CHECK(solution.mean_first_passage_time);
}

TEST_CASE("interpolation is exact for cubics") {
  const Grid<2> grid({Axis("x", -1.0, 1.0, 12), Axis("y", 0.0, 2.0, 9)});
  const auto f = [](const Point<2>& x) { return 1.0 + x[0] - 2.0 * x[1] * x[1] * x[1] + x[0] * x[0] * x[1]; };
  Eigen::VectorXd field(grid.cells());
  std::vector<std::int32_t> states;
  for (Index cell = 0; cell < grid.cells(); ++cell) {
    field[cell] = f(grid.centre(cell));
    states.push_back(static_cast<std::int32_t>(cell));
  }
  for (const Point<2>& x : {Point<2>(0.13, 0.7), Point<2>(-0.99, 1.95), Point<2>(0.5, 0.01)})
    CHECK(std::abs(interpolate<2>(grid, states, field, x) - f(x)) < 1e-12);
}

TEST_CASE("a target smaller than the cells is said to be, not to be out of reach") {
  Problem<2> problem{"",
                     {Drift(expression_landscape(Expression("x^2 + y^2", {"x", "y"}))),
                      constant_diffusion(Eigen::Matrix2d::Identity()), Interpretation::ito},
                     Grid<2>({Axis("x", -2.0, 2.0, 20), Axis("y", -2.0, 2.0, 20)}),
                     {},
                     {},
                     {}};
  CriticalPoint<2> middle;
  middle.position = {0.1, 0.1};
  const Region<2> hole([](const Point<2>& x) { return (x - Point<2>(0.6, 0.6)).norm() < 0.05; });
  problem.valleys = {{"a", Region<2>([](const Point<2>& x) { return x[0] < 0.5; }), {}, middle}, {"b", hole, hole, {}}};
  try {
    solve<2>(problem, {0, 1});
    FAIL("a rate into a hole that no edge meets");
  } catch (const SolverError& error) {
    CHECK(std::string(error.what()).find("cells are wider") != std::string::npos);
  }
}

TEST_CASE("a valley that leaves out the end of the axis alone is not left through a reflecting wall") {
  // From 0 in x^2 to the absorbing end of [-1, 1], the other one reflecting.
  const auto time_to = [](const Dynamics& dynamics, Boundary lower, Boundary upper, const char* where) {
    const Expression inside(where, {"x"});
    const Problem<1> problem =
        make_problem<1>("", dynamics, Grid<1>({Axis("x", -1.0, 1.0, 100, lower, upper)}),
                        {{"mid", Region<1>([inside](const Point<1>& x) { return inside(x) != 0.0; }), std::nullopt}});
    return solve<1>(problem, {.from = 0}).mean_first_passage_time.value();
  };
  const Dynamics dynamics{Drift(expression_landscape(Expression("x^2", {"x"}))),
                          constant_diffusion(Eigen::MatrixXd::Constant(1, 1, 0.5))};
  const auto phi = [](Real x) { return 2 * x * x; };
  const auto noise = [](Real) { return Real(0.5); };
  const auto exact = static_cast<double>(mean_time(phi, noise, 1, -1, 0, 1));
  for (const char* const where : {"abs(x) < 1", "x < 5"}) {
    CAPTURE(where);
    CHECK(relative_error(time_to(dynamics, Boundary::reflecting, Boundary::absorbing, where), exact) < 1e-10);
    CHECK(relative_error(time_to(dynamics, Boundary::absorbing, Boundary::reflecting, where), exact) < 1e-10);
  }
}
