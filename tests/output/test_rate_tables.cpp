#include "output/rate_tables.hpp"

#include "output/shown_numbers.hpp"

#include "tests/output/shown_text.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

using namespace valleyflux;

namespace {

Estimate rate_of(const std::string& method, double log_rate, const std::string& note = "") {
  const double rate = std::exp(log_rate);
  return {"left", "right", method, rate, 1.0 / rate, log_rate, 0.99 * rate, 1.01 * rate, {}, note};
}

}  // namespace

TEST_CASE("the recommended rate of every escape comes with error and time and its definition in words") {
  Results results;
  results.estimates = {rate_of("theory:kramers", std::log(1.1e-3)), rate_of("mean_first_passage", std::log(1e-3)),
                       rate_of("flux", -3.0)};
  results.estimates[1].recommended = true;
  results.estimates[2].to = "any";
  const std::string text = recommended_table(results);
  const auto table = lines_of(text);
  REQUIRE(table.size() == 5);
  CHECK(table[0] == "escape          rate  rel. error  mean time  by");
  CHECK(table[1] == "left -> right  0.001     1.0e-02       1000  mean_first_passage");
  CHECK(table[2] == "left -> any        -                         no method");
  CHECK(table[3] == "mean_first_passage: 1 / mean time from the valley's minimum until the target is");
  CHECK(recommended_table({}).empty());
}

TEST_CASE("a mean time too large for a double is a dash") {
  Results results;
  results.estimates = {rate_of("reactive_flux", std::log(5.5e-311))};
  results.estimates[0].recommended = true;
  results.estimates[0].time.reset();
  CHECK(lines_of(recommended_table(results))[1].ends_with(" -  reactive_flux"));
}

TEST_CASE("an escape that has no rate but a bound shows the lowest with its method and note") {
  Results results;
  results.estimates = {{"a", "b", "theory:kramers", {}, {}, {}, {}, {}, {}, "no saddle"},
                       {"a", "b", "langevin", {}, {}, {}, 0.0, 0.0456, {}, "0 of 9 escaped"},
                       {"a", "b", "sgd", {}, {}, {}, 0.0, 0.0123456, {}, "0 of 99 escaped"}};
  const auto table = lines_of(recommended_table(results));
  REQUIRE(table.size() == 3);
  CHECK(table[1] == "a -> b  < 0.0123                         sgd");
  CHECK(table[2] == "a -> b: 0 of 99 escaped");
  CHECK(shows(estimates_table(results), "langevin        < 0.0456"));
}

TEST_CASE("a recommended rate of zero says why") {
  Results results;
  results.estimates = {{"a", "b", "quasi_stationary", 0.0, {}, {}, {}, {}, {}, "0, because blocked at x = 1"}};
  results.estimates[0].recommended = true;
  CHECK(shows(recommended_table(results), "a -> b: 0, because blocked at x = 1\n"));
}

TEST_CASE("rates are compared with the recommended one of the same escape, which is marked") {
  Results results;
  results.estimates = {rate_of("theory:kramers", std::log(1.1e-3)), rate_of("quasi_stationary", std::log(1e-3)),
                       rate_of("flux", std::log(1.01e-3)), rate_of("theory:sgd", std::log(5e-3))};
  results.estimates[1].recommended = true;
  const auto table = lines_of(estimates_table(results));
  REQUIRE(table.size() == 7);
  CHECK(table[1] == "left -> right");
  CHECK(shows(table[2], "+10.000 %"));
  CHECK(table[3].starts_with("  quasi_stationary *  "));
  CHECK_FALSE(shows(table[3], "%"));
  CHECK(shows(table[4], "+1.000 %"));
  CHECK(shows(table[5], "x 5"));
  CHECK(shows(table[6], "against it"));
}

TEST_CASE("another escape has its own reference") {
  Results results;
  results.estimates = {rate_of("quasi_stationary", -3.0), rate_of("quasi_stationary", -7.0)};
  results.estimates[0].recommended = true;
  results.estimates[1].to = "first_exit";
  const auto table = lines_of(estimates_table(results));
  CHECK(table[3] == "left -> first_exit");
  CHECK_FALSE(shows(table[4], "x "));
}

TEST_CASE("a zero rate prints as 0 with its note, a rate that underflows by its logarithm, a missing one as a dash") {
  Results results;
  results.estimates = {{"a", "b", "quasi_stationary", 0.0, {}, {}, {}, {}, {}, "no noise"},
                       {"b", "c", "quasi_stationary", 0.0, {}, -1234.5, {}, {}, {}, ""},
                       {"c", "d", "theory:kramers", {}, {}, {}, {}, {}, {}, "no saddle"}};
  const std::string text = estimates_table(results);
  const auto table = lines_of(text);
  CHECK(shows(table[2], "  0 "));
  CHECK(shows(table[2], "[1]"));
  CHECK(shows(table[4], "e^-1234.5"));
  CHECK(shows(table[6], " - "));
  CHECK(shows(text, "[1] no noise\n"));
  CHECK(shows(text, "[2] no saddle\n"));
}

TEST_CASE("a rate is shown to so many digits, by its logarithm where it underflows") {
  CHECK(shown_rate(rate_of("flux", std::log(0.012345678)), 3) == "0.0123");
  CHECK(shown_rate({"a", "b", "flux", 0.0, {}, -1234.5678, {}, {}, {}, ""}, 7) == "e^-1234.57");
  CHECK(shown_rate({"a", "b", "flux", 0.0, {}, -1234.5678, {}, {}, {}, ""}, 5) == "e^-1234.6");
  CHECK(shown_rate({"a", "b", "flux", 0.0, {}, {}, {}, {}, {}, ""}, 7) == "0");
  CHECK(shown_rate({}, 7) == "-");
  CHECK(shown_rate({"a", "b", "sgd", {}, {}, {}, 0.0, 0.0123456, {}, ""}, 7) == "< 0.0123");
}

TEST_CASE("a note shared by several estimates is printed once") {
  Results results;
  results.estimates = {rate_of("quasi_stationary", -3.0, "coarse"), rate_of("flux", -3.0, "coarse")};
  const std::string text = estimates_table(results);
  CHECK(text.find("coarse") == text.rfind("coarse"));
}

TEST_CASE("no distance between rates overflows") {
  Results results;
  results.estimates = {rate_of("quasi_stationary", -2.0),
                       {"left", "right", "theory:kramers", 0.0, {}, -2002.0, {}, {}, {}, ""}};
  results.estimates[0].recommended = true;
  CHECK(shows(estimates_table(results), "x e^-2000"));
  std::swap(results.estimates[0], results.estimates[1]);
  results.estimates[0].method = "quasi_stationary";
  results.estimates[1].method = "theory:kramers";
  std::swap(results.estimates[0].recommended, results.estimates[1].recommended);
  const std::string text = estimates_table(results);
  CHECK(shows(text, "x e^2000"));
  CHECK_FALSE(shows(text, "inf"));
}

TEST_CASE("the shares of an escape to any valley are told once") {
  Results results;
  results.estimates = {rate_of("quasi_stationary", -3.0), rate_of("mean_first_passage", -3.0)};
  for (Estimate& one : results.estimates) {
    one.to = "any";
    one.shares = {{"near", 0.75, 0.74, 0.76}, {"far", 0.25, {}, {}}};
  }
  results.estimates[0].recommended = true;
  const std::string text = recommended_table(results);
  CHECK(shows(text, "left -> any ends in: near 0.75 +- 0.01, far 0.25\n"));
  CHECK(text.find("ends in") == text.rfind("ends in"));
}

TEST_CASE("a result without rates says why") {
  CHECK(why_no_rates(std::vector<std::string>{}) == "no rates: there is no valley to escape from");
  CHECK(shows(why_no_rates(std::vector<std::string>{"left"}), "left is the only valley"));
  CHECK(why_no_rates(std::vector<std::string>{"left", "right"}) == "no rates: no escape is asked for");
}
