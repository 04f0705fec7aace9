#include "solver/statistics/relation.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <stdexcept>

using namespace valleyflux;

namespace {

std::vector<RelationPoint> on_line(double slope, double intercept, double sd, std::size_t count) {
  std::vector<RelationPoint> points;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = 1.0 + 0.5 * static_cast<double>(i);
    points.push_back({x, intercept + slope * x, sd});
  }
  return points;
}

}  // namespace

TEST_CASE("a weighted line is that of the normal equations worked by hand") {
  // x = 0, 1, 2; y = 0, 1, 4; weights 1, 1, 4: means x 1.5, y 17/6; slope (sum w dx dy) / (sum w dx^2) = 7.5 / 3.5.
  const Relation line = straight_line({{0.0, 0.0, 1.0}, {1.0, 1.0, 1.0}, {2.0, 4.0, 0.5}});
  CHECK(relative_error(line.slope, 15.0 / 7.0) < 1e-14);
  CHECK(relative_error(line.intercept, 17.0 / 6.0 - 1.5 * 15.0 / 7.0) < 1e-14);
  // sum w dy^2 = 65 - 6 (17/6)^2, of which the line explains 7.5^2 / 3.5.
  const double total = 65.0 - 289.0 / 6.0;
  CHECK(relative_error(line.chi_squared, total - 56.25 / 3.5) < 1e-12);
  CHECK(relative_error(line.r_squared, 1.0 - line.chi_squared / total) < 1e-12);
}

TEST_CASE("points on a line give it exactly, with the interval of the known errors") {
  const Relation line = straight_line(on_line(2.0, -1.0, 0.1, 5));
  CHECK(relative_error(line.slope, 2.0) < 1e-13);
  CHECK(relative_error(line.intercept, -1.0) < 1e-13);
  CHECK(relative_error(line.r_squared, 1.0) < 1e-12);
  CHECK(relative_error(line.p_value, 1.0) < 1e-12);
  // sum dx^2 = 0.25 (4 + 1 + 0 + 1 + 4) = 2.5
  CHECK(relative_error(line.slope_high - line.slope, 1.959964 * 0.1 / std::sqrt(2.5)) < 1e-6);
  CHECK(judge(line) == Verdict::holds);
}

TEST_CASE("verdicts: wrong sign, undecided, no straight line") {
  CHECK(judge(straight_line(on_line(-2.0, 0.0, 0.1, 5))) == Verdict::wrong_sign);
  CHECK(judge(straight_line(on_line(0.05, 0.0, 0.1, 5))) == Verdict::undecided);
  std::vector<RelationPoint> bent;
  for (int i = 1; i <= 6; ++i) bent.push_back({double(i), std::log(double(i)), 0.02});
  const Relation line = straight_line(bent);
  CHECK(judge(line) == Verdict::not_straight);
  CHECK(line.r_squared > 0.9);  // which R^2 alone would have passed
  CHECK(verdict_name(Verdict::not_straight) == "right sign, but no straight line");
}

TEST_CASE("the slope's interval holds the truth in 95 of 100 cases, and a true line is refused in one") {
  std::mt19937_64 bits(5);
  std::normal_distribution<double> normal;
  constexpr int trials = 4000;
  int inside = 0, refused = 0;
  for (int t = 0; t < trials; ++t) {
    auto points = on_line(1.5, 0.3, 1.0, 6);
    for (std::size_t i = 0; i < points.size(); ++i) {
      points[i].sd = 0.05 * static_cast<double>(i + 1);
      points[i].y += points[i].sd * normal(bits);
    }
    const Relation line = straight_line(points);
    inside += line.slope_low <= 1.5 && 1.5 <= line.slope_high ? 1 : 0;
    refused += judge(line) == Verdict::not_straight ? 1 : 0;
  }
  // Enlarging errors where the scatter is large by chance widens some: never fewer than 95 of 100.
  CHECK(inside > 0.95 * trials - 4.0 * std::sqrt(0.05 * 0.95 * trials));
  CHECK(inside < 0.99 * trials);
  CHECK(std::abs(refused - 0.01 * trials) < 4.0 * std::sqrt(0.01 * trials));
}

TEST_CASE("points that make no line are refused") {
  CHECK_THROWS_AS(straight_line(on_line(1.0, 0.0, 0.1, 2)), std::invalid_argument);
  CHECK_THROWS_AS(straight_line(on_line(1.0, 0.0, 0.0, 3)), std::invalid_argument);
  CHECK_THROWS_AS(straight_line({{1, 1, 1}, {1, 2, 1}, {1, 3, 1}}), std::invalid_argument);
}
