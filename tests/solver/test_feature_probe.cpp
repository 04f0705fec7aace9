#include "problems/dynamics/diffusion_model.hpp"
#include "solver/discretisation/feature_probe.hpp"

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/solve_problem.hpp"
#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <string>

using namespace valleyflux;

namespace {

const std::vector<std::string> xy{"x", "y"};

/// A double well with a feature in x, on cells that may be wider than that.
Problem<2> split_well(const std::string& feature, const std::string& noise, Index nx, Index ny) {
  const auto where = [](const std::string& condition) {
    return Region<2>([holds = Expression(condition, xy)](const Point<2>& at) { return holds(at) != 0.0; });
  };
  const Dynamics dynamics{Drift(expression_landscape(Expression("x^4/4 - x^2/2 + y^2/2 + " + feature, xy))),
                          expression_diffusion(2, {{Expression(noise, xy), Expression("0", xy)},
                                                   {Expression("0", xy), Expression("0.05", xy)}})};
  return make_problem<2>("", dynamics, Grid<2>({Axis("x", -1.8, 1.9, nx), Axis("y", -1.5, 1.5, ny)}),
                         {{"left", where("x < 0"), where("x < -0.8")}, {"right", where("x >= 0"), where("x > 0.8")}});
}

/// Mean time from -1 to 0.8 along x: int e^(U) int e^(-U) / D, by Gauss panels a tenth of the feature wide.
double passage_time(double (*landscape)(double), double start, double end) {
  using Rule = boost::math::quadrature::gauss<double, 10>;
  constexpr double low = -1.8, width = 0.002, D = 0.05;
  double below = 0.0, time = 0.0;
  const auto weight = [&](double z) { return std::exp(-landscape(z) / D) / D; };
  for (double a = low; a < end - 1e-9; a += width) {
    const double b = a + width;
    if (a > start - 1e-9)
      time += Rule::integrate(
          [&](double y) { return std::exp(landscape(y) / D) * (below + Rule::integrate(weight, a, y)); }, a, b);
    below += Rule::integrate(weight, a, b);
  }
  return time;
}

}  // namespace

TEST_CASE("features between the cells of a grid in the plane are noticed, on and off the lines of its cells") {
  const std::string ridge = "0.5*exp(-((x - 0.3137)/0.01)^2)", step = "0.05*(1.5 + tanh((x - 0.3137)/0.03))";
  const Problem<2> smooth = split_well("0", "0.05", 12, 8);
  CHECK_FALSE(FeatureProbe(smooth).overlooked_by(smooth.grid).noticeable());
  const Problem<2> narrow = split_well(ridge, "0.05", 16, 16);
  const FeatureProbe probe(narrow);
  const Overlooked ridge_there = probe.overlooked_by(narrow.grid);
  CHECK(ridge_there.fatal());
  CHECK(std::abs(ridge_there.place[0] - 0.3137) < 0.24);  // within the cell that holds it
  CHECK(probe.overlooked_by(narrow.grid.refined(8)).fatal());
  CHECK_FALSE(probe.overlooked_by(narrow.grid.refined(32)).noticeable());
  const Problem<2> jump = split_well("0", step, 12, 8);
  CHECK(FeatureProbe(jump).overlooked_by(jump.grid).fatal());
  CHECK_FALSE(FeatureProbe(jump).overlooked_by(jump.grid.refined(32)).noticeable());
  const Problem<2> stripes = split_well("0.1*exp(-((y - 0.41)/0.02)^2)", "0.05", 64, 16);
  const Overlooked stripe = FeatureProbe(stripes).overlooked_by(stripes.grid);
  CHECK(stripe.fatal());
  CHECK(std::abs(stripe.place[1] - 0.41) < 0.19);
}

TEST_CASE("rates over a ridge far narrower than a cell of the plane are right, or there is none") {
  const auto landscape = [](double x) {
    return x * x * x * x / 4.0 - x * x / 2.0 + 0.3 * std::exp(-std::pow((x - 0.3137) / 0.02, 2));
  };
  const double truth = 1.0 / passage_time(landscape, -1.0, 0.8);
  const Problem<2> problem = split_well("0.3*exp(-((x - 0.3137)/0.02)^2)", "0.05", 16, 8);
  SolveRequest<2> request;
  request.escapes = {{{0, 1}, {"mean_first_passage", "quasi_stationary"}}};
  request.modes = 0;
  request.network = request.paths = false;
  const Results right = solve_problem(problem, request);
  const Estimate& row = right.estimates.front();
  REQUIRE(row.low);
  CHECK(*row.low <= truth);
  CHECK(truth <= *row.high);
  CHECK(relative_error(*row.rate, truth) < 1e-3);
  request.accuracy.memory = 2e6;
  const Results none = solve_problem(problem, request);
  for (const Estimate& estimate : none.estimates) CHECK_FALSE(estimate.rate);
  CHECK(none.warnings.front().find("narrower than the cells of the finest grid, as near x = 0.3") != std::string::npos);
}
