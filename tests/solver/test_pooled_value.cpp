#include "solver/statistics/pooled_value.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>
#include <boost/math/distributions/students_t.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

using namespace valleyflux;

TEST_CASE("of equal errors the pooled value is the plain mean, with Student's interval of the scatter") {
  // Mean 2.5, variance 5/3, of which the errors explain 0.25.
  const PooledValue pooled = pooled_value({{1.0, 0.5}, {2.0, 0.5}, {3.0, 0.5}, {4.0, 0.5}});
  CHECK(pooled.count == 4);
  CHECK(relative_error(pooled.value, 2.5) < 1e-14);
  CHECK(relative_error(pooled.between, std::sqrt(5.0 / 3.0 - 0.25)) < 1e-12);
  constexpr double t3 = 3.182446305284263;  // 97.5 % point, 3 degrees of freedom
  CHECK(relative_error(pooled.high - pooled.value, t3 * std::sqrt(5.0 / 12.0)) < 1e-12);
  CHECK(relative_error(pooled.value - pooled.low, t3 * std::sqrt(5.0 / 12.0)) < 1e-12);
}

TEST_CASE("what scatters less than its errors is weighted by these alone, and is no more certain than they allow") {
  const PooledValue pooled = pooled_value({{1.0, 1.0}, {1.2, 0.5}, {0.9, 2.0}});
  CHECK(pooled.between == 0.0);
  CHECK(relative_error(pooled.value, (1.0 + 4.0 * 1.2 + 0.25 * 0.9) / 5.25) < 1e-14);
  constexpr double t2 = 4.302652729749464;
  CHECK(relative_error(pooled.high - pooled.value, t2 / std::sqrt(5.25)) < 1e-12);
}

TEST_CASE("the scatter between measurements of unequal errors makes the weighted squares n - 1") {
  const std::vector<MeasuredOnce> measured{{0.3, 0.1}, {1.1, 0.4}, {-0.2, 0.2}, {0.9, 0.15}, {0.5, 0.3}};
  const PooledValue pooled = pooled_value(measured);
  double squares = 0.0;
  for (const auto& [value, error] : measured)
    squares += std::pow(value - pooled.value, 2) / (error * error + pooled.between * pooled.between);
  CHECK(relative_error(squares, 4.0) < 1e-9);
}

TEST_CASE("intervals hold the mean in about 95 of 100 cases, few measurements of very different errors") {
  std::mt19937_64 numbers(5);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> errors(0.1, 1.0);
  for (const double between : {0.0, 0.3, 2.0}) {
    constexpr int trials = 4000;
    int inside = 0;
    for (int trial = 0; trial < trials; ++trial) {
      std::vector<MeasuredOnce> measured;
      for (int n = 0; n < 5; ++n) {
        const double error = errors(numbers);
        measured.push_back({7.0 + between * normal(numbers) + error * normal(numbers), error});
      }
      const PooledValue pooled = pooled_value(measured);
      inside += pooled.low <= 7.0 && 7.0 <= pooled.high ? 1 : 0;
    }
    CAPTURE(between);
    const double share = inside / double(trials);
    CHECK(share > 0.94);
    // Where nothing lies between them Student's factor is more than is needed.
    CHECK(share < (between > 1.0 ? 0.96 : 0.9999));
  }
}

TEST_CASE("measurements without an error, or one alone, are refused") {
  CHECK_THROWS_AS(pooled_value({{1.0, 0.1}}), std::invalid_argument);
  CHECK_THROWS_AS(pooled_value({{1.0, 0.1}, {2.0, 0.0}}), std::invalid_argument);
  CHECK_THROWS_AS(pooled_value({{1.0, 0.1}, {std::numeric_limits<double>::quiet_NaN(), 1.0}}), std::invalid_argument);
}
