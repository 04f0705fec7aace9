#include "output/table.hpp"

#include "output/terminal_text.hpp"

#include "tests/output/shown_text.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace valleyflux;

TEST_CASE("valleys show what is known of them") {
  Results results;
  results.valleys = {{"left", {-1.0, 0.5}, -0.25, 0.75}, {"flat", {}, {}, {}}};
  const auto table = lines_of(valleys_table(results));
  REQUIRE(table.size() == 3);
  CHECK(shows(table[1], "(-1.000000, 0.500000)"));
  CHECK(shows(table[1], "-0.25"));
  CHECK(shows(table[1], "0.75"));
  CHECK(shows(table[2], "flat"));
}

TEST_CASE("eigenvalues show their errors") {
  Results results;
  results.spectrum = {0.0, -0.125, {-1.0, 2.0}};
  results.spectrum_error = {0.0, 1e-4, std::nan("")};
  CHECK(spectrum_line(results) == "leading spectrum: 0, -0.125 +- 0.0001, -1+2i\n");
  results.spectrum_bound = {0.0, 0.125e-12, 4e-11 * std::sqrt(5.0)};
  CHECK(spectrum_line(results) ==
        "leading spectrum: 0, -0.125 +- 0.0001, -1+2i\n  those of its grid within 4e-11 of each\n");
}

TEST_CASE("a network says its units and what its rules are") {
  NetworkResult network;
  network.valleys = {"left", "right"};
  network.rate = network.low = network.high = network.time = network.rule_1_rate = network.rule_2_time =
      Eigen::MatrixXd::Constant(2, 2, 0.5);
  network.probability = network.escape_time_probability = Eigen::VectorXd::Constant(2, 0.5);
  network.spectrum = {0.0, -1.0};
  Units units;
  units.time = "ns";
  const std::string text = network_table(network, units);
  CHECK(shows(text, "rate (1/ns)"));
  CHECK(shows(text, "mean time (ns)"));
  CHECK(shows(text, "\nmodes of the network (1/ns): 0, -1\n"));
  for (const std::string term : {"\nRule 1: ", "Rule 2: ", "Corollary 3.2.2: "}) CHECK_MESSAGE(shows(text, term), term);
  CHECK(shows(network_table(network, {}), "\nmodes of the network: 0, -1\n"));
}

TEST_CASE("the accuracy is told with the grid where it was chosen") {
  const std::string given = accuracy_line({1e-3, 2.5e-4, {40, 20}, {{0.0, 1.0}, {0.0, 2.0}}, {}});
  CHECK(shows(given, "wanted 1.0e-03, reached 2.5e-04"));
  CHECK_FALSE(shows(given, "chosen"));
  CHECK(shows(accuracy_line({1e-3, {}, {40, 20}, {}, "x from 0 to 1"}), "\ngrid chosen: x from 0 to 1\n"));
}

TEST_CASE("what is shown of results begins with the recommended rates and keeps to 80 columns") {
  Results results;
  results.title = "a case with a title that goes on and on, longer than any terminal is wide, as titles of papers are";
  const std::string long_name = "the_valley_of_a_name_that_nobody_would_type_twice_in_a_life_of_work";
  results.valleys = {{long_name, {-1.0, 0.5}, -0.25, 0.75}, {"right", {1.0, 0.5}, -0.25, 0.25}};
  Estimate rate;
  rate.from = long_name;
  rate.to = "right";
  rate.method = "theory:two_temperature";
  rate.rate = 1e-300;
  rate.log_rate = std::log(1e-300);
  rate.low = 0.9e-300;
  rate.high = 1.1e-300;
  rate.time = 1e300;
  rate.recommended = true;
  rate.data_error = 0.04;
  rate.note =
      "a note that is as long as notes are where much is to be said of what was done and what was not done at all";
  results.estimates = {rate};
  results.evolution.emplace();
  results.evolution->stepper = "tr_bdf2";
  results.spectrum = {0.0, -0.125, {-1.0, 2.0}};
  results.spectrum_error = {0.0, 1e-4, std::nan("")};
  const std::string text = results_text(results);
  for (const std::string& line : lines_of(text)) CHECK_MESSAGE(text_width(line) <= 80, line);
  CHECK(text.find("escape ") < text.find("valley "));
  CHECK(text.find("closed form for one temperature") < text.find("all methods"));
  CHECK(shows(text, "those of the table: up to 4.0e-02"));
}
