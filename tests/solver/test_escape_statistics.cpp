#include "solver/particles/escape_statistics.hpp"

#include "solver/particles/random_numbers.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace valleyflux;

namespace {

/// n times spread like the quantiles of an exponential distribution of mean 1, or of another shape.
FirstExits quantiles(int n, double power) {
  FirstExits exits;
  for (int k = 0; k < n; ++k) exits.time.push_back(std::pow(-std::log1p(-(k + 0.5) / n), power));
  exits.escaped.assign(exits.time.size(), 1);
  return exits;
}

}  // namespace

TEST_CASE("the rate of ten escapes and its interval are those of tables") {
  FirstExits exits;
  exits.time.assign(10, 2.0);
  exits.escaped.assign(10, 1);
  const EscapeStatistics all = escape_statistics(exits);
  CHECK(*all.rate == 8.0 / 20.0);  // Eq. 86
  CHECK(relative_error(all.normal_error, 1.96 * 0.4 / std::sqrt(10.0)) < 1e-12);
  // chi^2 with 20 degrees of freedom: 9.591 and 34.170 (2.5 % and 97.5 %).
  CHECK(relative_error(all.low, 9.591 / 40.0) < 1e-4);
  CHECK(relative_error(all.high, 34.170 / 40.0) < 1e-4);

  for (std::size_t k = 0; k < 5; ++k) exits.escaped[k] = 0;
  const EscapeStatistics half = escape_statistics(exits);
  CHECK(*half.rate == 5.0 / 20.0);
  // Garwood's interval of 5 events: 1.6235 to 11.6683.
  CHECK(relative_error(half.low, 1.6235 / 20.0) < 1e-4);
  CHECK(relative_error(half.high, 11.6683 / 20.0) < 1e-4);
  CHECK_FALSE(half.exponentiality);
  CHECK(relative_error(*half.log_rate_error, std::sqrt(0.22132295573711533)) < 1e-9);  // trigamma(5)
}

TEST_CASE("times that are not exponential have the error of their mean") {
  FirstExits exits;
  for (int k = 0; k < 50; ++k) {
    exits.time.push_back(9.0);
    exits.time.push_back(11.0);
  }
  exits.escaped.assign(100, 1);
  CHECK(relative_error(*escape_statistics(exits).log_rate_error, std::sqrt(1.0 / 99.0) / 10.0) < 1e-9);
  exits.time.assign(100, 9.0);
  CHECK(relative_error(*escape_statistics(exits).log_rate_error, std::sqrt(0.01005016666333357)) < 1e-9);
}

TEST_CASE("where nobody escapes there is an upper bound and no rate") {
  FirstExits exits;
  exits.time.assign(100, 3.0);
  exits.escaped.assign(100, 0);
  const EscapeStatistics none = escape_statistics(exits);
  CHECK_FALSE(none.rate);
  CHECK(none.low == 0.0);
  CHECK(relative_error(std::exp(-none.high * 300.0), 0.05) < 1e-12);
}

TEST_CASE("exponential times pass the test of Lilliefors, others fail it") {
  CHECK(*escape_statistics(quantiles(400, 1.0)).exponentiality < 1.094);
  CHECK_FALSE(escape_statistics(quantiles(400, 0.5)).exponential());
  CHECK_FALSE(escape_statistics(quantiles(400, 2.0)).exponential());
}

TEST_CASE("the interval holds the true rate in 95 of 100 cases") {
  const RandomNumbers random(86);
  constexpr int repetitions = 4000, particles = 20;
  constexpr double limit = 1.2;
  int complete = 0, censored = 0;
  for (int r = 0; r < repetitions; ++r) {
    FirstExits all, some;
    for (int p = 0; p < particles; ++p) {
      const double time =
          -std::log(random.uniform(RandomStream::noise, static_cast<std::uint32_t>(p), static_cast<std::uint64_t>(r)));
      all.time.push_back(time);
      all.escaped.push_back(1);
      some.time.push_back(std::min(time, limit));
      some.escaped.push_back(time < limit);
    }
    const EscapeStatistics a = escape_statistics(all), b = escape_statistics(some);
    complete += a.low <= 1.0 && 1.0 <= a.high;
    censored += b.low <= 1.0 && 1.0 <= b.high;
  }
  const double error = std::sqrt(0.95 * 0.05 / repetitions);
  CHECK(std::abs(complete / static_cast<double>(repetitions) - 0.95) < 4.0 * error);
  CHECK(censored / static_cast<double>(repetitions) > 0.95 - 4.0 * error);  // on the safe side: counts are discrete
}
