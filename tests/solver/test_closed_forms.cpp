#include "problems/built_in.hpp"
#include "solver/closed_forms.hpp"
#include "solver/passages.hpp"

#include <doctest/doctest.h>

#include <Eigen/Geometry>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

using namespace valleyflux;

namespace {

constexpr double pi = std::numbers::pi;

Eigen::MatrixXd one(double value) { return Eigen::MatrixXd::Constant(1, 1, value); }

bool close(double a, double b, double tolerance) { return std::abs(a - b) <= tolerance * std::abs(b); }

Dynamics white(Drift drift, double noise) {
  const int d = drift.dimension();
  return {std::move(drift), constant_diffusion(noise * Eigen::MatrixXd::Identity(d, d)), Interpretation::ito};
}

Drift landscape_drift(const std::string& text, int dimension) {
  return Drift(expression_landscape(Expression(text, variable_names(dimension))));
}

Grid<1> line(double min, double max, Boundary boundary = Boundary::reflecting) {
  return Grid<1>({Axis("x", min, max, 200, boundary, boundary)});
}

Grid<2> box(double x_min, double x_max, double y_min, double y_max) {
  return Grid<2>({Axis("x", x_min, x_max, 80), Axis("y", y_min, y_max, 80)});
}

/// Unordered pairs of valleys.
template <int Dim>
std::set<std::pair<int, int>> joined(const Problem<Dim>& problem) {
  std::set<std::pair<int, int>> pairs;
  for (const auto& [from, to] : neighbouring_valleys<Dim>(problem, valley_labels<Dim>(problem)))
    if (from < to) pairs.insert({from, to});
  return pairs;
}

}  // namespace

TEST_CASE("Kramers' rate of the quartic well is sqrt(2) / (2 pi) exp(-1 / (4 D))") {
  for (const double noise : {0.05, 0.01, 1e-4})
    CHECK(close(log_kramers_rate(one(2.0), one(-1.0), 0.25, noise), std::log(std::sqrt(2.0) / (2.0 * pi)) - 0.25 / noise, 1e-14));
}

TEST_CASE("the Eyring-Kramers rate of a separable landscape is the one-dimensional one, also in rotated axes") {
  const Eigen::Matrix2d minimum = Eigen::Vector2d(2.0, 3.0).asDiagonal(), saddle = Eigen::Vector2d(-1.0, 3.0).asDiagonal();
  const double flat = log_kramers_rate(one(2.0), one(-1.0), 0.25, 0.02);
  CHECK(close(log_kramers_rate(minimum, saddle, 0.25, 0.02), flat, 1e-14));
  const Eigen::Matrix2d turn = Eigen::Rotation2Dd(0.7).toRotationMatrix();
  CHECK(close(log_kramers_rate(turn * minimum * turn.transpose(), turn * saddle * turn.transpose(), 0.25, 0.02), flat, 1e-14));
  CHECK(close(log_sgd_rate(turn * minimum * turn.transpose(), turn * saddle * turn.transpose(), 0.25, 0.1, 1.0, 0.3),
              log_sgd_rate(one(2.0), one(-1.0), 0.25, 0.1, 1.0, 0.3), 1e-14));
}

TEST_CASE("a wider pass is crossed more often") {
  const Eigen::Matrix2d minimum = Eigen::Vector2d(2.0, 3.0).asDiagonal(), saddle = Eigen::Vector2d(-1.0, 0.75).asDiagonal();
  CHECK(close(log_kramers_rate(minimum, saddle, 0.25, 0.02), log_kramers_rate(one(2.0), one(-1.0), 0.25, 0.02) + std::log(2.0), 1e-14));
}

TEST_CASE("times of Theorem 3.2 in the quartic well agree with the table") {
  // eta, B and the mean times at s = 0, 1/2, 1 (three digits).
  const double table[5][5] = {{0.4, 1, 21.9, 16.0, 11.7},
                              {0.2, 1, 76.5, 41.0, 21.9},
                              {0.1, 1, 933, 267, 76.5},
                              {0.2, 2, 933, 267, 76.5},
                              {0.4, 4, 933, 267, 76.5}};
  for (const auto& row : table)
    for (int k = 0; k < 3; ++k)
      CHECK(close(std::exp(-log_sgd_rate(one(2.0), one(-1.0), 0.25, row[0], row[1], 0.5 * k)), row[2 + k], 5e-3));
}

TEST_CASE("points that are no minimum or no saddle of index one have no closed form") {
  CHECK_THROWS_AS(log_kramers_rate(one(-2.0), one(-1.0), 0.25, 0.1), std::invalid_argument);
  CHECK_THROWS_AS(log_kramers_rate(one(2.0), one(1.0), 0.25, 0.1), std::invalid_argument);
  CHECK_THROWS_AS(log_kramers_rate(Eigen::Matrix2d::Identity(), -Eigen::Matrix2d::Identity(), 0.25, 0.1), std::invalid_argument);
}

TEST_CASE("saddles join the valleys that their unstable manifolds lead to") {
  // Mueller-Brown: from the lowest (1) and the second (2) minimum the way leads over the third (3).
  const auto brown = make_problem<2>("", white(built_in_drift("muller_brown", 2), 15.0), box(-1.5, 1.2, -0.2, 2.0));
  CHECK(joined<2>(brown) == std::set<std::pair<int, int>>{{0, 2}, {1, 2}});
  // Himmelblau's four minima form a ring.
  const auto ring = make_problem<2>("", white(built_in_drift("himmelblau", 2), 15.0), box(-6.0, 6.0, -6.0, 6.0));
  CHECK(joined<2>(ring) == std::set<std::pair<int, int>>{{0, 1}, {0, 3}, {1, 2}, {2, 3}});
  // Styblinski-Tang: a square without diagonals.
  const auto square = make_problem<2>("", white(built_in_drift("styblinski_tang", 2), 5.0), box(-5.0, 5.0, -5.0, 5.0));
  CHECK(joined<2>(square) == std::set<std::pair<int, int>>{{0, 1}, {0, 2}, {1, 3}, {2, 3}});
  // Regions that leave a gap between them are joined all the same.
  const Region<2> left([](const Point<2>& x) { return x[0] < -0.5; }), right([](const Point<2>& x) { return x[0] > 0.5; });
  const auto stein = make_problem<2>("", white(built_in_drift("maier_stein", 2), 0.1), box(-2.0, 2.0, -1.0, 1.0),
                                     {{"left", left, {}}, {"right", right, {}}});
  CHECK(joined<2>(stein) == std::set<std::pair<int, int>>{{0, 1}});
}

TEST_CASE("valleys that no saddle joins are neighbours where their cells touch") {
  const Region<1> low([](const Point<1>& x) { return x[0] < 0.5; }), high([](const Point<1>& x) { return x[0] >= 0.5; });
  const auto slope = make_problem<1>("", white(landscape_drift("-x", 1), 1.0), line(0.0, 1.0), {{"low", low, {}}, {"high", high, {}}});
  CHECK(joined<1>(slope) == std::set<std::pair<int, int>>{{0, 1}});
}

TEST_CASE("closed forms of a problem: one saddle, first exit doubled, parallel saddles added") {
  const double noise = 0.03;
  const auto well = make_problem<1>("", white(built_in_drift("quartic_double_well", 1), noise), line(-2.0, 2.0));
  const double expected = log_kramers_rate(one(2.0), one(-1.0), 0.25, noise);
  const auto forms = closed_forms<1>(well, find_passages<1>(well), 0, 1, {}, 0.5);
  REQUIRE(forms.size() == 1);
  CHECK(forms[0].method == "theory:kramers");
  REQUIRE(forms[0].log_rate);
  CHECK(close(*forms[0].log_rate, expected, 1e-13));
  CHECK(close(*closed_forms<1>(well, find_passages<1>(well), 0, -1, {}, 0.5)[0].log_rate, expected + std::log(2.0), 1e-13));
  // On a circle two maxima lead from each minimum to the other one.
  const auto circle = make_problem<1>("", white(landscape_drift("cos(2*x)", 1), 0.2), line(0.0, 2.0 * pi, Boundary::periodic));
  const auto twice = closed_forms<1>(circle, find_passages<1>(circle), 0, 1, {}, 0.5);
  REQUIRE(twice[0].log_rate);
  CHECK(close(*twice[0].log_rate, std::log(2.0 * 4.0 / (2.0 * pi)) - 2.0 / 0.2, 1e-13));
  CHECK(twice[0].note.find("2 saddles") != std::string::npos);
}

TEST_CASE("SGD noise is met by Theorem 3.2 alone, which says that it ignores injected noise") {
  const auto landscape = built_in_landscape("quartic_double_well", 1);
  const SgdDiffusionOptions options{.eta = 0.1, .batch_size = 1.0, .injected = 0.01};
  const auto problem = make_problem<1>("", {Drift(landscape), sgd_diffusion(landscape, options), Interpretation::ito}, line(-2.0, 2.0));
  const auto forms = closed_forms<1>(problem, find_passages<1>(problem), 0, 1, options, 0.5);
  REQUIRE(forms.size() == 1);
  CHECK(forms[0].method == "theory:sgd");
  CHECK(close(std::exp(-*forms[0].log_rate), 267.0, 5e-3));
  CHECK(forms[0].note.find("injected") != std::string::npos);
}

TEST_CASE("closed forms keep silent or say why where they do not apply") {
  // A drift that is no gradient has no barrier.
  const auto stein = make_problem<2>("", white(built_in_drift("maier_stein", 2), 0.1), box(-2.0, 2.0, -1.0, 1.0));
  CHECK(closed_forms<2>(stein, find_passages<2>(stein), 0, 1, {}, 0.5).empty());
  // Anisotropic noise.
  Dynamics dynamics = white(landscape_drift("x^4/4 - x^2/2 + y^2", 2), 0.1);
  dynamics.diffusion = constant_diffusion(Eigen::Vector2d(0.1, 0.2).asDiagonal().toDenseMatrix());
  const auto skew = make_problem<2>("", dynamics, box(-2.0, 2.0, -2.0, 2.0));
  const auto forms = closed_forms<2>(skew, find_passages<2>(skew), 0, 1, {}, 0.5);
  REQUIRE(forms.size() == 1);
  CHECK(!forms[0].log_rate);
  CHECK(!forms[0].note.empty());
  // No direct way.
  const auto brown = make_problem<2>("", white(built_in_drift("muller_brown", 2), 15.0), box(-1.5, 1.2, -0.2, 2.0));
  const auto far = closed_forms<2>(brown, find_passages<2>(brown), 0, 1, {}, 0.5);
  CHECK(!far[0].log_rate);
  CHECK(far[0].note.find("no saddle") != std::string::npos);
  // A minimum without curvature.
  const auto flat = make_problem<1>("", white(landscape_drift("x^4*(x - 2)^2", 1), 0.1), line(-1.0, 3.0));
  for (int from = 0; from < 2; ++from) {
    const bool degenerate = flat.valleys[static_cast<std::size_t>(from)].minimum->degenerate;
    const auto form = closed_forms<1>(flat, find_passages<1>(flat), from, 1 - from, {}, 0.5);
    CHECK(form[0].log_rate.has_value() == !degenerate);
  }
}
