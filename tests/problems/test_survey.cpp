#include "problems/dynamics/diffusion_model.hpp"
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

TEST_CASE("of many places of rest those deeper than the noise are wells") {
  // Ripples, some 120 minima of which, 0.1 deep at most, on a double well.
  const auto height = [](double x) { return 4 * std::pow(x * x - 1, 2) + 0.3 * x + 0.05 * std::cos(300 * x); };
  const Dynamics line{surveyed_drift("4*(x^2 - 1)^2 + 0.3*x + 0.05*cos(300*x)", {"x"}),
                      constant_diffusion(Eigen::MatrixXd::Constant(1, 1, 0.3))};
  CHECK_THROWS_WITH_AS(survey<1>(line.drift, open_line),
                       "more than 64 stable points were found, and the domain is not known: give min and max of the "
                       "axes of [grid], or valleys.depth, below which, in noise levels, minima count for nothing",
                       ProblemError);
  const auto points = survey<1>(line, open_line, 1.0);
  REQUIRE(points.size() == 3);
  // The extrema of the formula, by a look at all of it.
  const auto extreme = [&](double low, double high, double sign) {
    double best = low;
    for (double x = low; x < high; x += 1e-6)
      if (sign * height(x) < sign * height(best)) best = x;
    return best;
  };
  CHECK(std::abs(points[0].position[0] - extreme(-1.5, 0.0, 1.0)) < 2e-6);
  CHECK(std::abs(points[1].position[0] - extreme(0.0, 1.5, 1.0)) < 2e-6);
  CHECK(std::abs(points[2].position[0] - extreme(-0.5, 0.5, -1.0)) < 2e-6);

  const Dynamics plane{surveyed_drift("4*(x^2 - 1)^2 + 0.3*x + 4*y^2 + 0.05*cos(120*x)*cos(100*y)", {"x", "y"}),
                       constant_diffusion(0.3 * Eigen::MatrixXd::Identity(2, 2))};
  CHECK_THROWS_AS(survey<2>(plane.drift, open_plane), ProblemError);
  const auto in_plane = survey<2>(plane, open_plane, 1.0);
  CHECK(surveyed_count<2>(in_plane, 0) == 2);
  CHECK(surveyed_count<2>(in_plane, 1) == 1);
  CHECK_THROWS_AS(survey<2>(plane, open_plane, 1e-3), ProblemError);
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
