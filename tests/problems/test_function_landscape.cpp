#include "problems/dynamics/sgd_diffusion.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "problems/landscapes/function_landscape.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/block_program.hpp"
#include "problems/landscapes/built_in.hpp"
#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>

using namespace valleyflux;

namespace {

/// Points of which there are more than in one block.
Eigen::MatrixXd scattered_points(Index dimension, Index count) {
  Eigen::MatrixXd points(dimension, count);
  for (Index p = 0; p < count; ++p)
    for (Index k = 0; k < dimension; ++k) points(k, p) = 0.1 + 1.7 * std::sin(1.3 * double(p) + 2.1 * double(k + 1));
  return points;
}

void check_close(const Eigen::MatrixXd& found, const Eigen::MatrixXd& expected) {
  REQUIRE(found.rows() == expected.rows());
  REQUIRE(found.cols() == expected.cols());
  CHECK((found - expected).cwiseAbs().maxCoeff() <= 4e-14 * expected.cwiseAbs().maxCoeff());
}

}  // namespace

TEST_CASE("a function of one coordinate has the derivatives that calculus gives it") {
  const auto well = landscape([](auto x) { return pow(x, 4) / 4 - x * x / 2 + exp(-2 * x) * sin(x); });
  CHECK(well->dimension() == 1);
  const Eigen::MatrixXd x = scattered_points(1, 150);
  FieldSamples samples;
  well->sample(x, 3, samples);
  for (Index p = 0; p < x.cols(); ++p) {
    const double a = x(0, p), e = std::exp(-2 * a), s = std::sin(a), c = std::cos(a);
    const double value = a * a * a * a / 4 - a * a / 2 + e * s, slope = a * a * a - a + e * (c - 2 * s);
    const double curvature = 3 * a * a - 1 + e * (3 * s - 4 * c), third = 6 * a + e * (11 * c - 2 * s);
    CHECK(std::abs(samples.value[p] - value) < 1e-14 * (1 + e));
    CHECK(std::abs(samples.gradient(0, p) - slope) < 1e-14 * (4 + 3 * e));
    CHECK(std::abs(samples.hessian(0, p) - curvature) < 1e-14 * (10 + 7 * e));
    CHECK(std::abs(samples.third(0, p) - third) < 1e-14 * (10 + 13 * e));
  }
  well->sample(x, 1, samples);
  CHECK(samples.hessian.size() == 0);
  CHECK(samples.third.size() == 0);
}

TEST_CASE("a function of two coordinates is the same landscape as its expression") {
  // Two differentiations of our own that share no code: reverse accumulation and truncated Taylor series.
  const auto written = expression_landscape(
      Expression("(x^2 - 1)^2*exp(-y/3) + y^2/(1 + x^2) + atan2(y, 3 + x)*tanh(x*y) + 2^x + log(4 + x)*sqrt(5 + y) "
                 "+ erf(x)*cosh(y) + max(x, y) - abs(x)*min(x, 0.3)",
                 {"x", "y"}));
  const auto called = landscape([](auto x, auto y) {
    return pow(x * x - 1, 2) * exp(-y / 3) + y * y / (1 + x * x) + atan2(y, 3 + x) * tanh(x * y) + pow(2, x) +
           log(4 + x) * sqrt(5 + y) + erf(x) * cosh(y) + max(x, y) - abs(x) * min(x, 0.3);
  });
  const Eigen::MatrixXd points = scattered_points(2, 100);
  for (int order = 0; order <= 3; ++order) {
    FieldSamples one, other;
    called->sample(points, order, one);
    written->sample(points, order, other);
    check_close(one.value, other.value);
    if (order > 0) check_close(one.gradient, other.gradient);
    if (order > 1) check_close(one.hessian, other.hessian);
    if (order > 2) check_close(one.third, other.third);
  }
}

TEST_CASE("a function of a vector has as many coordinates as it is told, and loops over them") {
  const auto called = landscape(10, [](const auto& x) {
    auto sum = 0 * x[0];
    for (const auto& c : x) sum += (pow(c, 4) - 16 * c * c + 5 * c) / 2;
    return sum;
  });
  const auto built_in = built_in_landscape("styblinski_tang", 10);
  const Eigen::MatrixXd points = scattered_points(10, 70);
  FieldSamples one, other;
  called->sample(points, 2, one);
  built_in->sample(points, 2, other);
  check_close(one.value, other.value);
  check_close(one.gradient, other.gradient);
  check_close(one.hessian, other.hessian);
}

TEST_CASE("what a value decides is said by where, for symbols as for numbers") {
  const auto bent = [](auto x) { return where(x < 1, x * x / 2, where(x >= 2, 3 * x - 4.5, x * x * x / 6 + 1.0 / 3)); };
  CHECK(bent(1.5) == 1.5 * 1.5 * 1.5 / 6 + 1.0 / 3);
  const auto called = landscape(bent);
  Eigen::MatrixXd points(1, 3);
  points << 0.5, 1.5, 4.0;
  FieldSamples samples;
  called->sample(points, 2, samples);
  for (Index p = 0; p < 3; ++p) CHECK(samples.value[p] == bent(points(0, p)));
  check_close(samples.gradient, Eigen::RowVector3d(0.5, 1.125, 3.0));
  check_close(samples.hessian, Eigen::RowVector3d(1.0, 1.5, 0.0));
}

TEST_CASE("a function that needs no symbols is a constant landscape, one of symbols is a graph for particles") {
  const auto flat = landscape([](auto) { return 2.5; });
  FieldSamples samples;
  flat->sample(Eigen::MatrixXd::Ones(1, 5), 1, samples);
  CHECK((samples.value.array() == 2.5).all());
  CHECK((samples.gradient.array() == 0.0).all());

  const auto bowl = landscape([](auto x, auto y) { return x * x + 3 * y * y; });
  ExpressionGraph graph(2);
  const auto node = bowl->append_to(graph);
  REQUIRE(node.has_value());
  const BlockProgram program(graph, graph.gradient(*node));
  const std::vector<double> x = block_of({0.5, -2.0});
  std::vector<double> slope(2 * program_block);
  program.run(x.data(), slope.data(), program_block, program_block);
  CHECK(slope[0] == 1.0);
  CHECK(slope[program_block] == -12.0);
}

TEST_CASE("given derivatives are taken as they are, and missing ones are asked for before anything is solved") {
  const LandscapeFunctions functions{.value = [](const Eigen::VectorXd& x) { return x[0] * x[0] * x[0] * x[1]; },
                                     .gradient = [](const Eigen::VectorXd& x) -> Eigen::VectorXd {
                                       return Eigen::Vector2d(3 * x[0] * x[0] * x[1], x[0] * x[0] * x[0]);
                                     },
                                     .hessian = [](const Eigen::VectorXd& x) -> Eigen::MatrixXd {
                                       return Eigen::Matrix2d{{6 * x[0] * x[1], 3 * x[0] * x[0]}, {3 * x[0] * x[0], 0}};
                                     }};
  const auto given = landscape(2, functions);
  const Eigen::MatrixXd points = scattered_points(2, 20);
  FieldSamples one, other;
  given->sample(points, 2, one);
  landscape([](auto x, auto y) { return x * x * x * y; })->sample(points, 2, other);
  check_close(one.value, other.value);
  check_close(one.gradient, other.gradient);
  check_close(one.hessian, other.hessian);
  CHECK_THROWS_AS(sgd_diffusion(given, {}), std::invalid_argument);

  LandscapeFunctions complete = functions;
  complete.third = [](const Eigen::VectorXd& x) -> Eigen::MatrixXd {
    return Eigen::MatrixXd{{6 * x[1], 6 * x[0], 6 * x[0], 0}, {6 * x[0], 0, 0, 0}};
  };
  landscape(2, complete)->sample(points, 3, one);
  landscape([](auto x, auto y) { return x * x * x * y; })->sample(points, 3, other);
  check_close(one.third, other.third);
  CHECK_NOTHROW(sgd_diffusion(landscape(2, complete), {}));
}

TEST_CASE("functions that make no landscape are refused") {
  CHECK_THROWS_AS(landscape(2, [](const auto& x) { return std::vector{x[0], x[1]}; }), std::invalid_argument);
  CHECK_THROWS_AS(landscape(1, LandscapeFunctions{}), std::invalid_argument);
  const auto wrong = landscape(2, LandscapeFunctions{[](const Eigen::VectorXd&) { return 0.0; },
                                                     [](const Eigen::VectorXd&) { return Eigen::VectorXd(3); },
                                                     [](const Eigen::VectorXd&) { return Eigen::MatrixXd(2, 2); }});
  FieldSamples samples;
  CHECK_THROWS_AS(wrong->sample(Eigen::MatrixXd::Zero(2, 1), 1, samples), std::invalid_argument);
  Symbol kept;
  landscape([&](auto x) { return kept = x; });
  CHECK_THROWS_AS(landscape([&](auto x) { return kept + x; }), std::invalid_argument);
}
