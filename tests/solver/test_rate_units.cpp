#include "problems/case/case_file.hpp"
#include "solver/run/run.hpp"
#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <string>

using namespace valleyflux;

TEST_CASE("rates, their times, the network and the spectrum are in the unit that is asked for") {
  const std::string text =
      "[landscape]\nexpression = \"(x^2 - 1)^2\"\n[diffusion]\nD = 0.3\n[grid]\nx = { min = -2, max = 2, cells = 64 }\n"
      "[solver]\ngrids = 2\n[units]\ntime = \"ns\"\n";
  const Results own = run(read_case(text, "case.toml", "."));
  const Results asked = run(read_case(text + "rate = \"1/min\"\n", "case.toml", "."));
  const double minutes = 60e9;  // ns
  REQUIRE(own.estimates.size() == asked.estimates.size());
  REQUIRE(!own.estimates.empty());
  for (std::size_t k = 0; k < own.estimates.size(); ++k) {
    const Estimate &a = own.estimates[k], &b = asked.estimates[k];
    CHECK(relative_error(*b.rate, minutes * *a.rate) < 1e-14);
    CHECK(relative_error(*b.time, *a.time / minutes) < 1e-14);
    CHECK(relative_error(*b.log_rate, *a.log_rate + std::log(minutes)) < 1e-14);
    CHECK(a.low.has_value() == b.low.has_value());
    if (a.low) CHECK(relative_error(*b.low, minutes * *a.low) < 1e-14);
    if (a.low) CHECK(relative_error(*b.high, minutes * *a.high) < 1e-14);
    if (a.transition_time) CHECK(relative_error(*b.transition_time, *a.transition_time / minutes) < 1e-14);
  }
  CHECK(relative_error(asked.network->rate(0, 1), minutes * own.network->rate(0, 1)) < 1e-14);
  CHECK(relative_error(asked.network->time(0, 1), own.network->time(0, 1) / minutes) < 1e-14);
  CHECK(relative_error(asked.spectrum[1].real(), minutes * own.spectrum[1].real()) < 1e-14);
  CHECK(relative_error(asked.spectrum_bound[1], minutes * own.spectrum_bound[1]) < 1e-14);
}

TEST_CASE("a rate too small for a double in one unit is a number in another") {
  // Barrier 1.8 over D = 1/420: about e^-756 in 1/as, times 10^18 in 1/s.
  const std::string text =
      "[landscape]\nexpression = \"1.8*(x^2 - 1)^2\"\n[diffusion]\nD = \"1/420\"\n[grid]\nx = { min = -1.5, max = 1.5, "
      "cells = 400 }\n[solver]\ngrids = 2\nmodes = 0\n[[escape]]\nfrom = \"valley_1\"\nto = \"valley_2\"\nmethods = "
      "[\"theory:kramers\"]\n[units]\ntime = \"as\"\n";
  const Estimate own = run(read_case(text, "case.toml", ".")).estimates.at(0);
  const Estimate asked = run(read_case(text + "rate = \"1/s\"\n", "case.toml", ".")).estimates.at(0);
  CHECK(*own.rate == 0.0);
  CHECK(relative_error(*asked.rate, std::exp(*own.log_rate + 18.0 * std::log(10.0))) < 1e-10);
}

TEST_CASE("a rate of which the mean time is too large for a double has none, but one in a longer unit") {
  // Kramers: 2 sqrt(2) / pi e^(-1/D), within a few D of the rate: 5.5e-311 in 1/ns.
  const std::string text =
      "[landscape]\nexpression = \"(x^2 - 1)^2\"\n[diffusion]\nD = 0.0014\n[grid]\nx = { min = -1.5, max = 1.5, cells "
      "= 100 }\n[solver]\nmodes = 0\n[[escape]]\nfrom = \"valley_1\"\nto = \"valley_2\"\nmethods = [\"reactive_flux\"]"
      "\n[units]\ntime = \"ns\"\n";
  const double log_rate = std::log(2.0 * std::numbers::sqrt2 / std::numbers::pi) - 1.0 / 0.0014;
  const Estimate own = run(read_case(text, "case.toml", ".")).estimates.at(0);
  CHECK(*own.rate > 0.0);
  CHECK(std::abs(*own.log_rate - log_rate) < 5.0 * 0.0014);
  CHECK(!own.time);
  const Estimate asked = run(read_case(text + "rate = \"1/s\"\n", "case.toml", ".")).estimates.at(0);
  CHECK(std::abs(std::log(*asked.time) + log_rate + 9.0 * std::log(10.0)) < 5.0 * 0.0014);
}

TEST_CASE("times between valleys that are too large for a double in the unit asked for are missing") {
  // Kramers, as above: e^671 s to within a few D, which times 10^18 is beyond the range of doubles.
  const std::string text =
      "[landscape]\nexpression = \"(x^2 - 1)^2\"\n[diffusion]\nD = 0.00149\n[grid]\nx = { min = -1.5, max = 1.5, cells "
      "= 100 }\n[solver]\nmodes = 0\n[[escape]]\nfrom = \"valley_1\"\nto = \"valley_2\"\nmethods = [\"reactive_flux\"]"
      "\n[units]\ntime = \"s\"\n";
  const double log_time = -std::log(2.0 * std::numbers::sqrt2 / std::numbers::pi) + 1.0 / 0.00149;
  const NetworkResult own = *run(read_case(text, "case.toml", ".")).network;
  CHECK(std::abs(std::log(own.time(0, 1)) - log_time) < 5.0 * 0.00149);
  CHECK(std::abs(std::log(own.rule_2_time(0, 1)) - log_time) < 5.0 * 0.00149);
  const NetworkResult asked = *run(read_case(text + "rate = \"1/as\"\n", "case.toml", ".")).network;
  for (const Eigen::MatrixXd& time : {asked.time, asked.rule_2_time}) {
    CHECK(std::isnan(time(0, 1)));
    CHECK(std::isnan(time(1, 0)));
    CHECK(time(0, 0) == 0.0);
  }
  const NetworkResult longer = *run(read_case(text + "rate = \"1/year\"\n", "case.toml", ".")).network;
  CHECK(relative_error(longer.time(0, 1) * 31557600.0, own.time(0, 1)) < 1e-14);
}
