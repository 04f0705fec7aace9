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

bool shows(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Estimate row(const std::string& method, double log_rate, const std::string& note = "") {
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
  CHECK(shows(table[1], "(-1.000000, 0.500000)"));
  CHECK(shows(table[1], "-0.25"));
  CHECK(shows(table[1], "0.75"));
  CHECK(shows(table[2], "flat"));
}

TEST_CASE("rates are compared with the recommended one of the same escape, which is marked") {
  Results results;
  results.estimates = {row("theory:kramers", std::log(1.1e-3)), row("quasi_stationary", std::log(1e-3)),
                       row("flux", std::log(1.01e-3)), row("theory:sgd", std::log(5e-3))};
  results.estimates[1].recommended = true;
  const auto table = lines(estimates_table(results));
  REQUIRE(table.size() == 6);
  CHECK(shows(table[2], "quasi_stationary *"));
  CHECK(shows(table[5], "against it"));
  CHECK(shows(table[1], "left -> right"));
  CHECK(shows(table[1], "+10.000 %"));
  CHECK(shows(table[2], "0.001"));
  CHECK_FALSE(shows(table[2], "%"));
  CHECK(shows(table[3], "+1.000 %"));
  CHECK(shows(table[4], "x 5"));
}

TEST_CASE("another escape has its own reference") {
  Results results;
  results.estimates = {row("quasi_stationary", -3.0), row("quasi_stationary", -7.0)};
  results.estimates[1].to = "first_exit";
  const auto table = lines(estimates_table(results));
  CHECK(shows(table[2], "left -> first_exit"));
  CHECK_FALSE(shows(table[2], "x "));
}

TEST_CASE("a zero rate prints as 0 with its note, a rate that underflows by its logarithm, a missing one as a dash") {
  Results results;
  results.estimates = {{"a", "b", "quasi_stationary", 0.0, {}, {}, {}, {}, {}, "no noise"},
                       {"b", "c", "quasi_stationary", 0.0, {}, -1234.5, {}, {}, {}, ""},
                       {"c", "d", "theory:kramers", {}, {}, {}, {}, {}, {}, "no saddle"}};
  const std::string text = estimates_table(results);
  const auto table = lines(text);
  CHECK(shows(table[1], "  0 "));
  CHECK(shows(table[1], "[1]"));
  CHECK(shows(table[2], "e^-1234.5"));
  CHECK(shows(table[3], " - "));
  CHECK(shows(text, "[1] no noise\n"));
  CHECK(shows(text, "[2] no saddle\n"));
}

TEST_CASE("a rate is shown to so many digits, by its logarithm where it underflows") {
  CHECK(shown_rate(row("flux", std::log(0.012345678)), 3) == "0.0123");
  CHECK(shown_rate({"a", "b", "flux", 0.0, {}, -1234.5678, {}, {}, {}, ""}, 7) == "e^-1234.57");
  CHECK(shown_rate({"a", "b", "flux", 0.0, {}, -1234.5678, {}, {}, {}, ""}, 5) == "e^-1234.6");
  CHECK(shown_rate({"a", "b", "flux", 0.0, {}, {}, {}, {}, {}, ""}, 7) == "0");
  CHECK(shown_rate({}, 7) == "-");
}

TEST_CASE("a note shared by several estimates is printed once") {
  Results results;
  results.estimates = {row("quasi_stationary", -3.0, "coarse"), row("flux", -3.0, "coarse")};
  const std::string text = estimates_table(results);
  CHECK(text.find("coarse") == text.rfind("coarse"));
}

TEST_CASE("no distance between rates overflows") {
  Results results;
  results.estimates = {row("quasi_stationary", -2.0),
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

TEST_CASE("the shares of an escape to any valley are told once, and so is the accuracy") {
  Results results;
  results.estimates = {row("quasi_stationary", -3.0), row("mean_first_passage", -3.0)};
  for (Estimate& one : results.estimates) {
    one.to = "any";
    one.shares = {{"near", 0.75, 0.74, 0.76}, {"far", 0.25, {}, {}}};
  }
  const std::string text = estimates_table(results);
  CHECK(shows(text, "left -> any ends in: near 0.75 +- 0.01, far 0.25\n"));
  CHECK(text.find("ends in") == text.rfind("ends in"));
  const std::string given = accuracy_line({1e-3, 2.5e-4, {40, 20}, {{0.0, 1.0}, {0.0, 2.0}}, {}});
  CHECK(shows(given, "wanted 1.0e-03, reached 2.5e-04"));
  CHECK_FALSE(shows(given, "chosen"));
  CHECK(shows(accuracy_line({1e-3, {}, {40, 20}, {}, "x from 0 to 1"}), "\ngrid chosen: x from 0 to 1\n"));
}

TEST_CASE("eigenvalues show their errors") {
  Results results;
  results.spectrum = {0.0, -0.125, {-1.0, 2.0}};
  results.spectrum_error = {0.0, 1e-4, std::nan("")};
  CHECK(spectrum_line(results) == "leading spectrum: 0, -0.125 +- 0.0001, -1+2i\n");
}

TEST_CASE("nothing is shown as minus zero") {
  CHECK(unsigned_zero("-0") == "0");
  CHECK(unsigned_zero("-0.000000") == "0.000000");
  CHECK(unsigned_zero("-0.100000") == "-0.100000");
  CHECK(unsigned_zero("-1e-05") == "-1e-05");
  CHECK(unsigned_zero("0") == "0");
}
