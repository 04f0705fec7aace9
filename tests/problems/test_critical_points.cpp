#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "problems/landscapes/spline_landscape.hpp"
#include "problems/valleys/critical_points.hpp"

#include <doctest/doctest.h>

#include <Eigen/LU>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

using namespace valleyflux;

namespace {

Grid<2> plane_box(double x_min, double x_max, double y_min, double y_max, Index cells = 100) {
  return Grid<2>({Axis("x", x_min, x_max, cells), Axis("y", y_min, y_max, cells)});
}

Grid<1> line(double min, double max, Boundary boundary = Boundary::reflecting) {
  return Grid<1>({Axis("x", min, max, 200, boundary, boundary)});
}

Drift downhill(const std::string& text, int dimension) {
  return Drift(expression_landscape(Expression(text, variable_names(dimension))));
}

template <int Dim>
Index count_of_index(const std::vector<CriticalPoint<Dim>>& points, int index) {
  return std::count_if(points.begin(), points.end(), [&](const auto& point) { return point.index == index; });
}

template <int Dim>
double newton_step(const Drift& drift, const Point<Dim>& x) {
  Eigen::MatrixXd force, jacobian;
  drift.sample(x, force, &jacobian);
  const Tensor<Dim> derivative = jacobian.col(0).reshaped(Dim, Dim);
  return derivative.fullPivLu().solve(force.col(0)).norm();
}

}  // namespace

TEST_CASE("the Mueller-Brown surface has its three published minima and two saddles") {
  const Drift drift = built_in_drift("muller_brown", 2);
  const auto points = find_critical_points<2>(drift, plane_box(-1.5, 1.2, -0.2, 2.0));
  REQUIRE(points.size() == 5);
  // Mueller & Brown, Theor. Chim. Acta 53, 75 (1979), Table 1; energies of the same surface.
  const double published[5][3] = {{-0.558, 1.442, -146.700},
                                  {0.623, 0.028, -108.167},
                                  {-0.050, 0.467, -80.768},
                                  {0.212, 0.293, -72.249},
                                  {-0.822, 0.624, -40.665}};
  for (std::size_t k = 0; k < 5; ++k) {
    CHECK(std::abs(points[k].position[0] - published[k][0]) < 6e-4);
    CHECK(std::abs(points[k].position[1] - published[k][1]) < 6e-4);
    CHECK(std::abs(points[k].height - published[k][2]) < 6e-4);
    CHECK(points[k].index == (k < 3 ? 0 : 1));
    CHECK(!points[k].degenerate);
    CHECK(newton_step<2>(drift, points[k].position) < 1e-14);
  }
}

TEST_CASE("Himmelblau's function has four minima, four saddles and one maximum, whatever the grid") {
  const Drift drift = built_in_drift("himmelblau", 2);
  for (const Index cells : {8, 50, 301}) {
    const auto points = find_critical_points<2>(drift, plane_box(-6.0, 6.0, -6.0, 6.0, cells));
    CHECK(count_of_index(points, 0) == 4);
    CHECK(count_of_index(points, 1) == 4);
    CHECK(count_of_index(points, 2) == 1);
    CHECK(std::any_of(points.begin(), points.end(),
                      [](const auto& point) { return (point.position - Point<2>(3.0, 2.0)).norm() < 1e-15; }));
  }
}

TEST_CASE("critical points of a separable landscape are the products of those of its factors") {
  const auto on_line = find_critical_points<1>(built_in_drift("styblinski_tang", 1), line(-5.0, 5.0));
  const auto in_plane = find_critical_points<2>(built_in_drift("styblinski_tang", 2), plane_box(-5.0, 5.0, -5.0, 5.0));
  REQUIRE(on_line.size() == 3);
  REQUIRE(in_plane.size() == 9);
  CHECK(std::abs(on_line[0].position[0] + 2.903534027771177) < 1e-15);
  for (const auto& x : on_line)
    for (const auto& y : on_line)
      CHECK(std::any_of(in_plane.begin(), in_plane.end(), [&](const auto& point) {
        return (point.position - Point<2>(x.position[0], y.position[0])).norm() < 1e-14 &&
               point.index == x.index + y.index && std::abs(point.height - x.height - y.height) < 1e-12;
      }));
}

TEST_CASE("zeros of a periodic drift are counted once, also on the seam") {
  const double pi = std::numbers::pi, tilt = 0.3;
  const Drift drift = built_in_drift("washboard", 1, {{"tilt", tilt}});
  const double minimum = std::asin(tilt);
  for (const double start : {-pi, 0.4, minimum, pi - minimum}) {
    const auto points = find_critical_points<1>(drift, line(start, start + 6.0 * pi, Boundary::periodic));
    CHECK(count_of_index(points, 0) == 3);
    CHECK(count_of_index(points, 1) == 3);
    for (const auto& point : points) {
      const double expected = point.index == 0 ? minimum : pi - minimum;
      CHECK(std::abs(std::remainder(point.position[0] - expected, 2.0 * pi)) < 1e-14);
    }
  }
}

TEST_CASE("thousands of zeros are each found once") {
  // sin(n x) on a ring has n minima and n maxima, each on its own, also where several share a scan cell's surroundings.
  const auto found =
      find_critical_points(downhill("sin(3000*x)", 1), line(0, 2 * std::numbers::pi, Boundary::periodic));
  CHECK(found.size() == 6000);
  CHECK(std::count_if(found.begin(), found.end(), [](const auto& point) { return point.index == 0; }) == 3000);
}

TEST_CASE("zeros of a drift that is no gradient are classified by the real parts of its eigenvalues") {
  const auto points = find_critical_points<2>(built_in_drift("maier_stein", 2), plane_box(-2.0, 2.0, -1.5, 1.5));
  REQUIRE(points.size() == 3);
  const double expected[3] = {-1.0, 0.0, 1.0};
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK((points[k].position - Point<2>(expected[k], 0.0)).norm() < 1e-15);
    CHECK(points[k].index == (k == 1 ? 1 : 0));
  }
  // A spiral: eigenvalues -1/2 +- i.
  const std::vector<std::string> xy = variable_names(2);
  const auto spiral = find_critical_points<2>(Drift({Expression("y - x/2", xy), Expression("-x - y/2", xy)}),
                                              plane_box(-1.0, 1.3, -1.1, 1.0));
  REQUIRE(spiral.size() == 1);
  CHECK(spiral[0].index == 0);
  CHECK(spiral[0].position.norm() < 1e-15);
}

TEST_CASE("a critical point with a vanishing curvature is flagged and its index found from the neighbourhood") {
  const auto flat = find_critical_points<1>(downhill("(x - 0.3)^4", 1), line(-1.0, 1.0));
  REQUIRE(flat.size() == 1);
  CHECK(flat[0].degenerate);
  CHECK(flat[0].index == 0);
  CHECK(std::abs(flat[0].position[0] - 0.3) < 1e-4);
  const auto inflection = find_critical_points<1>(downhill("(x - 0.3)^3", 1), line(-1.0, 1.0));
  REQUIRE(inflection.size() == 1);
  CHECK(inflection[0].degenerate);
  CHECK(inflection[0].index == 1);
  // A whole circle of minima counts once.
  const auto ring = find_critical_points<2>(downhill("(x^2 + y^2 - 1)^2", 2), plane_box(-2.0, 2.0, -2.1, 2.0));
  REQUIRE(ring.size() == 2);
  CHECK(ring[0].degenerate);
  CHECK(std::abs(ring[0].position.norm() - 1.0) < 1e-6);
  CHECK(ring[1].index == 2);
}

TEST_CASE("axes of very different scale do not lose critical points") {
  const auto points = find_critical_points<2>(downhill("(x^2/1e-6 - 1)^2 + (y/1e6)^2 + 0.5*x*y/1e3", 2),
                                              plane_box(-3e-3, 3e-3, -4e6, 4e6));
  CHECK(count_of_index(points, 0) == 2);
  CHECK(count_of_index(points, 1) == 1);
}

TEST_CASE("points outside the box and regions where the landscape is undefined are left out") {
  CHECK(find_critical_points<1>(built_in_drift("quartic_double_well", 1), line(-2.0, -0.5)).size() == 1);
  CHECK(find_critical_points<1>(built_in_drift("quartic_double_well", 1), line(0.2, 0.7)).empty());
  const auto half = find_critical_points<1>(downhill("x - log(x)", 1), line(-1.0, 3.0));
  REQUIRE(half.size() == 1);
  CHECK(std::abs(half[0].position[0] - 1.0) < 1e-14);
}

TEST_CASE("degenerate critical points in the plane are found and told") {
  const auto points =
      find_critical_points<2>(Drift(expression_landscape(Expression("(x^2 - 1)^4/4 + y^2", {"x", "y"}))),
                              Grid<2>({Axis("x", -1.8, 1.7, 80), Axis("y", -1.5, 1.4, 60)}));
  REQUIRE(points.size() == 3);
  for (int k = 0; k < 2; ++k) {
    const auto& point = points[static_cast<std::size_t>(k)];
    CHECK(point.degenerate);
    CHECK(point.index == 0);
    CHECK(std::abs(std::abs(point.position[0]) - 1.0) < 1e-5);
  }
  CHECK_FALSE(points[2].degenerate);
  CHECK(points[2].index == 1);
}

TEST_CASE("a saddle on the border of cells of the scan is found once") {
  const Index n = 129;
  TabulatedValues table{{{"x", -1.8, 3.6 / static_cast<double>(n - 1), n, false},
                         {"y", -2.2, 4.4 / static_cast<double>(n - 1), n, false}},
                        Eigen::VectorXd(n * n),
                        "L"};
  for (Index p = 0; p < n * n; ++p) {
    const double x = -1.8 + table.axes[0].spacing * static_cast<double>(p % n);
    const double y = -2.2 + table.axes[1].spacing * static_cast<double>(p / n);
    table.values[p] = (x * x - 1) * (x * x - 1) + y * y + x * y / 2;
  }
  const Drift drift(spline_landscape(table));
  const Grid<2> grid({Axis("x", -1.8, 1.8, 96), Axis("y", -2.2, 2.2, 96)});
  for (Index scanned = 40; scanned <= 160; scanned += 4) {
    CAPTURE(scanned);
    CHECK(find_critical_points<2>(drift, grid, scanned).size() == 3);
  }
}

TEST_CASE("a zero of a mobility on a slope is no critical point") {
  const auto found = [](const std::string& mobility) {
    const Drift drift(expression_landscape(Expression("x^4/4 - x^2/2", {"x"})),
                      Mobility{expression_diffusion(1, {{Expression(mobility, {"x"})}}), 0.1});
    return find_critical_points<1>(drift, line(-2.0, 2.0), 200);
  };
  for (const std::string mobility : {"1", "abs(x - 0.3)^0.5", "(x - 0.3)^2", "where(abs(x - 0.3) > 0.001, 1, 0)"}) {
    CAPTURE(mobility);
    const auto points = found(mobility);
    REQUIRE(points.size() == 3);
    CHECK(std::abs(points[0].position[0] + 1.0) < 1e-12);
    CHECK(std::abs(points[1].position[0] - 1.0) < 1e-12);
    CHECK(std::abs(points[2].position[0]) < 1e-12);
  }
}
