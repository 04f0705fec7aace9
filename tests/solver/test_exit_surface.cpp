#include "solver/particles/exit_surface.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace valleyflux;

TEST_CASE("on the line the distance to an exit is exact within reach") {
  const Grid<1> grid({Axis("x", -2.0, 2.0, 37)});
  const GridExitSurface<1> surface(grid, Region<1>([](const Point<1>& x) { return x[0] > 0.712345; }), 0.5);
  for (const double x : {0.3, 0.5, 0.7, 0.712, 0.8, 1.1}) {
    CHECK(std::abs(surface.distance(Point<1>(x)) - (0.712345 - x)) < 1e-12);
    CHECK(std::abs(surface.normal(Point<1>(x))[0] + 1.0) < 1e-12);
  }
  CHECK(surface.distance(Point<1>(-1.9)) >= 0.5);
  CHECK(surface.distance(Point<1>(1.9)) <= -0.5);
}

TEST_CASE("on the line distances of many points at once are exact, to strips and across a periodic end") {
  const auto check = [](Boundary end, const Region<1>& target, double (*exact)(double)) {
    const GridExitSurface<1> surface(Grid<1>({Axis("x", 0.0, 1.0, 20, end, end)}), target, 0.5);
    std::vector<double> x, distance(100), away(100);
    for (int k = 0; k < 100; ++k) x.push_back(0.005 + 0.01 * k);
    REQUIRE(surface.distances(x.data(), distance.data(), away.data(), 100, 100));
    for (std::size_t k = 0; k < x.size(); ++k) {
      CHECK(std::abs(distance[k] - exact(x[k])) < 1e-12);
      CHECK(distance[k] == surface.distance(Point<1>(x[k])));
    }
  };
  check(Boundary::reflecting, Region<1>([](const Point<1>& x) { return x[0] > 0.41 && x[0] < 0.63; }),
        [](double x) { return std::max(0.41 - x, x - 0.63); });
  check(Boundary::absorbing, Region<1>([](const Point<1>& x) { return x[0] > 0.41 && x[0] < 0.63; }), [](double x) {
    return std::min({std::max(0.41 - x, x - 0.63), x, 1.0 - x});
  });
  check(Boundary::periodic, Region<1>([](const Point<1>& x) { return x[0] > 0.9 || x[0] < 0.1; }),
        [](double x) { return std::abs(x - 0.5) < 0.5 ? 0.4 - std::abs(x - 0.5) : 0.0; });
  // Its end lies between the last and the first centre.
  check(Boundary::periodic, Region<1>([](const Point<1>& x) { return x[0] > 0.7 && x[0] < 0.995; }),
        [](double x) { return std::min(std::max(0.7 - x, x - 0.995), std::max(-0.3 - x, x + 0.005)); });
}

TEST_CASE("an absorbing wall is an exit") {
  const Grid<1> grid({Axis("x", 0.0, 1.0, 10, Boundary::absorbing, Boundary::reflecting)});
  const GridExitSurface<1> surface(grid, Region<1>(), 0.3);
  CHECK(std::abs(surface.distance(Point<1>(0.12)) - 0.12) < 1e-14);
}

TEST_CASE("the distance to a circle is right to second order") {
  const auto error = [](Index cells) {
    const Grid<2> grid({Axis("x", -1.5, 1.5, cells), Axis("y", -1.4, 1.6, cells)});
    const GridExitSurface<2> surface(grid, Region<2>([](const Point<2>& x) { return x.norm() > 1.0; }), 0.3);
    double worst = 0.0;
    for (int k = 0; k < 500; ++k) {
      const double angle = 0.37 * k, radius = 0.85 + 0.3 * std::fmod(0.618034 * k, 1.0);
      const Point<2> x = radius * Point<2>(std::cos(angle), std::sin(angle));
      worst = std::max(worst, std::abs(surface.distance(x) - (1.0 - radius)));
      CHECK(surface.normal(x).dot(-x / radius) > 0.95);
    }
    return worst;
  };
  const double coarse = error(60), fine = error(120);
  CHECK(fine < 2e-4);
  CHECK(std::log2(coarse / fine) > 1.6);
}

TEST_CASE("a surface goes on across a periodic end") {
  const Grid<2> grid({Axis("x", 0.0, 1.0, 20, Boundary::periodic, Boundary::periodic), Axis("y", 0.0, 1.0, 20)});
  // A slanted strip that wraps: its surfaces are x = 0.9 and x = 0.1 (on the other side).
  const GridExitSurface<2> surface(grid, Region<2>([](const Point<2>& x) { return x[0] > 0.9 || x[0] < 0.1; }), 0.3);
  for (const double y : {0.1, 0.45, 0.93}) {
    CHECK(std::abs(surface.distance(Point<2>(0.93, y)) + 0.03) < 1e-12);
    CHECK(std::abs(surface.distance(Point<2>(0.07, y)) + 0.03) < 1e-12);
    CHECK(std::abs(surface.distance(Point<2>(0.3, y)) - 0.2) < 1e-12);
    CHECK(std::abs(surface.distance(Point<2>(0.75, y)) - 0.15) < 1e-12);
  }
}
