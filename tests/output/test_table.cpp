#include "output/table.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

using namespace valleyflux;

namespace {

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) found.push_back(line);
  return found;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Estimate estimate(const std::string& method, double log_rate, const std::string& note = "") {
  const double rate = std::exp(log_rate);
  return {"left", "right", method, rate, 1.0 / rate, log_rate, 0.99 * rate, 1.01 * rate, {}, note};
}

}  // namespace

TEST_CASE("columns are aligned: text to the left, numbers to the right, by characters and not by bytes") {
  const auto table = lines(aligned({{"name", "rate"}, {"größer", "1.5"}, {"a", "12.25"}}));
  REQUIRE(table.size() == 3);
  CHECK(table[0] == "name     rate");
  CHECK(table[1] == "größer    1.5");
  CHECK(table[2] == "a       12.25");
}

TEST_CASE("valleys show what is known of them") {
  Results results;
  results.valleys = {{"left", {-1.0, 0.5}, -0.25, 0.75}, {"flat", {}, {}, {}}};
  const auto table = lines(valleys_table(results));
  REQUIRE(table.size() == 3);
  CHECK(holds(table[1], "(-1.000000, 0.500000)"));
  CHECK(holds(table[1], "-0.25"));
  CHECK(holds(table[1], "0.75"));
  CHECK(holds(table[2], "flat"));
}

TEST_CASE("rates are compared with the first numerical one of the same escape") {
  Results results;
  results.estimates = {estimate("theory:kramers", std::log(1.1e-3)), estimate("quasi_stationary", std::log(1e-3)),
                       estimate("flux", std::log(1.01e-3)), estimate("theory:sgd", std::log(5e-3))};
  const auto table = lines(estimates_table(results));
  REQUIRE(table.size() == 5);
  CHECK(holds(table[1], "left -> right"));
  CHECK(holds(table[1], "+10.000 %"));
  CHECK(holds(table[2], "0.001"));
  CHECK_FALSE(holds(table[2], "%"));
  CHECK(holds(table[3], "+1.000 %"));
  CHECK(holds(table[4], "x 5"));
}

TEST_CASE("another escape has its own reference") {
  Results results;
  results.estimates = {estimate("quasi_stationary", -3.0), estimate("quasi_stationary", -7.0)};
  results.estimates[1].to = "first_exit";
  const auto table = lines(estimates_table(results));
  CHECK(holds(table[2], "left -> first_exit"));
  CHECK_FALSE(holds(table[2], "x "));
}

TEST_CASE("a zero rate prints as 0 with its note, a rate that underflows by its logarithm, a missing one as a dash") {
  Results results;
  results.estimates = {{"a", "b", "quasi_stationary", 0.0, {}, {}, {}, {}, {}, "no noise"},
                       {"b", "c", "quasi_stationary", 0.0, {}, -1234.5, {}, {}, {}, ""},
                       {"c", "d", "theory:kramers", {}, {}, {}, {}, {}, {}, "no saddle"}};
  const std::string text = estimates_table(results);
  const auto table = lines(text);
  CHECK(holds(table[1], "  0 "));
  CHECK(holds(table[1], "[1]"));
  CHECK(holds(table[2], "e^-1234.5"));
  CHECK(holds(table[3], " - "));
  CHECK(holds(text, "[1] no noise\n"));
  CHECK(holds(text, "[2] no saddle\n"));
}

TEST_CASE("a note shared by several estimates is printed once") {
  Results results;
  results.estimates = {estimate("quasi_stationary", -3.0, "coarse"), estimate("flux", -3.0, "coarse")};
  const std::string text = estimates_table(results);
  CHECK(text.find("coarse") == text.rfind("coarse"));
}

TEST_CASE("no distance between rates overflows") {
  Results results;
  results.estimates = {estimate("quasi_stationary", -2.0),
                       {"left", "right", "theory:kramers", 0.0, {}, -2002.0, {}, {}, {}, ""}};
  CHECK(holds(estimates_table(results), "x e^-2000"));
  std::swap(results.estimates[0], results.estimates[1]);
  results.estimates[0].method = "quasi_stationary";
  results.estimates[1].method = "theory:kramers";
  const std::string text = estimates_table(results);
  CHECK(holds(text, "x e^2000"));
  CHECK_FALSE(holds(text, "inf"));
}
