#include "solver/escape/grid_convergence.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>

using namespace valleyflux;

TEST_CASE("a second-order error is extrapolated away and its truth lies in the interval") {
  const auto rate = [](double h) { return 3e-200 * std::exp(0.7 * h * h + 0.3 * h * h * h * h); };
  const GridConvergence result = extrapolate({rate(0.1), rate(0.2), rate(0.4)}, {0.1, 0.2, 0.4});
  CHECK(std::abs(result.value / 3e-200 - 1.0) < 2e-4);
  CHECK(*result.low <= 3e-200);
  CHECK(*result.high >= 3e-200);
  CHECK(std::abs(*result.observed_order - 2.0) < 0.1);
  CHECK(result.note.empty());
}

TEST_CASE("another order is said and widens the interval") {
  const auto rate = [](double h) { return std::exp(h); };
  const GridConvergence result = extrapolate({rate(0.1), rate(0.2), rate(0.4)}, {0.1, 0.2, 0.4});
  CHECK(std::abs(*result.observed_order - 1.0) < 1e-9);
  CHECK(result.note.find("order 1.0") != std::string::npos);
  CHECK(result.too_coarse);
  CHECK(*result.low <= 1.0 + 1e-14);  // the truth lies at the very end: the error is the whole difference
}

TEST_CASE("an order above two is said, but the grid is fine enough") {
  const auto rate = [](double h) { return std::exp(h * h * h * h); };
  const GridConvergence result = extrapolate({rate(0.1), rate(0.2), rate(0.4)}, {0.1, 0.2, 0.4});
  CHECK(std::abs(*result.observed_order - 4.0) < 1e-9);
  CHECK_FALSE(result.too_coarse);
  CHECK(*result.low <= 1.0);
  CHECK(*result.high >= 1.0);
}

TEST_CASE("grids that oscillate are said not to converge") {
  const GridConvergence result = extrapolate({1.0, 1.1, 1.0}, {0.1, 0.2, 0.4});
  CHECK(result.too_coarse);
  CHECK(*result.high >= 1.1 - 1e-12);
}

TEST_CASE("one grid has no interval and nonsense is refused") {
  CHECK_FALSE(extrapolate({2.0}, {0.1}).low);
  CHECK_THROWS_AS(extrapolate({1.0, -1.0}, {0.1, 0.2}), std::invalid_argument);
  CHECK_THROWS_AS(extrapolate({1.0, 1.0}, {0.2, 0.1}), std::invalid_argument);
  CHECK_THROWS_AS(extrapolate({}, {}), std::invalid_argument);
}
