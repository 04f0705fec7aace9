#include "problems/case/case_file.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "problems/tables/table_function.hpp"
#include "solver/run/run.hpp"
#include "solver/solver_error.hpp"
#include "tests/relative.hpp"
#include "tests/solver/line_problems.hpp"
#include "tests/straight_table.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

using namespace valleyflux;

// Pieces of drift, noise and landscape that are far narrower than any cell, against quadratures of the scale function
// from piece to piece. From the left well of x^4/4 - x^2/2, -1, to 0.9.

namespace {

using RealFunction = std::function<double(double)>;

constexpr double wall = -2.0, from = -1.0, to = 0.9;

/// int_from^to dy s'(y) int_wall^y dz / (D s') by Gauss panels between the stops; phi is relative to anywhere.
double piecewise_time(const RealFunction& phi, const RealFunction& noise, double alpha, std::vector<double> stops) {
  using Rule = boost::math::quadrature::gauss<double, 20>;
  for (const double end : {wall, from, to}) stops.push_back(end);
  std::sort(stops.begin(), stops.end());
  const auto speed = [&](double z) { return std::pow(noise(z), alpha - 1.0) * std::exp(-phi(z)); };
  double below = 0.0, time = 0.0;
  for (std::size_t k = 0; stops[k] < to; ++k) {
    const int panels = stops[k + 1] - stops[k] > 1e-7 ? 100 : 1;
    for (int n = 0; n < panels; ++n) {
      const double width = (stops[k + 1] - stops[k]) / panels, a = stops[k] + n * width, b = a + width;
      if (stops[k] >= from)
        time += Rule::integrate(
            [&](double y) {
              return std::pow(noise(y), -alpha) * std::exp(phi(y)) * (below + Rule::integrate(speed, a, y));
            },
            a, b);
      below += Rule::integrate(speed, a, b);
    }
  }
  return time;
}

double well(double x) {
  return 0.25 * x * x * x * x - 0.5 * x * x;
}

double worst_error(const Dynamics& dynamics, double exact) {
  double worst = 0.0;
  for (const Index cells : {10, 77, 400}) {
    const double time = line_passage_time(
        line_towards(dynamics, Axis("x", wall, 2.0, cells), from, region_where([](double x) { return x > to; })));
    worst = std::max(worst, relative_error(time, exact));
  }
  return worst;
}

Dynamics downhill_of(const std::string& landscape, const std::string& noise,
                     Interpretation interpretation = Interpretation::ito, const TableSource& tables = {}) {
  return {Drift(expression_landscape(Expression(landscape, {"x"}, {}, tables))),
          expression_diffusion(1, {{Expression(noise, {"x"}, {}, tables)}}), interpretation};
}

const RealFunction constant_noise = [](double) { return 0.05; };

}  // namespace

TEST_CASE("a plateau of the landscape is climbed however narrow it is") {
  for (const double width : {1e-4, 1e-8})
    for (const double height : {5.0, -1.5}) {
      const std::string text = fmt::format("x^4/4 - x^2/2 + where(x > 0.3 && x < {:.17g}, {}, 0)", 0.3 + width, height);
      const auto phi = [&](double x) { return (well(x) + (x > 0.3 && x < 0.3 + width ? height : 0.0)) / 0.05; };
      CAPTURE(text);
      CHECK(worst_error(downhill_of(text, "0.05"), piecewise_time(phi, constant_noise, 0.0, {0.3, 0.3 + width})) <
            (width > 1e-6 ? 1e-10 : 3e-8));
    }
}

TEST_CASE("a tent, and a pit between kinks, are climbed however narrow they are") {
  for (const double height : {5.0, -1.5}) {
    const std::string text = fmt::format("x^4/4 - x^2/2 + {}*max(0, 1 - abs(x - 0.3)*1e5)", height);
    const auto phi = [&](double x) { return (well(x) + height * std::max(0.0, 1.0 - std::abs(x - 0.3) * 1e5)) / 0.05; };
    CAPTURE(text);
    CHECK(worst_error(downhill_of(text, "0.05"),
                      piecewise_time(phi, constant_noise, 0.0, {0.3 - 1e-5, 0.3, 0.3 + 1e-5})) < 1e-9);
  }
}

TEST_CASE("noise that is low on a narrow stretch is felt in every interpretation") {
  const double a = 0.3 - 1e-5, b = 0.3 + 1e-5, low = 1e-4;
  const auto noise = [&](double x) { return x > a && x < b ? low : 0.05; };
  const auto phi = [&](double x) {
    return (well(std::min(x, a)) + well(std::max(x, b)) - well(b)) / 0.05 + (well(std::clamp(x, a, b)) - well(a)) / low;
  };
  double alpha = 0.0;
  for (const auto interpretation : {Interpretation::ito, Interpretation::stratonovich, Interpretation::isothermal}) {
    const Dynamics dynamics = line_dynamics("x - x^3", "where(abs(x - 0.3) < 1e-5, 1e-4, 0.05)", interpretation);
    CHECK(worst_error(dynamics, piecewise_time(phi, noise, alpha, {a, b})) < 1e-10);
    alpha += 0.5;
  }
}

TEST_CASE("a push of the drift on a narrow stretch is felt either way") {
  for (const double push : {400.0, -4000.0}) {
    const auto phi = [&](double x) { return (well(x) - push * (std::clamp(x, 0.3, 0.3001) - 0.3)) / 0.05; };
    const std::string force = fmt::format("x - x^3 + where(x > 0.3 && x < 0.3001, {}, 0)", push);
    CAPTURE(force);
    CHECK(worst_error(line_dynamics(force, "0.05"), piecewise_time(phi, constant_noise, 0.0, {0.3, 0.3001})) < 1e-10);
  }
}

TEST_CASE("a mobility that is low on a narrow stretch delays, and a step of its landscape is climbed") {
  const double kT = 0.05, a = -0.2, b = -0.2 + 1e-6;
  const auto landscape =
      expression_landscape(Expression("x^4/4 - x^2/2 + where(x > 0.3 && x < 0.3001, 0.5, 0)", {"x"}));
  const Dynamics dynamics = mobile_dynamics(
      landscape, expression_diffusion(1, {{Expression("0.05*where(x > -0.2 and x < -0.2 + 1e-6, 1e-5, 1)", {"x"})}}),
      kT);
  const auto noise = [&](double x) { return x > a && x < b ? 0.05 * 1e-5 : 0.05; };
  const auto phi = [&](double x) { return (well(x) + (x > 0.3 && x < 0.3001 ? 0.5 : 0.0)) / kT; };
  CHECK(worst_error(dynamics, piecewise_time(phi, noise, 1.0, {a, b, 0.3, 0.3001})) < 1e-9);
}

TEST_CASE("what a table is compared with may hold on a narrow stretch, too") {
  const auto line = held_function(straight_table());
  const TableSource source = [&](const std::string&, int) { return line; };
  const auto phi = [&](double x) { return (well(x) + (x > 0.3 && x < 0.3001 ? 1.0 : 0.0)) / 0.05; };
  const Dynamics dynamics = downhill_of("x^4/4 - x^2/2 + where(table('t', x) > 0.3 && table('t', x) < 0.3001, 1, 0)",
                                        "0.05", Interpretation::ito, source);
  CHECK(worst_error(dynamics, piecewise_time(phi, constant_noise, 0.0, {0.3, 0.3001})) < 1e-10);
}

TEST_CASE("a stretch without noise blocks, or is passed by the drift alone, however narrow it is") {
  const auto problem = [](const std::string& force, const std::string& noise, Index cells) {
    return line_towards(line_dynamics(force, noise), Axis("x", -2.0, 2.0, cells), -1.0,
                        region_where([](double x) { return x > 0.9; }));
  };
  for (const std::string width : {"1e-4", "1e-7"})
    for (const Index cells : {10, 77, 400}) {
      CAPTURE(width);
      CAPTURE(cells);
      const std::string noise = "where(x > -0.3 && x < -0.3 + " + width + ", 0, 0.05)";
      // Uphill nothing passes: the drift leads back to the left.
      const auto blocked = discretise(problem("x - x^3", noise, cells)).blocked;
      REQUIRE(blocked.size() == 2);
      for (const auto& crossing : blocked) CHECK(std::abs(crossing.place[0] + 0.3) < 2e-4);
      // u' = -1 solves D u'' + u' = -1 whatever D is.
      const double time = line_passage_time(line_towards(line_dynamics("1", noise), Axis("x", -9.0, 1.5, cells), -1.0,
                                                         region_where([](double x) { return x > 0.9; })));
      CHECK(relative_error(time, 1.9) < 1e-11);
    }
}

TEST_CASE("a zero of the noise in a stretch far narrower than a cell blocks as one of its own width") {
  for (const Index cells : {10, 77, 400}) {
    const auto blocked = [&](const std::string& noise) {
      return discretise(line_towards(line_dynamics("x - x^3", noise), Axis("x", -2.0, 2.0, cells), -1.0,
                                     region_where([](double x) { return x > 0.9; })))
          .blocked;
    };
    CAPTURE(cells);
    const auto zero = blocked("where(abs(x + 0.3) < 1e-5, 5000*abs(x + 0.3), 0.05)");
    REQUIRE(zero.size() == 1);
    CHECK(std::abs(zero[0].place[0] + 0.3) < 1e-12);
    CHECK(blocked("where(abs(x + 0.3) < 1e-5, 0.01 + 4000*abs(x + 0.3), 0.05)").empty());
  }
}

TEST_CASE("a ring may be cut anywhere: what lies beside the seam is not missed") {
  for (const Index cells : {40, 400}) {
    const auto time = [&](const std::string& force, const std::string& noise, double start) {
      return line_passage_time(line_towards(
          line_dynamics(force, noise), Axis("x", start, start + 4.0, cells, Boundary::periodic, Boundary::periodic),
          0.0, region_where([](double x) { return x > -1.0 && x < -0.5; })));
    };
    CAPTURE(cells);
    CHECK(relative_error(time("where(x < -1.99, 3, 1)", "where(x < -1.995, 0.01, 0.5)", -2.0),
                         time("where(x > 2 && x < 2.01, 3, 1)", "where(x > 2 && x < 2.005, 0.01, 0.5)", -1.5)) < 1e-11);
    CHECK(relative_error(time("where(x > 1.99, 3, 1)", "where(x > 1.995, 0.01, 0.5)", -2.0),
                         time("where(x > 1.99 && x < 2, 3, 1)", "where(x > 1.995 && x < 2, 0.01, 0.5)", -1.5)) < 1e-11);
  }
}

namespace {

Results run_well(const std::string& added, const std::string& noise) {
  const std::string text = fmt::format(
      "[landscape]\nexpression = \"x^4/4 - x^2/2 + {}\"\n[diffusion]\nD = \"{}\"\n"
      "[grid]\nx = {{ min = -2, max = 2, cells = 64 }}\n"
      "[[valley]]\nname = \"left\"\nwhere = \"x < 0\"\n[[valley]]\nname = \"right\"\nwhere = \"x > 0\"\n"
      "[[escape]]\nfrom = \"left\"\nto = \"right\"\nmethods = [\"mean_first_passage\"]\n",
      added, noise);
  return run(read_case(text, "case.toml", "."), {.rates_only = true});
}

}  // namespace

TEST_CASE("an infinite landscape and negative noise are refused however narrow they are") {
  CHECK_THROWS_AS(run_well("where(abs(x - 0.3) < 1e-4, 1e300*1e300, 0)", "0.05"), SolverError);
  CHECK_THROWS_AS(run_well("0", "where(abs(x - 0.3) < 1e-9, -0.01, 0.05)"), SolverError);
}

TEST_CASE("a warning says where formulas switch more often than is looked for") {
  const auto warned = [](const Results& results) {
    return std::any_of(results.warnings.begin(), results.warnings.end(),
                       [](const std::string& text) { return text.starts_with("formulas switch"); });
  };
  CHECK(warned(run_well("0.2*(sin(5000*x) > 0.9999)", "0.05")));
  CHECK_FALSE(warned(run_well("where(x > 0.3 and x < 0.3001, 5, 0)", "0.05")));
}
