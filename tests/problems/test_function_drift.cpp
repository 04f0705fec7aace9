#include "problems/dynamics/function_drift.hpp"

#include "problems/landscapes/built_in.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <stdexcept>

using namespace valleyflux;

namespace {

Eigen::MatrixXd points_of_the_plane() {
  Eigen::MatrixXd points(2, 90);
  for (Index p = 0; p < points.cols(); ++p)
    points.col(p) = Eigen::Vector2d(1.4 * std::sin(double(p)), std::cos(1.7 * double(p)));
  return points;
}

VectorSamples samples_of(const Drift& drift, int order) {
  VectorSamples samples;
  drift.field()->sample(points_of_the_plane(), order, samples);
  return samples;
}

void check_same(const VectorSamples& one, const VectorSamples& other) {
  constexpr double round_off = 1e-13;
  CHECK((one.value - other.value).cwiseAbs().maxCoeff() < round_off);
  CHECK((one.jacobian - other.jacobian).cwiseAbs().maxCoeff() < round_off);
  CHECK((one.second - other.second).cwiseAbs().maxCoeff() < round_off);
}

}  // namespace

TEST_CASE("a drift by a function of the coordinates is the one by expressions, with its derivatives") {
  const Drift written = built_in_drift("maier_stein", 2);
  const Drift called = drift([](auto x, auto y) {
    return std::array{x - x * x * x - 10 * x * y * y, -(1 + x * x) * y};
  });
  CHECK(called.dimension() == 2);
  CHECK(called.landscape() == nullptr);
  check_same(samples_of(called, 2), samples_of(written, 2));
  Eigen::MatrixXd value, jacobian;
  called.sample(points_of_the_plane(), value, &jacobian);
  CHECK(jacobian == samples_of(called, 1).jacobian);

  ExpressionGraph graph(2);
  CHECK(called.field()->append_to(graph).size() == 2);
}

TEST_CASE("a drift by a function of the vector, and one with its derivatives given") {
  // F = (x y, -x^2): dF = [[y, x], [-2x, 0]], d2F_1 / dx dy = 1, d2F_2 / dx^2 = -2.
  const Drift called = drift(2, [](const auto& x) { return std::vector{x[0] * x[1], -x[0] * x[0]}; });
  const DriftFunctions functions{
      .value = [](const Eigen::VectorXd& x) -> Eigen::VectorXd { return Eigen::Vector2d(x[0] * x[1], -x[0] * x[0]); },
      .jacobian = [](const Eigen::VectorXd& x) -> Eigen::MatrixXd {
        return Eigen::Matrix2d{{x[1], x[0]}, {-2 * x[0], 0}};
      },
      .second = [](const Eigen::VectorXd&) -> Eigen::MatrixXd {
        return Eigen::MatrixXd{{0, 1, 1, 0}, {-2, 0, 0, 0}};
      }};
  check_same(samples_of(called, 2), samples_of(drift(2, functions), 2));
  DriftFunctions incomplete = functions;
  incomplete.second = nullptr;
  CHECK_NOTHROW(samples_of(drift(2, incomplete), 1));
  CHECK_THROWS_AS(samples_of(drift(2, incomplete), 2), std::invalid_argument);
}

TEST_CASE("a drift on the line may return a number alone") {
  const Drift called = drift([](auto x) { return -sin(x); });
  Eigen::MatrixXd value, jacobian;
  called.sample(Eigen::MatrixXd::Constant(1, 1, 0.5), value, &jacobian);
  CHECK(std::abs(value(0, 0) + std::sin(0.5)) < 1e-15);
  CHECK(std::abs(jacobian(0, 0) + std::cos(0.5)) < 1e-15);
}

TEST_CASE("functions that make no drift are refused") {
  CHECK_THROWS_AS(drift([](auto x, auto) { return x; }), std::invalid_argument);
  CHECK_THROWS_AS(drift(3, [](const auto& x) { return std::vector{x[0], x[1]}; }), std::invalid_argument);
  CHECK_THROWS_AS(drift(0, DriftFunctions{}), std::invalid_argument);
  CHECK_THROWS_AS(drift(1, DriftFunctions{}), std::invalid_argument);
}
