#include "grids/axis.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace valleyflux;

TEST_CASE("cells of a uniform axis tile it exactly") {
  const Axis axis("x", -1.5, 2.5, 7);
  double total = 0.0;
  for (Index i = 0; i < axis.cells(); ++i) total += axis.size(i);
  CHECK(std::abs(total - 4.0) < 1e-14);
  CHECK(axis.edge(0) == -1.5);
  CHECK(axis.edge(7) == 2.5);
  CHECK(std::abs(axis.centre(3) - 0.5) < 1e-15);
  CHECK(std::abs(axis.cell_coordinate(axis.centre(5)) - 5.0) < 1e-13);
}

TEST_CASE("a graded axis is finest at its centre and maps back and forth") {
  const Axis axis("x", -4.0, 6.0, 200, Boundary::reflecting, Boundary::absorbing, Grading{1.0, 0.3});
  double total = 0.0, smallest = 1e9, where = 0.0;
  for (Index i = 0; i < axis.cells(); ++i) {
    total += axis.size(i);
    if (axis.size(i) < smallest) {
      smallest = axis.size(i);
      where = axis.centre(i);
    }
    CHECK(std::abs(axis.cell_coordinate(axis.centre(i)) - static_cast<double>(i)) < 1e-10);
  }
  CHECK(std::abs(total - 10.0) < 1e-12);
  CHECK(std::abs(where - 1.0) < 0.1);
  // Cell sizes follow sqrt(width^2 + (x - centre)^2).
  CHECK(std::abs(axis.size(0) / smallest / std::sqrt(1.0 + std::pow(5.0 / 0.3, 2)) - 1.0) < 0.05);
  // X' and X''/X' against differences of X itself.
  const double xi = axis.lattice(17.3), d = 1e-5;
  CHECK(std::abs((axis.position(xi + d) - axis.position(xi - d)) / (2 * d) / axis.stretch(xi) - 1.0) < 1e-8);
  CHECK(std::abs((std::log(axis.stretch(xi + d)) - std::log(axis.stretch(xi - d))) / (2 * d) - axis.stretch_slope(xi)) <
        1e-8);
}

TEST_CASE("impossible axes are refused") {
  CHECK_THROWS_AS(Axis("x", 1.0, 1.0, 10), std::invalid_argument);
  CHECK_THROWS_AS(Axis("x", 0.0, std::nan(""), 10), std::invalid_argument);
  CHECK_THROWS_AS(Axis("x", 0.0, 1.0, 3), std::invalid_argument);
  CHECK_THROWS_AS(Axis("x", 0.0, 1.0, 10, Boundary::periodic, Boundary::reflecting), std::invalid_argument);
  CHECK_THROWS_AS(Axis("x", 0.0, 1.0, 10, Boundary::reflecting, Boundary::reflecting, Grading{0.0, 0.0}),
                  std::invalid_argument);
  CHECK_THROWS_AS(Axis("x", 0.0, 1.0, 10, Boundary::periodic, Boundary::periodic, Grading{0.0, 1.0}),
                  std::invalid_argument);
}
