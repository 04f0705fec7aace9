#include "grids/grid.hpp"
#include "grids/region.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace valleyflux;

namespace {

Grid<2> half_periodic_grid() {
  return Grid<2>({Axis("x", 0.0, 2.0, 8, Boundary::periodic, Boundary::periodic), Axis("y", -1.0, 1.0, 5)});
}

}  // namespace

TEST_CASE("cell numbers and coordinates are inverse, the first axis running fastest") {
  const Grid<2> grid = half_periodic_grid();
  CHECK(grid.cells() == 40);
  for (Index cell = 0; cell < grid.cells(); ++cell) CHECK(grid.cell(grid.coordinates(cell)) == cell);
  CHECK(grid.cell(Offset<2>(1, 0)) == 1);
  CHECK(grid.cell(Offset<2>(0, 1)) == 8);
}

TEST_CASE("periodic axes wrap and walls do not") {
  const Grid<2> grid = half_periodic_grid();
  CHECK(grid.wrapped(Offset<2>(-1, 2)) == grid.cell(Offset<2>(7, 2)));
  CHECK(grid.wrapped(Offset<2>(17, 0)) == grid.cell(Offset<2>(1, 0)));
  CHECK_FALSE(grid.wrapped(Offset<2>(0, 5)));
  const Point<2> d = grid.difference(Point<2>(0.1, 0.5), Point<2>(1.9, -0.5));
  CHECK(std::abs(d[0] - 0.2) < 1e-14);
  CHECK(std::abs(d[1] - 1.0) < 1e-14);
}

TEST_CASE("volumes of a graded grid add up to the box") {
  const Grid<2> grid({Axis("x", -1.0, 3.0, 30, Boundary::reflecting, Boundary::reflecting, Grading{0.5, 0.2}),
                      Axis("y", 0.0, 0.5, 7)});
  double total = 0.0;
  for (Index cell = 0; cell < grid.cells(); ++cell) total += grid.volume(cell);
  CHECK(std::abs(total - 2.0) < 1e-12);
  CHECK(grid.coarsened(2).cells() == 15 * 4);
}

TEST_CASE("the surface of a region is located to round-off along an edge") {
  const Grid<2> grid({Axis("x", -1.0, 1.0, 20), Axis("y", -1.0, 1.0, 20)});
  const Region<2> disc([](const Point<2>& x) { return x.norm() < 0.5; });
  const Point<2> from(17.0, 9.5), to(12.0, 9.5);  // along y = 0
  const double t = disc.crossing(grid, from, to);
  const Point<2> x = grid.position(from + t * (to - from));
  CHECK(std::abs(x[0] - 0.5) < 1e-12);
  Index inside = 0;
  for (const char in : disc.cells(grid)) inside += in;
  CHECK(std::abs(static_cast<double>(inside) * 0.01 - M_PI * 0.25) < 0.03);
}

TEST_CASE("a region of labelled cells holds those cells and is cut half-way") {
  const Grid<1> grid({Axis("x", 0.0, 1.0, 10)});
  std::vector<char> inside(10, 0);
  inside[7] = 1;
  const Region<1> region(grid, inside);
  CHECK(region.contains(Point<1>(0.75)));
  CHECK_FALSE(region.contains(Point<1>(0.65)));
  CHECK(region.cells(grid) == inside);
  CHECK(region.crossing(grid, Point<1>(6.0), Point<1>(7.0)) == 0.5);
}
