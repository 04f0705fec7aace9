#include "tests/relative.hpp"
#include "tools/benchmarks/coverage/chain_truth.hpp"
#include "tools/benchmarks/coverage/kinds.hpp"
#include "tools/benchmarks/coverage/line_truth.hpp"
#include "tools/benchmarks/coverage/transformed_process.hpp"

#include "problems/case/case_file.hpp"

#include <doctest/doctest.h>

#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/special_functions/expint.hpp>
#include <cmath>
#include <random>

using namespace valleyflux::coverage;

namespace {

/// No landscape: a drift and a diffusion that are constant.
LineProcess flat(double diffusion, double tilt = 0.0) {
  LineProcess process;
  process.polynomial = {0.0};
  process.diffusion = diffusion;
  process.tilt = tilt;
  return process;
}

}  // namespace

TEST_CASE("mean times of the benchmark are those of nested quadrature, for every integral") {
  LineProcess process;
  process.polynomial = {0.0, 0.1, -0.5, 0.0, 0.25};
  process.waves = {{0.1, 3.0, 0.4}};
  process.diffusion = 0.04;
  process.modulation = {0.5, 1.3, 0.2};
  using boost::math::quadrature::gauss_kronrod;
  const auto slope = [&](double x) { return static_cast<double>(process.potential_slope(x)); };
  const auto noise = [&](double x) { return static_cast<double>(process.noise(x)); };
  constexpr double low = -1.9, start = -1.1, end = 0.8;
  for (const double alpha : {0.0, 0.5, 1.0}) {
    process.alpha = alpha;
    const auto climb = [&](double from, double to) {
      return boost::math::quadrature::gauss<double, 30>::integrate(slope, from, to);
    };
    const auto inner = [&](double y) {
      const auto weight = [&](double z) {
        return std::exp(climb(z, y)) * std::pow(noise(y), -alpha) * std::pow(noise(z), alpha - 1.0);
      };
      return gauss_kronrod<double, 31>::integrate(weight, low, y, 8, 1e-11);
    };
    const double time = gauss_kronrod<double, 31>::integrate(inner, start, end, 8, 1e-11);
    CHECK(relative_error(std::exp(log_mean_time(process, {low, end, false, true}, start)), time) < 1e-9);
  }
}

TEST_CASE("flat lines have the mean times and eigenvalues of textbooks") {
  const LineProcess still = flat(0.3);
  CHECK(relative_error(std::exp(log_mean_time(still, {0.0, 2.0, false, true}, 0.0)), 4.0 / (2.0 * 0.3)) < 1e-12);
  CHECK(relative_error(std::exp(log_mean_time(still, {0.0, 2.0, true, true}, 0.5)), 0.5 * 1.5 / (2.0 * 0.3)) < 1e-12);
  CHECK(relative_error(std::exp(principal_rate(still, {0.0, 2.0, true, false}, {0.0, 1.0}).log_rate),
                       0.3 * M_PI * M_PI / 16.0) < 1e-12);
  // Carried along: v^2 / (4 D) + D pi^2 / l^2.
  const double rate = 0.7 * 0.7 / (4.0 * 0.3) + 0.3 * M_PI * M_PI / 4.0;
  CHECK(relative_error(std::exp(principal_rate(flat(0.3, 0.7), {0.0, 2.0, true, true}, {0.0, 1.0}).log_rate), rate) <
        1e-12);
}

TEST_CASE("an Ornstein-Uhlenbeck process between the zeros of a Hermite polynomial has its degree as eigenvalue") {
  LineProcess process = flat(1.0);
  process.polynomial = {0.0, 0.0, 0.5};
  const auto rate = [&](const Interval& interval) {
    return std::exp(principal_rate(process, interval, {interval.low, interval.high}).log_rate);
  };
  CHECK(relative_error(rate({-1.0, 1.0, true, true}), 2.0) < 1e-12);
  CHECK(relative_error(rate({0.0, 1.0, false, true}), 2.0) < 1e-12);
  CHECK(relative_error(rate({-std::sqrt(3.0), 0.0, true, true}), 3.0) < 1e-12);
  // cos(pi x / 2) on a flat line, what lies beyond 1/2; the law's error is the root of the eigenvalue's.
  CHECK(relative_error(principal_rate(flat(1.0), {-1.0, 1.0, true, true}, {0.5, 1.0}).share,
                       0.5 * (1.0 - std::sqrt(0.5))) < 1e-9);
}

TEST_CASE("square-root and Jacobi processes have the linear eigenfunctions of their polynomials, and Ei for a time") {
  // Both have a - (rate) x as an eigenfunction; it vanishes at their means.
  const auto rate = [](const TransformedProcess& line, double end) {
    const Interval interval{line.low, line.variable(end), false, true};
    return std::exp(principal_rate(line.process, interval, {interval.low, interval.high}).log_rate);
  };
  for (const double a : {0.1, 0.7, 2.5}) {
    CHECK(relative_error(rate(square_root_process(a, 1.3, 0.4), a / 1.3), 0.4 * 1.3) < 1e-11);
    CHECK(relative_error(rate(jacobi_process(a, 0.6, 0.4), a / (a + 0.6)), 0.4 * (a + 0.6)) < 1e-11);
  }
  // Index 0.1, from the mean 1 to 3: Kummer's functions, solved apart from this.
  const TransformedProcess low = square_root_process(0.1, 0.1, 10.0);
  CHECK(relative_error(std::exp(-log_mean_time(low.process, {low.low, low.variable(3.0), false, true}, 0.0)),
                       0.415953) < 2e-6);
  CHECK(relative_error(rate(low, 3.0), 0.302098) < 2e-6);
  // a = 1: s' = exp(r x) / x, and r s T = int (exp(r x) - 1) / x dx.
  const TransformedProcess line = square_root_process(1.0, 1.3, 0.4);
  const double start = 0.5, end = 4.0;
  const double time =
      (boost::math::expint(1.3 * end) - boost::math::expint(1.3 * start) - std::log(end / start)) / (1.3 * 0.4);
  CHECK(relative_error(
            std::exp(log_mean_time(line.process, {line.low, line.variable(end), false, true}, line.variable(start))),
            time) < 1e-11);
}

TEST_CASE("transitions on flat boxes and rings are those worked by hand") {
  // Between [0, 1/2] and [2, 3]: 1 / (R integral of the committor), R = 1.5 / D.
  CHECK(relative_error(std::exp(log_reactive_rate(flat(0.3), {0.0, 3.0}, {0.0, 0.5}, {2.0, 3.0})),
                       0.3 / 1.5 / (0.5 + 0.75)) < 1e-12);
  CHECK(relative_error(std::exp(log_reactive_rate(flat(0.3), {0.0, 3.0}, {2.0, 3.0}, {0.0, 0.5})),
                       0.3 / 1.5 / (1.0 + 0.75)) < 1e-12);
  // A ring of length 4, carried along by v: uniform density, ways of lengths 1 upwards and 1.5 downwards.
  constexpr double D = 0.3, v = 0.7;
  const auto flux = [](double l, double drift) { return drift / (1.0 - std::exp(-drift * l / D)); };
  const auto on_the_way = [](double l, double drift) {
    const double decay = std::exp(-drift * l / D);
    return (l - D / drift * (1.0 - decay)) / (1.0 - decay);
  };
  const double rate = (flux(1.0, v) + flux(1.5, -v)) / (0.5 + on_the_way(1.0, v) + on_the_way(1.5, -v));
  CHECK(relative_error(std::exp(log_ring_reactive_rate(flat(D, v), 4.0, {0.0, 0.5}, {1.5, 2.5})), rate) < 1e-12);
}

TEST_CASE("the chain's mean time is that of chains drawn by hand") {
  ChainEscape escape;
  escape.process.polynomial = {0.0, 0.0, -0.5, 0.0, 0.25};
  escape.process.diffusion = 0.12;
  escape.process.modulation = {0.5, 1.0, 0.0};
  escape.eta = 0.3;
  escape.box = {-1.6, 2.5};
  escape.target = {0.7, 1.2};  // which steps may jump over
  escape.start = -1.0;
  for (const bool lost : {false, true}) {
    escape.lost_low = lost;
    const ChainTruth found = chain_truth(escape);
    std::mt19937_64 random(5);
    std::normal_distribution<double> normal;
    constexpr int chains = 10000;
    double sum = 0.0, squares = 0.0;
    for (int chain = 0; chain < chains; ++chain) {
      double x = escape.start, steps = 0.0;
      while (true) {
        x += -escape.eta * (x * x * x - x) +
             std::sqrt(2.0 * escape.eta * 0.12 * (1.0 + 0.5 * std::sin(x))) * normal(random);
        ++steps;
        if (x < escape.box.low && lost) break;
        while (x < escape.box.low || x > escape.box.high)
          x = x < escape.box.low ? 2.0 * escape.box.low - x : 2.0 * escape.box.high - x;
        if (x > escape.target.low && x < escape.target.high) break;
      }
      sum += steps;
      squares += steps * steps;
    }
    const double mean = sum / chains, error = std::sqrt((squares / chains - mean * mean) / chains);
    CHECK(std::abs(std::exp(found.log_time) / escape.eta - mean) < 4.0 * error);
    CHECK(error < 0.02 * mean);
  }
}

TEST_CASE("a random problem is a case file, the same whenever it is asked for") {
  for (const std::string& kind : kind_names()) {
    CAPTURE(kind);
    const CoveredCase made = make_case(kind, 3, 1);
    CHECK(made.toml == make_case(kind, 3, 1).toml);
    CHECK(made.toml != make_case(kind, 3, 2).toml);
    CHECK(made.toml != make_case(kind, 4, 1).toml);
    CHECK_FALSE(made.truths.empty());
    CHECK_NOTHROW(valleyflux::read_case(made.toml, "case.toml", "."));
  }
}
