#include "solver/paths/string_method.hpp"

#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "problems/valleys/critical_points.hpp"
#include "solver/paths/path.hpp"
#include "solver/solver_error.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>

using namespace valleyflux;

namespace {

StringOptions with_images(Index images) {
  StringOptions options;
  options.images = images;
  return options;
}

}  // namespace

TEST_CASE("a path's spline is of fourth order and leaves equal distances alone") {
  const auto circle = [](Index n) {
    const Eigen::RowVectorXd angle = Eigen::RowVectorXd::LinSpaced(n, 0.0, 2.0);
    Eigen::MatrixXd points(2, n);
    points << angle.array().cos(), angle.array().sin();
    return points;
  };
  const auto error = [&](Index n) {
    const Eigen::MatrixXd points = evenly_spaced(circle(n), 1001);
    return (points.colwise().norm().array() - 1.0).abs().maxCoeff();
  };
  CHECK(error(17) / error(33) > 12.0);
  CHECK((evenly_spaced(circle(33), 33) - circle(33)).cwiseAbs().maxCoeff() < 1e-14);
  CHECK(relative_error(cumulative_lengths(circle(1001))[1000], 2.0) < 1e-6);
  CHECK_THROWS_AS(PathSpline(Eigen::MatrixXd::Zero(2, 5)), std::invalid_argument);
}

TEST_CASE("the string finds all passes of a surface on its way") {
  const auto landscape = built_in_landscape("muller_brown", 2);
  const Grid<2> box({Axis("x", -1.6, 1.3, 60), Axis("y", -0.5, 2.1, 60)});
  const auto points = find_critical_points<2>(Drift(landscape), box);
  REQUIRE(points.size() == 5);  // by height: minima 0, 1, 2, saddles 3, 4
  const MinimumEnergyPath path = minimum_energy_path(*landscape, points[0].position, points[1].position);
  REQUIRE(path.extrema.size() == 3);
  for (int k = 0; k < 3; ++k) {
    const PathExtremum& extremum = path.extrema[static_cast<std::size_t>(k)];
    const CriticalPoint<2>& known = points[k == 0 ? 4 : k == 1 ? 2 : 3];
    CHECK(extremum.refined);
    CHECK(extremum.maximum == (k != 1));
    CHECK(extremum.index == (k != 1 ? 1 : 0));
    CHECK((extremum.position - known.position).norm() < 1e-10);
  }
  // Published: -146.6995, -40.6648, -80.7678, -72.2489.
  CHECK(std::abs(path.extrema[0].height + 40.6648) < 1e-4);
  CHECK(std::abs(path.extrema[1].height + 80.7678) < 1e-4);
  CHECK(std::abs(path.extrema[2].height + 72.2489) < 1e-4);
  CHECK(std::abs(path.barrier - (146.6995 - 40.6648)) < 1e-4);
  CHECK(path.barrier_error < 1e-9);
  CHECK(path.residual < 2e-3);
  const MinimumEnergyPath back = minimum_energy_path(*landscape, points[1].position, points[0].position);
  CHECK((back.points.rowwise().reverse() - path.points).cwiseAbs().maxCoeff() < 1e-5);
}

TEST_CASE("the string lies in a curved valley") {
  // Along the circle r = 1 the gradient is tangential: minima at 0 and 120 degrees, a pass of height 2 between.
  const auto landscape =
      expression_landscape(Expression("10*(sqrt(x^2 + y^2) - 1)^2 - cos(3*atan2(y, x))", {"x", "y"}));
  const auto path = [&](Index images) {
    return minimum_energy_path(*landscape, Eigen::Vector2d(1.0, 0.0), Eigen::Vector2d(-0.5, std::sqrt(0.75)),
                               with_images(images));
  };
  const MinimumEnergyPath coarse = path(33), fine = path(65);
  const auto distance = [](const MinimumEnergyPath& path) {
    return (path.points.colwise().norm().array() - 1.0).abs().maxCoeff();
  };
  // What is left is the error of the steps down the gradient, whatever the number of images.
  CHECK(distance(fine) < 1e-6);
  CHECK(distance(coarse) < 2e-6);
  CHECK(std::abs(fine.barrier - 2.0) < 1e-12);
  CHECK(relative_error(fine.length, 2.0 * M_PI / 3.0) < 1e-3);
}

TEST_CASE("the string works in many dimensions, and says when it has not come to rest") {
  const auto landscape = built_in_landscape("styblinski_tang", 6);
  Eigen::VectorXd a = Eigen::VectorXd::Constant(6, -2.9035340277711771), b = a;
  b[4] = 2.7468027709908369;
  Eigen::MatrixXd bent = straight_path(a, b, 9);
  bent.row(0).array() += 0.4 * (1.0 - Eigen::RowVectorXd::LinSpaced(9, -1.0, 1.0).array().square());
  const MinimumEnergyPath path = minimum_energy_path(*landscape, a, b, {.path = bent});
  REQUIRE(path.extrema.size() == 1);
  CHECK(std::abs(path.top.position[4] - 0.156731) < 1e-6);
  CHECK((path.points.topRows(4).colwise() - a.head(4)).cwiseAbs().maxCoeff() < 1e-6);
  CHECK_THROWS_AS(minimum_energy_path(*landscape, a, b, {.max_iterations = 3, .path = bent}), SolverError);
  CHECK_THROWS_AS(minimum_energy_path(*landscape, a, a), std::invalid_argument);
  CHECK_THROWS_AS(minimum_energy_path(*landscape, a, b, with_images(4)), std::invalid_argument);
}
