#include "problems/dynamics/diffusion_model.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "problems/problem.hpp"
#include "problems/valleys/kinks.hpp"
#include "problems/valleys/steps.hpp"
#include "problems/valleys/survey.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

Drift kinked_drift(const std::string& landscape, const std::vector<std::string>& variables) {
  return Drift(expression_landscape(Expression(landscape, variables)));
}

const Grid<1> kinked_line({Axis("x", -4.0, 4.0, 100)});
const Grid<2> kinked_plane({Axis("x", -3.0, 3.0, 60), Axis("y", -2.0, 2.0, 50)});

/// The minima of valleys that are found, which must be kinks, in the order of their first coordinate.
template <int Dim>
std::vector<Point<Dim>> kinked_minima_of(const std::string& landscape, const Grid<Dim>& grid) {
  const std::vector<std::string> names = Dim == 1 ? std::vector<std::string>{"x"} : std::vector<std::string>{"x", "y"};
  const auto problem =
      make_problem<Dim>("", {kinked_drift(landscape, names), constant_diffusion(0.3 * Tensor<Dim>::Identity())}, grid);
  std::vector<Point<Dim>> minima;
  for (const Valley<Dim>& valley : problem.valleys) {
    REQUIRE(valley.minimum);
    CHECK(valley.minimum->kinked);
    minima.push_back(valley.minimum->position);
  }
  std::sort(minima.begin(), minima.end(), [](const auto& a, const auto& b) { return a[0] < b[0]; });
  return minima;
}

}  // namespace

TEST_CASE("kinks of the line are critical points at round-off wherever they lie") {
  const auto points = find_critical_points<1>(kinked_drift("3*abs(abs(x - 0.137) - 1.03)", {"x"}), kinked_line);
  REQUIRE(points.size() == 3);
  for (const auto& point : points) CHECK(point.kinked);
  CHECK(std::abs(points[0].position[0] + 0.893) < 1e-14);
  CHECK(std::abs(points[1].position[0] - 1.167) < 1e-14);
  CHECK(std::abs(points[2].position[0] - 0.137) < 1e-14);
  CHECK(points[0].index == 0);
  CHECK(points[2].index == 1);
  CHECK(std::abs(points[2].height - 3.09) < 1e-13);
}

TEST_CASE("smooth zeros of the drift and poles are no kinks") {
  for (const char* const smooth : {"(x - 0.137)^4", "log(cosh(1e6*(x - 0.137)))/1e6", "(x^2 - 1.03)^2"})
    for (const auto& point : find_critical_points<1>(kinked_drift(smooth, {"x"}), kinked_line)) CHECK(!point.kinked);
  CHECK(find_critical_points<1>(kinked_drift("log(abs(x - 0.137))", {"x"}), kinked_line).empty());
  CHECK(find_critical_points<1>(kinked_drift("-1/(x - 0.137)^2", {"x"}), kinked_line).empty());
}

TEST_CASE("kinked minima of line and plane are valleys") {
  const auto line = kinked_minima_of<1>("max(-2*x - 1.1, 3*x - 2.3) + max(0, 1.7 - 2.9*abs(x - 1.31))", kinked_line);
  CHECK(line.size() == 1);  // the bump is smaller than the slopes: where 3 x - 2.3 falls no more
  const auto crossed = kinked_minima_of<2>("3*abs(abs(x - 0.137) - 1.03) + 2*abs(y + 0.071)", kinked_plane);
  REQUIRE(crossed.size() == 2);
  CHECK((crossed[0] - Point<2>(-0.893, -0.071)).norm() < 1e-6);
  CHECK((crossed[1] - Point<2>(1.167, -0.071)).norm() < 1e-6);
  // Two skew tents, and one that is smooth along y.
  const auto skew = kinked_minima_of<2>(
      "min(2*abs(x - 1.01) + abs(y - 0.3*x), 1.5*abs(x + 0.97 - 0.2*y) + 2*max(y - 0.21, 0.63 - 3*y) + 0.1)",
      kinked_plane);
  REQUIRE(skew.size() == 2);
  CHECK((skew[0] - Point<2>(-0.97 + 0.042, 0.21)).norm() < 1e-6);
  CHECK((skew[1] - Point<2>(1.01, 0.303)).norm() < 1e-6);
  CHECK(kinked_minima_of<2>("3*abs(abs(x - 0.137) - 1.03) + (y - 0.2)^2", kinked_plane).size() == 2);
}

TEST_CASE("minima and maxima in pieces far narrower than a cell of the line are found") {
  struct Expected {
    double place;
    int index;
    bool kinked;
  };
  const auto expect = [](const Drift& drift, std::vector<Expected> expected) {
    auto points = find_critical_points<1>(drift, kinked_line);
    std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.position[0] < b.position[0]; });
    REQUIRE(points.size() == expected.size());
    for (std::size_t k = 0; k < points.size(); ++k) {
      CAPTURE(points[k].position[0]);
      CHECK(std::abs(points[k].position[0] - expected[k].place) < 1e-12);
      CHECK(points[k].index == expected[k].index);
      CHECK(points[k].kinked == expected[k].kinked);
    }
  };
  const Expected left{-1.0, 0, false}, saddle{0.0, 1, false}, right{1.0, 0, false};
  const std::string well = "x^4/4 - x^2/2 + ", tent = "*max(0, 1 - abs(x - 0.3)*1e5)";
  expect(kinked_drift(well + "5" + tent, {"x"}), {left, saddle, {0.3 - 1e-5, 0, true}, {0.3, 1, true}, right});
  expect(kinked_drift(well + "-5" + tent, {"x"}), {left, saddle, {0.3, 0, true}, {0.3 + 1e-5, 1, true}, right});
  expect(Drift(std::vector<Expression>{Expression("x - x^3 - where(x > 0.3 && x < 0.3001, 4000, 0)", {"x"})}),
         {left, saddle, {0.3, 0, true}, {0.3001, 1, true}, right});
  // F = -2 x, and inside of the piece -2 x - 2e8 (x - 0.3).
  expect(kinked_drift("x^2 + where(abs(x - 0.3) < 1e-5, 1e8*(x - 0.3)^2, 0)", {"x"}),
         {{0.0, 0, false}, {0.3 - 1e-5, 1, true}, {0.3 * 1e8 / (1e8 + 1.0), 0, false}});
}

TEST_CASE("kinked minima are found where no domain is given and straight slopes are no period") {
  const auto line = survey<1>(kinked_drift("3*abs(abs(x) - 1)", {"x"}), {OpenAxis{"x"}});
  CHECK(std::count_if(line.begin(), line.end(), [](const auto& point) { return point.index == 0; }) == 2);
  const auto plane = survey<2>(kinked_drift("3*abs(abs(x - 0.137) - 1.03) + 2*abs(y + 0.071)", {"x", "y"}),
                               {OpenAxis{"x"}, OpenAxis{"y"}});
  CHECK(std::count_if(plane.begin(), plane.end(), [](const auto& point) { return point.index == 0; }) == 2);
}

TEST_CASE("steps of a landscape are found, kinks and steep ramps are none") {
  const auto step = [](const std::string& text) {
    const auto landscape = expression_landscape(Expression(text, {"x"}));
    return step_of<1>(*landscape, Grid<1>({Axis("x", -2.0, 2.0, 50)}));
  };
  REQUIRE(step("x^2 + where(x > 0.3, 1, 0)"));
  CHECK(std::abs((*step("x^2 + where(x > 0.3, 1, 0)"))[0] - 0.3) < 1e-9);
  const auto narrow = step("x^2 + where(x > 0.3 && x < 0.3 + 1e-7, 1, 0)");
  REQUIRE(narrow);
  CHECK(std::abs((*narrow)[0] - 0.3) < 1e-15);
  for (const char* const smooth : {"x^2", "abs(x)", "where(x > 0.3, x^2, 0.09)", "max(0, min(1, (x - 0.3)*1e5))"}) {
    CAPTURE(smooth);
    CHECK_FALSE(step(smooth));
  }
  const auto plane = expression_landscape(Expression("x^2 + y^2 + (y > 0.3 + x/7)", {"x", "y"}));
  const auto at = step_of<2>(*plane, Grid<2>({Axis("x", -1.0, 1.0, 20), Axis("y", -1.0, 1.0, 20)}));
  REQUIRE(at);
  CHECK(std::abs((*at)[1] - 0.3 - (*at)[0] / 7.0) < 1e-9);
}
