#include "problems/landscapes/expression_landscape.hpp"
#include "problems/problem_error.hpp"
#include "problems/valleys/relaxation.hpp"
#include "problems/valleys/survey.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

Drift surveyed_drift(const std::string& landscape, const std::vector<std::string>& variables) {
  return Drift(expression_landscape(Expression(landscape, variables)));
}

template <int Dim>
long surveyed_count(const std::vector<CriticalPoint<Dim>>& points, int index) {
  return std::count_if(points.begin(), points.end(), [&](const auto& point) { return point.index == index; });
}

/// Whether one of the points is there, to 1e-9 of `scale`.
template <int Dim>
bool surveyed_at(const std::vector<CriticalPoint<Dim>>& points, const Point<Dim>& x, int index, double scale) {
  return std::any_of(points.begin(), points.end(), [&](const auto& point) {
    return point.index == index && (point.position - x).norm() < 1e-9 * scale;
  });
}

const std::array<OpenAxis, 1> open_line{OpenAxis{"x"}};
const std::array<OpenAxis, 2> open_plane{OpenAxis{"x"}, OpenAxis{"y"}};

}  // namespace

TEST_CASE("wells are found without a box at any scale and place") {
  for (const double scale : {1e-3, 1.0, 3e3})
    for (const double centre : {0.0, 500.0}) {
      CAPTURE(scale);
      CAPTURE(centre);
      const Parameters parameters{{"s", scale}, {"c", centre}};
      const Drift drift(expression_landscape(
          Expression("((x - c)/s)^4/4 - ((x - c)/s)^2/2 + ((y + c)/s)^2", {"x", "y"}, parameters)));
      const auto points = survey<2>(drift, open_plane);
      const double precision = std::max(scale, 1e-4 * centre);
      CHECK(surveyed_at<2>(points, {centre - scale, -centre}, 0, precision));
      CHECK(surveyed_at<2>(points, {centre + scale, -centre}, 0, precision));
      CHECK(surveyed_at<2>(points, {centre, -centre}, 1, precision));
      CHECK(points.size() == 3);
    }
}

TEST_CASE("a narrow well beside a wide one is found with the pass between them") {
  const auto points = survey<1>(surveyed_drift("0.002*x^2*(x - 10)^2 - exp(-(x - 0.3)^2/2e-4)", {"x"}), open_line);
  CHECK(surveyed_count<1>(points, 0) == 3);
  CHECK(surveyed_count<1>(points, 1) == 2);
  const auto in_plane =
      survey<2>(surveyed_drift("0.002*x^2*(x - 10)^2 + y^2 - 3*exp(-(x^2 + y^2)/2e-4)", {"x", "y"}), open_plane);
  CHECK(surveyed_at<2>(in_plane, {0.0, 0.0}, 0, 1e-2));
  CHECK(surveyed_at<2>(in_plane, {10.0, 0.0}, 0, 1.0));
}

TEST_CASE("motions come to rest along bent and stiff valleys and run away where nothing holds them") {
  const Drift bent = surveyed_drift("(1 - x)^2 + 1e4*(y - x^2)^2", {"x", "y"});
  Eigen::Matrix<double, 2, Eigen::Dynamic> starts(2, 3);
  starts << -1.5, 30.0, 0.0, 2.0, -1e3, 1e-4;
  const std::vector<Point<2>> rests = resting_points<2>(bent, starts);
  REQUIRE(rests.size() == 1);
  CHECK((rests[0] - Point<2>(1.0, 1.0)).norm() < 1e-8);
  Eigen::Matrix<double, 1, Eigen::Dynamic> on_line(1, 3);
  on_line << -3.0, -0.5, 40.0;
  const std::vector<Point<1>> held = resting_points<1>(surveyed_drift("x^3/3 - x", {"x"}), on_line);
  REQUIRE(held.size() == 1);
  CHECK(std::abs(held[0][0] - 1.0) < 1e-9);
}

TEST_CASE("drifts that are no gradients are surveyed likewise") {
  const Drift drift({Expression("x - x^3 - 10*x*y^2", {"x", "y"}), Expression("-(1 + x^2)*y", {"x", "y"})});
  const auto points = survey<2>(drift, open_plane);
  CHECK(points.size() == 3);
  CHECK(surveyed_at<2>(points, {-1.0, 0.0}, 0, 1.0));
  CHECK(surveyed_at<2>(points, {0.0, 0.0}, 1, 1.0));
}

TEST_CASE("a survey that cannot end says what to give") {
  CHECK_THROWS_WITH_AS(
      survey<1>(surveyed_drift("cos(x)", {"x"}), open_line),
      "the drift repeats itself along x with the period 6.28318531: give grid.x min, max and boundary = "
      "\"periodic\" (or other ends)",
      ProblemError);
  CHECK_THROWS_AS(survey<2>(surveyed_drift("sin(x)*sin(1.1*y) + 1e-9*(x^2 + y^2)", {"x", "y"}), open_plane),
                  ProblemError);
  CHECK_THROWS_AS(survey<1>(surveyed_drift("-x^2", {"x"}), open_line), ProblemError);
}
