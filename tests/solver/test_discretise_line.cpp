#include "solver/solver_error.hpp"
#include "tests/relative.hpp"
#include "tests/solver/line_problems.hpp"

#include <doctest/doctest.h>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <functional>

using namespace valleyflux;

namespace {

using Function = std::function<double(double)>;

/// int_s^c dy s'(y) int_low^y dz / (D s'), both by Gauss panels fine enough for 60 kT; phi is relative to anywhere.
double quadrature_time(const Function& phi, const Function& noise, double alpha, double low, double start, double end) {
  using Rule = boost::math::quadrature::gauss<double, 20>;
  constexpr int panels = 400;
  const auto speed = [&](double z) { return std::pow(noise(z), alpha - 1.0) * std::exp(-phi(z)); };
  double below = 0.0, time = 0.0;
  const auto add = [&](double from, double to, bool counted) {
    for (int k = 0; k < panels; ++k) {
      const double a = from + (to - from) * k / panels, b = from + (to - from) * (k + 1) / panels;
      if (counted)
        time += Rule::integrate(
            [&](double y) {
              return std::pow(noise(y), -alpha) * std::exp(phi(y)) * (below + Rule::integrate(speed, a, y));
            },
            a, b);
      below += Rule::integrate(speed, a, b);
    }
  };
  add(low, start, false);
  add(start, end, true);
  return time;
}

}  // namespace

TEST_CASE("mean first-passage times on the line are exact on any grid, in every interpretation") {
  const Function noise = [](double x) { return 0.06 + 0.03 * x * x; };
  // Phi = int (x^3 - x) / (0.06 + 0.03 x^2) dx
  const Function phi = [](double x) { return x * x / 0.06 - 1.5 / 0.03 * std::log(0.06 + 0.03 * x * x); };
  double alpha = 0.0;
  for (const auto interpretation : {Interpretation::ito, Interpretation::stratonovich, Interpretation::isothermal}) {
    const double exact = quadrature_time(phi, noise, alpha, -2.5, -1.0, 0.9);
    for (const Index cells : {4, 5, 8, 13, 100})
      for (const bool graded : {false, true}) {
        const auto grading = graded ? std::optional(Grading{0.3, 0.5}) : std::nullopt;
        const Axis axis("x", -2.5, 2.5, cells, Boundary::reflecting, Boundary::reflecting, grading);
        const Problem<1> problem = line_towards(line_dynamics("x - x^3", "0.06 + 0.03*x^2", interpretation), axis, -1.0,
                                                region_where([](double x) { return x > 0.9; }));
        CAPTURE(cells);
        CHECK(relative_error(line_passage_time(problem), exact) < 1e-11);
      }
    alpha += 0.5;
  }
}

TEST_CASE("a hundred thousand cells take no digits from mean first-passage times") {
  // (x^2 - 1)^2 at 5 and 25 kT, and noise that varies.
  const Region<1> target = region_where([](double x) { return x > 0.9; });
  const Axis axis("x", -2.5, 2.5, 100000);
  for (const double D : {0.2, 0.04}) {
    const Function phi = [D](double x) { return (x * x - 1) * (x * x - 1) / D; };
    const double exact = quadrature_time(
        phi, [D](double) { return D; }, 0.0, -2.5, -1.0, 0.9);
    const Dynamics dynamics{Drift(std::vector<Expression>{Expression("4*x - 4*x^3", {"x"})}),
                            constant_diffusion(Eigen::MatrixXd::Constant(1, 1, D))};
    CHECK(relative_error(line_passage_time(line_towards(dynamics, axis, -1.0, target)), exact) < 1e-12);
  }
  const Function noise = [](double x) { return 0.06 + 0.03 * x * x; };
  const Function phi = [](double x) { return x * x / 0.06 - 1.5 / 0.03 * std::log(0.06 + 0.03 * x * x); };
  const double exact = quadrature_time(phi, noise, 0.5, -2.5, -1.0, 0.9);
  const Dynamics dynamics = line_dynamics("x - x^3", "0.06 + 0.03*x^2", Interpretation::stratonovich);
  CHECK(relative_error(line_passage_time(line_towards(dynamics, axis, -1.0, target)), exact) < 1e-12);
}

TEST_CASE("a slope of hundreds of kT a cell passes things on in cell / drift, and times stay exact") {
  // dx = -F dt + sqrt(2 D) dW from x = 0 down to -1, nearly deterministic: time 1/F + (exp. small), exact by formula.
  const double force = 2.0, noise = 1e-4;
  for (const Index cells : {4, 10, 64}) {
    const Axis axis("x", -1.5, 0.5, cells);
    const Problem<1> problem =
        line_towards(line_dynamics("-2", "1e-4"), axis, 0.0, region_where([](double x) { return x < -1.0; }));
    // Reflecting wall at 0.5: D/F^2 (p - e^(-p0) + e^(-p0 - p)), p = F / D, p0 = 0.5 F / D.
    const double p = force / noise, p0 = 0.5 * p;
    const double exact = noise / (force * force) * (p - std::exp(-p0) + std::exp(-p0 - p));
    CHECK(relative_error(line_passage_time(problem), exact) < 1e-11);
    Problem<1> bare = problem;
    bare.valleys.clear();
    const Generator generator = discretise(bare).generator;
    const double h = 2.0 / static_cast<double>(cells);
    CHECK(relative_error(generator.backward[1], force / h) < 1e-3);
  }
}

TEST_CASE("from an absorbing pair of walls the splitting probability and the mean time are those of the formula") {
  // dx = v dt + sqrt(2 D) dW from x0 between -1 and 1.
  const double v = 0.8, noise = 0.5, start = 0.2;
  const auto scale = [&](double x) { return 1.0 - std::exp(-v / noise * (x + 1.0)); };
  const double upper = scale(start) / scale(1.0);
  const double time = (2.0 * upper - (start + 1.0)) / v;  // optional stopping of x - v t
  for (const Index cells : {4, 7, 32}) {
    Problem<1> problem{"",
                       line_dynamics("0.8", "0.5"),
                       Grid<1>({Axis("x", -1.0, 1.0, cells, Boundary::absorbing, Boundary::absorbing)}),
                       {},
                       {},
                       {}};
    CriticalPoint<1> at;
    at.position[0] = start;
    problem.valleys = {{"all", region_where([](double) { return true; }), {}, at}};
    const Discretisation<1> discretisation = discretise(problem);
    const Generator& generator = discretisation.generator;
    const Elimination elimination(EliminationOrder(generator, discretisation.space.lattice()), generator);
    REQUIRE(discretisation.exits.size() == 2);
    Eigen::VectorXd out = Eigen::VectorXd::Zero(generator.states);
    out[discretisation.exits[1].state] = discretisation.exits[1].rate;
    const Index from = discretisation.space.nearest(at.position);
    CHECK(discretisation.exits[1].upper);
    CHECK(relative_error(elimination.solve(out)[from], upper) < 1e-13);
    CHECK(relative_error(elimination.solve(Eigen::VectorXd::Ones(generator.states))[from], time) < 1e-13);
  }
}

TEST_CASE("on a tilted ring the time to a thin core is that of leaving the arc beside it, on eight cells as well") {
  // F = 0.7 + sin x on [0, 2 pi), D = 0.4, target |x - 3| < 0.01 (between two cell centres), start 1.
  const double noise = 0.4, start = 1.0, low = 3.01 - 2.0 * M_PI, high = 2.99;
  const Function phi = [=](double x) { return -(0.7 * x - std::cos(x)) / noise; };
  const Function one = [=](double) { return noise; };
  using Rule = boost::math::quadrature::gauss<double, 30>;
  const auto integral = [](const Function& f, double a, double b) {
    double sum = 0.0;
    for (int k = 0; k < 100; ++k) sum += Rule::integrate(f, a + (b - a) * k / 100, a + (b - a) * (k + 1) / 100);
    return sum;
  };
  const Function scale = [&](double x) { return std::exp(phi(x)); };
  // Between two absorbing ends: u = S(x) / S * T(high) - T(x), T from a reflecting end at low.
  const double ahead = integral(scale, low, start) / integral(scale, low, high);
  const double whole = quadrature_time(phi, one, 1.0, low, low, high);
  const double part = quadrature_time(phi, one, 1.0, low, low, start);
  const double exact = ahead * whole - part;
  for (const Index cells : {8, 50}) {
    const Problem<1> problem = line_towards(line_dynamics("0.7 + sin(x)", "0.4"),
                                            Axis("x", 0.0, 2.0 * M_PI, cells, Boundary::periodic, Boundary::periodic),
                                            start, region_where([](double x) { return std::abs(x - 3.0) < 0.01; }));
    CHECK(relative_error(line_passage_time(problem), exact) < 1e-11);
  }
}

TEST_CASE("the stationary law holds the Boltzmann probability of every cell, however large") {
  using Rule = boost::math::quadrature::gauss<double, 30>;
  const auto weight = [](double x) { return std::exp(-(0.25 * std::pow(x, 4) - 0.5 * x * x + 0.1 * x) / 0.05); };
  const auto integral = [&](double a, double b) {
    double sum = 0.0;
    for (int k = 0; k < 40; ++k) sum += Rule::integrate(weight, a + (b - a) * k / 40, a + (b - a) * (k + 1) / 40);
    return sum;
  };
  const double whole = integral(-2.0, 2.0);
  for (const Index cells : {6, 9, 40}) {
    const Problem<1> problem = line_towards(line_dynamics("x - x^3 - 0.1", "0.05"), Axis("x", -2.0, 2.0, cells), -1.0,
                                            region_where([](double x) { return x > 0.8; }));
    const Discretisation<1> discretisation = discretise(problem);
    const Eigen::VectorXd law = discretisation.space.cell_probabilities(stationary_probabilities(
        EliminationOrder(discretisation.generator, discretisation.space.lattice()), discretisation.generator));
    const Axis& axis = problem.grid.axis(0);
    for (Index cell = 0; cell < cells; ++cell)
      CHECK(relative_error(law[cell], integral(axis.edge(cell), axis.edge(cell + 1)) / whole) < 1e-11);
  }
}

TEST_CASE("noise that vanishes at walls is followed to its end: the law of Wright and Fisher is a beta law") {
  // dx = (a (1 - x) - b x) / 2 dt + sqrt(x (1 - x)) dW: Beta(a, b).
  const double a = 0.15, b = 0.6;
  const boost::math::beta_distribution<double> exact(a, b);
  for (const Index cells : {8, 60}) {
    Problem<1> problem{
        "", line_dynamics("0.5*(0.15*(1 - x) - 0.6*x)", "0.5*x*(1 - x)"), Grid<1>({Axis("x", 0.0, 1.0, cells)}), {}, {},
        {}};
    const Discretisation<1> discretisation = discretise(problem);
    const Eigen::VectorXd law = discretisation.space.cell_probabilities(stationary_probabilities(
        EliminationOrder(discretisation.generator, discretisation.space.lattice()), discretisation.generator));
    for (Index cell = 0; cell + 1 < cells; ++cell) {
      const Axis& axis = problem.grid.axis(0);
      CHECK(relative_error(law[cell], cdf(exact, axis.edge(cell + 1)) - cdf(exact, axis.edge(cell))) < 1e-10);
    }
    CHECK(relative_error(law[cells - 1], cdf(complement(exact, problem.grid.axis(0).edge(cells - 1)))) < 1e-10);
  }
}

TEST_CASE("the square-root process of low index leaves in the time of its closed form, at second order by its rate") {
  // dx = (1 - x) dt + sqrt(20 x) dW, from 1 to 3: published by the series of Kummer's function, .415953 and .302098.
  std::vector<double> rates;
  for (const Index cells : {75, 150, 300}) {
    Problem<1> problem = line_towards(line_dynamics("1 - x", "10*x"),
                                      Axis("x", 0.0, 3.0, cells, Boundary::reflecting, Boundary::absorbing), 1.0,
                                      region_where([](double x) { return x >= 3.0; }));
    problem.valleys.pop_back();
    const Discretisation<1> discretisation = discretise(problem);
    const auto escape =
        solve_escape(problem, discretisation, state_labels(problem, discretisation.space), {0, -1}, {true, false});
    // u(1) = int_1^3 dy s'(y) int_0^y dz / (D s'), s' = y^-0.1 e^(y/10), 1 / (D s') = z^-0.9 e^(-z/10) / 10: the inner
    // integral by its series, sum (-1/10)^k z^(k + 0.1) / (k! (k + 0.1)) / 10.
    using Rule = boost::math::quadrature::gauss<double, 30>;
    const double exact = Rule::integrate(
        [](double y) {
          double term = 0.1 * std::pow(y, 0.1), sum = 0.0;
          for (int k = 0; k < 30; term *= -0.1 * y / ++k) sum += term / (k + 0.1);
          return std::pow(y, -0.1) * std::exp(0.1 * y) * sum;
        },
        1.0, 3.0);
    CHECK(relative_error(*escape.mean_first_passage_time, exact) < 1e-11);
    rates.push_back(*escape.quasi_stationary_rate);
  }
  CHECK(relative_error(1.0 / 0.415953, 2.404119) < 1e-6);
  CHECK(std::abs(std::log2((rates[0] - rates[1]) / (rates[1] - rates[2])) - 2.0) < 0.2);
  CHECK(relative_error(rates[2] + (rates[2] - rates[1]) / 3.0, 0.302098) < 2e-6);
}

TEST_CASE("a wall that keeps whatever reaches it is refused as a reflecting one, also where a node lies on it") {
  const auto complaint = [](const std::string& force, const std::string& noise, double end, double start) {
    for (const Boundary boundary : {Boundary::reflecting, Boundary::absorbing}) {
      const Axis axis("x", 0.0, end, 40, boundary, boundary);
      try {
        discretise(
            line_towards(line_dynamics(force, noise), axis, start, region_where([](double x) { return !(x > 0.0); })));
        if (boundary == Boundary::reflecting) return std::string();
      } catch (const SolverError& error) {
        if (boundary == Boundary::absorbing) return "absorbing: " + std::string(error.what());
        if (std::string(error.what()).find("make it absorbing") == std::string::npos) return std::string(error.what());
      }
    }
    return std::string("piles up");
  };
  CHECK(complaint("(1-x)*x/2", "0.15*x", 4.0, 1.0) == "piles up");                 // logistic growth of Feller's
  CHECK(complaint("0.3*x*(1-x)*(2*x-1)", "x*(1-x)/200", 1.0, 0.0) == "piles up");  // Wright and Fisher
  CHECK(complaint("0.3*x*(1-x)*(2*x-1)", "x*(1-x)/200", 1.0, 1.0) == "piles up");
  CHECK(complaint("0.1 - x", "x", 4.0, 1.0).empty());  // density x^-0.9
}

TEST_CASE("coefficients that no quadrature resolves are refused with their place") {
  const Axis axis("x", -1.0, 1.0, 8);
  const Problem<1> problem =
      line_towards(line_dynamics("1e9*sin(1e9*x)", "1"), axis, -0.5, region_where([](double x) { return x > 0.5; }));
  CHECK_THROWS_AS(discretise(problem), SolverError);
  // A noise of a millionth is none of them.
  const double time = line_passage_time(line_towards(line_dynamics("-x", "1e-6"), Axis("x", -2.0, 2.0, 10), 1.0,
                                                     region_where([](double x) { return x < 0.1; })));
  CHECK(relative_error(time, std::log(10.0)) < 1e-3);
}
