#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "problems/valleys/basins.hpp"
#include "problems/valleys/flow.hpp"
#include "problems/valleys/separatrix.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

Grid<2> box(double x_min, double x_max, double y_min, double y_max, Index cells,
            Boundary boundary = Boundary::reflecting) {
  return Grid<2>(
      {Axis("x", x_min, x_max, cells, boundary, boundary), Axis("y", y_min, y_max, cells, boundary, boundary)});
}

Drift landscape_drift(const std::string& text, int dimension) {
  return Drift(expression_landscape(Expression(text, variable_names(dimension))));
}

template <int Dim>
Basins<Dim> basins_of(const Drift& drift, const Grid<Dim>& grid) {
  return Basins<Dim>(drift, grid, find_critical_points<Dim>(drift, grid));
}

Index count_of(const std::vector<int>& labels, int label) {
  return std::count(labels.begin(), labels.end(), label);
}

/// x at which the segment from `from` to `to` (at the same y) enters the region.
double entry(const Region<2>& region, const Grid<2>& grid, const Point<2>& from, const Point<2>& to) {
  Point<2> a, b;
  for (int k = 0; k < 2; ++k) {
    a[k] = grid.axis(k).cell_coordinate(from[k]);
    b[k] = grid.axis(k).cell_coordinate(to[k]);
  }
  const double t = region.crossing(grid, a, b);
  return grid.position(Point<2>(a + t * (b - a)))[0];
}

}  // namespace

TEST_CASE("on the line basins end exactly at the unstable zeros") {
  const Grid<1> grid({Axis("x", -5.0, 5.0, 101)});
  const Basins<1> basins = basins_of<1>(built_in_drift("styblinski_tang", 1), grid);
  const double barrier = 0.1567312567803401;
  CHECK(basins.basin_of(Point<1>(barrier - 1e-14)) == 0);
  CHECK(basins.basin_of(Point<1>(barrier + 1e-14)) == 1);
  CHECK(basins.basin_of(Point<1>(5.1)) == -1);
  const double from = grid.axis(0).cell_coordinate(1.0), to = grid.axis(0).cell_coordinate(-1.0);
  const double t = basins.region(0).crossing(grid, Point<1>(from), Point<1>(to));
  CHECK(std::abs(grid.position(Point<1>(from + t * (to - from)))[0] - barrier) < 1e-13);
}

TEST_CASE("on a circle basins reach round the seam") {
  const double pi = std::numbers::pi;
  const Grid<1> grid({Axis("x", -pi, 5.0 * pi, 300, Boundary::periodic, Boundary::periodic)});
  const Basins<1> basins = basins_of<1>(built_in_drift("washboard", 1, {{"tilt", 0.0}}), grid);
  for (int k = 0; k < 3; ++k) CHECK(count_of(basins.labels(), k) == 100);
  const Grid<1> shifted({Axis("x", 0.0, 6.0 * pi, 300, Boundary::periodic, Boundary::periodic)});
  const Basins<1> wrapped = basins_of<1>(built_in_drift("washboard", 1, {{"tilt", 0.0}}), shifted);
  CHECK(wrapped.basin_of(Point<1>(0.1)) == wrapped.basin_of(Point<1>(6.0 * pi - 0.1)));
}

TEST_CASE("a straight separatrix is located to round-off") {
  const Grid<2> grid = box(-2.0, 2.0, -2.0, 2.0, 64);
  const Basins<2> basins = basins_of<2>(landscape_drift("x^4/4 - x^2/2 + y^2/2", 2), grid);
  const Region<2> left = basins.region(0);
  for (const double y : {-1.9, -0.6, 0.0, 0.3, 1.8}) CHECK(std::abs(entry(left, grid, {0.07, y}, {-0.05, y})) < 1e-12);
  CHECK(count_of(basins.labels(), 0) == 32 * 64);
  CHECK(count_of(basins.labels(), 1) == 32 * 64);
}

TEST_CASE("a curved separatrix is located to 1e-9") {
  // In u = x - 0.3 y^2 the drift is u' = u - u^3, y' = -y: the basins meet on x = 0.3 y^2.
  const std::vector<std::string> xy = variable_names(2);
  const Drift drift({Expression("(x - 0.3*y^2) - (x - 0.3*y^2)^3 - 0.6*y^2", xy), Expression("-y", xy)});
  for (const Index cells : {40, 200}) {
    const Grid<2> grid = box(-2.0, 2.5, -1.5, 1.5, cells);
    const Region<2> left = basins_of<2>(drift, grid).region(0);
    for (const double y : {-1.45, -0.8, -0.1, 0.0, 0.5, 1.0, 1.49})
      CHECK(std::abs(entry(left, grid, {0.3 * y * y + 0.21, y}, {0.3 * y * y - 0.17, y}) - 0.3 * y * y) < 1e-9);
  }
}

TEST_CASE("basins of a symmetric landscape are symmetric") {
  const Grid<2> grid = box(-2.2, 2.2, -2.0, 2.0, 96);
  const Basins<2> basins = basins_of<2>(landscape_drift("(x^2 - 1)^2 + y^2 + 0.5*x*y", 2), grid);
  const std::vector<int>& labels = basins.labels();
  CHECK(count_of(labels, 0) == grid.cells() / 2);
  bool symmetric = true;
  for (Index cell = 0; cell < grid.cells(); ++cell)
    symmetric = symmetric &&
                labels[static_cast<std::size_t>(cell)] + labels[static_cast<std::size_t>(grid.cells() - 1 - cell)] == 1;
  CHECK(symmetric);
}

TEST_CASE("four basins meet in a maximum") {
  const Grid<2> grid = box(-5.0, 5.0, -5.0, 5.0, 100);
  const Drift drift = built_in_drift("styblinski_tang", 2);
  const auto points = find_critical_points<2>(drift, grid);
  const Basins<2> basins(drift, grid, points);
  const double top = 0.1567312567803401;
  std::mt19937 random(1);
  std::uniform_real_distribution<double> wide(-5.0, 5.0), narrow(-1e-3, 1e-3);
  int wrong = 0;
  for (int n = 0; n < 4000; ++n) {
    const Point<2> x =
        n % 2 ? Point<2>(wide(random), wide(random)) : Point<2>(top + narrow(random), top + narrow(random));
    const Point<2> end = points[static_cast<std::size_t>(basins.basin_of(x))].position;
    wrong += (end[0] > top) != (x[0] > top) || (end[1] > top) != (x[1] > top);
  }
  CHECK(wrong == 0);
}

TEST_CASE("what is known of cells does not change where a flow ends") {
  for (const char* name : {"himmelblau", "muller_brown"}) {
    const bool himmelblau = name[0] == 'h';
    const Grid<2> grid = himmelblau ? box(-6.0, 6.0, -6.0, 6.0, 90) : box(-1.5, 1.2, -0.2, 2.0, 70);
    const Drift drift = built_in_drift(name, 2);
    const auto points = find_critical_points<2>(drift, grid);
    const Basins<2> basins(drift, grid, points);
    const Flow<2> flow(drift, grid, points);
    std::mt19937 random(7);
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    Eigen::Matrix2Xd starts(2, 300);
    for (Index n = 0; n < starts.cols(); ++n)
      for (int k = 0; k < 2; ++k)
        starts(k, n) = grid.axis(k).min() + unit(random) * (grid.axis(k).max() - grid.axis(k).min());
    const std::vector<int> ends = flow.ends_of(starts);
    int different = 0;
    for (Index n = 0; n < starts.cols(); ++n) {
      different += basins.basin_of(starts.col(n)) != ends[static_cast<std::size_t>(n)];
      if (n % 20 == 0) different += flow.end_of(starts.col(n)) != ends[static_cast<std::size_t>(n)];
    }
    CHECK(different == 0);
    int relabelled = 0;
    for (Index cell = 0; cell < grid.cells(); ++cell)
      relabelled += basins.basin_of(grid.centre(cell)) != basins.labels()[static_cast<std::size_t>(cell)];
    CHECK(relabelled == 0);
  }
}

TEST_CASE("flows that leave through an absorbing wall or come to rest at a reflecting one belong to no basin") {
  for (const Boundary boundary : {Boundary::reflecting, Boundary::absorbing}) {
    const Grid<2> grid = box(-3.0, 3.0, -2.0, 2.0, 60, boundary);
    const Basins<2> basins = basins_of<2>(landscape_drift("x^3/3 - x + y^2", 2), grid);
    CHECK(count_of(basins.labels(), 0) == 40 * 60);
    CHECK(count_of(basins.labels(), -1) == 20 * 60);
    CHECK(basins.basin_of(Point<2>(-1.0 + 1e-7, 0.7)) == 0);
    CHECK(basins.basin_of(Point<2>(-1.0 - 1e-7, 0.7)) == -1);
  }
}

TEST_CASE("a flow slides along a reflecting wall into the valley that it leads to") {
  // The drift points down through the wall y = -1 and towards x = 1 along it.
  const Grid<2> grid = box(-2.0, 2.0, -1.0, 1.0, 40);
  const Drift drift = landscape_drift("(x - 1)^2 + (y - 0.2)^2 + 1.5*(x - 1)*(y - 0.2)", 2);
  const Basins<2> basins = basins_of<2>(drift, grid);
  CHECK(count_of(basins.labels(), 0) == grid.cells());
}

TEST_CASE("basins on a torus do not depend on where its seams lie") {
  const double pi = std::numbers::pi;
  const Drift drift = landscape_drift("cos(2*x) + cos(y) + 0.3*sin(x + y)", 2);
  std::vector<Index> sizes[2];
  for (const double shift : {0.0, 1.3}) {
    const Grid<2> grid = box(shift, shift + 2.0 * pi, -shift, 2.0 * pi - shift, 80, Boundary::periodic);
    const Basins<2> basins = basins_of<2>(drift, grid);
    CHECK(count_of(basins.labels(), -1) == 0);
    for (int k = 0; k < 2; ++k) sizes[shift > 0 ? 1 : 0].push_back(count_of(basins.labels(), k));
  }
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(sizes[0][k] > 500);
    CHECK(std::abs(static_cast<double>(sizes[0][k] - sizes[1][k])) < 80);  // a row of cells at most
  }
}

TEST_CASE("flows along stiff and soft valleys end in them within few steps") {
  // The motion across decays up to 10^12 times as fast as that along.
  for (const double soft : {1e-4, 1e-8, 1e-12}) {
    const Drift drift = landscape_drift("x^4/4 - x^2/2 + " + std::to_string(soft * 1e12) + "*1e-12*y^2", 2);
    const Grid<2> grid = box(-2.0, 2.0, -3.0, 3.0, 64);
    const auto points = find_critical_points<2>(drift, grid);
    REQUIRE(std::count_if(points.begin(), points.end(), [](const auto& point) { return point.index == 0; }) == 2);
    const Flow<2> flow(drift, grid, points);
    Eigen::Matrix2Xd starts(2, 100);
    for (Index n = 0; n < starts.cols(); ++n)
      starts.col(n) << -1.9 + 3.8 * static_cast<double>(n % 10) / 9.0, -2.9 + 5.8 * static_cast<double>(n / 10) / 9.0;
    std::atomic<std::int64_t> steps{200'000};
    const std::vector<int> ends = flow.ends_of(starts, 1e-7, {}, &steps);
    int wrong = 0;
    for (Index n = 0; n < starts.cols(); ++n) {
      const int end = ends[static_cast<std::size_t>(n)];
      wrong += end < 0 || flow.stable_points()[static_cast<std::size_t>(end)].position[0] * starts(0, n) <= 0;
    }
    CAPTURE(soft);
    CHECK(wrong == 0);
  }
}

TEST_CASE("following flows and curves is given up when its steps are used up, and where is said") {
  const Drift drift = landscape_drift("(x^2 - 1)^2 + y^2", 2);
  const Grid<2> grid = box(-2, 2, -2, 2, 40);
  const auto points = find_critical_points<2>(drift, grid);
  const Flow<2> flow(drift, grid, points);
  const Point<2> start(0.25, 1.5);
  std::atomic<std::int64_t> many{100000}, few{3};
  CHECK(flow.ends_of(start, 1e-10, {}, &many).front() == flow.end_of(start));
  CHECK(many < 100000);
  CHECK_THROWS_WITH_AS(flow.ends_of(start, 1e-10, {}, &few), doctest::Contains("(0.25, 1.5)"), std::invalid_argument);

  const auto saddle = std::find_if(points.begin(), points.end(), [](const auto& point) { return point.index == 1; });
  REQUIRE(saddle != points.end());
  std::int64_t enough = 100000, short_of = 3;
  CHECK(Separatrix(drift, grid, *saddle, points, enough).pieces() > 10);
  CHECK_THROWS_WITH_AS(Separatrix(drift, grid, *saddle, points, short_of), doctest::Contains("saddle at (0, 0)"),
                       std::invalid_argument);
}
