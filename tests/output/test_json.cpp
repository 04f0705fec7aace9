#include "output/json.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

using namespace valleyflux;

namespace {

Results sample() {
  Results results;
  results.title = "Two \"valleys\" in Zürich";
  results.output = "case.h5";
  results.dimension = 2;
  results.cells = {40, 30};
  results.valleys = {{"left", {-1.0, 0.1}, -0.25, 0.5}, {"flat", {}, {}, {}}};
  results.evolution = EvolutionResult{"tr_bdf2", 210, 3, 7, 2e-16, 0.0, 1e-15, 1e-9};
  results.estimates = {{"left", "right", "quasi_stationary", 1.2e-3, 833.3, -6.7, 1.19e-3, 1.21e-3, 2.0, ""},
                       {"left", "first_exit", "theory:kramers", 0.0, {}, {}, {}, {}, {}, "no noise, no escape"}};
  results.spectrum = {0.0, -0.1 - 0.2};
  NetworkResult network;
  network.valleys = {"left", "right"};
  network.rate = network.low = network.high = (Eigen::MatrixXd(2, 2) << 0.0, 2e-3, 4e-4, 0.0).finished();
  network.time = Eigen::MatrixXd::Constant(2, 2, std::numeric_limits<double>::quiet_NaN());
  network.spectrum = {0.0, {-0.5, 0.25}};
  results.network = network;
  results.warnings = {"coarse"};
  return results;
}

/// Whether these keys are among those of an object, one after the other.
bool holds_in_order(const nlohmann::ordered_json& object, const std::vector<std::string>& keys) {
  auto key = keys.begin();
  for (const auto& [name, value] : object.items())
    if (key != keys.end() && name == *key) ++key;
  return key == keys.end();
}

}  // namespace

TEST_CASE("the JSON text holds every key, numbers to the last bit and null for what is missing") {
  const auto json = nlohmann::json::parse(to_json(sample()));
  CHECK(json["title"] == "Two \"valleys\" in Zürich");
  CHECK(json["output"] == "case.h5");
  CHECK(json["grid"]["dimension"] == 2);
  CHECK(json["grid"]["cells"] == std::vector<int>{40, 30});
  CHECK(json["valleys"][0]["minimum"] == std::vector<double>{-1.0, 0.1});
  CHECK(json["valleys"][0]["height"] == -0.25);
  CHECK(json["valleys"][1]["stationary_probability"].is_null());
  CHECK(json["evolution"]["mass_error"] == 2e-16);
  CHECK(json["evolution"]["density_min"] == 0.0);
  CHECK(json["evolution"]["steps"] == 210);
  const auto& known = json["estimates"][0];
  for (const char* key : {"from", "to", "method", "rate", "time", "log_rate", "low", "high", "note"})
    CHECK(known.contains(key));
  CHECK(known["rate"] == 1.2e-3);
  CHECK(json["estimates"][1]["rate"] == 0.0);
  CHECK(json["estimates"][1]["log_rate"].is_null());
  CHECK(json["estimates"][1]["note"] == "no noise, no escape");
  CHECK(json["spectrum"][1].get<double>() == -0.1 - 0.2);
  CHECK(json["spectrum_imaginary"][1] == 0.0);
  CHECK(json["network"]["rate"][0][1] == 2e-3);  // from row to column
  CHECK(json["network"]["rate"][1][0] == 4e-4);
  CHECK(json["network"]["time"][0][1].is_null());
  CHECK(json["network"]["spectrum"] == std::vector<double>{0.0, -0.5});
  CHECK(json["network"]["spectrum_imaginary"] == std::vector<double>{0.0, 0.25});
  CHECK(json["warnings"] == std::vector<std::string>{"coarse"});
  CHECK(json["linear_solver"].is_null());
}

TEST_CASE("the JSON text tells what the multilevel solver has done") {
  Results results = sample();
  results.linear_solver = {"multilevel", 12, 19, 3e-13, 1};
  const auto json = nlohmann::json::parse(to_json(results))["linear_solver"];
  CHECK(json["engine"] == "multilevel");
  CHECK(json["solves"] == 12);
  CHECK(json["cycles"] == 19);
  CHECK(json["check"] == 3e-13);
  CHECK(json["fall_backs"] == 1);
}

TEST_CASE("the keys that scripts rely on are there in their order") {
  const auto json = nlohmann::ordered_json::parse(to_json(sample()));
  CHECK(holds_in_order(json, {"title", "output", "units", "grid", "valleys", "evolution", "histogram", "estimates",
                              "accuracy", "spectrum", "spectrum_imaginary", "spectrum_error", "spectrum_bound",
                              "network", "paths", "loss", "warnings"}));
  CHECK(
      holds_in_order(json["evolution"], {"stepper", "steps", "rejected", "factorisations", "mass_error", "density_min",
                                         "balance_error", "error_estimate", "positive_frames", "wall_outflow"}));
  CHECK(holds_in_order(json["estimates"][0], {"from",
                                              "to",
                                              "method",
                                              "recommended",
                                              "rate",
                                              "time",
                                              "log_rate",
                                              "low",
                                              "high",
                                              "transition_time",
                                              "transition_time_low",
                                              "transition_time_high",
                                              "shares",
                                              "escapes",
                                              "log_rate_error",
                                              "exponential",
                                              "step_bias",
                                              "step_bias_error",
                                              "data_error",
                                              "observed_order",
                                              "share_in_valley",
                                              "lost_at_walls",
                                              "lost_at_walls_low",
                                              "lost_at_walls_high",
                                              "blocked_at",
                                              "note"}));
}

TEST_CASE("facts about an estimate are fields, null where they are not known") {
  Results results = sample();
  results.estimates[1].blocked_at = {0.5, -0.25};
  results.estimates[1].step_bias = -0.01;
  results.estimates[1].escapes = 3;
  results.estimates[1].shares = {{"right", 0.75, 0.5, {}}};
  results.evolution->walls = {{"x.min", 0.125}};
  results.loss = LossResult{60, Eigen::Vector3d(1.0, 2.0, 3.0), Eigen::Vector3d(0.0, 3.0, 4.0), 0.25, {}};
  const auto json = nlohmann::json::parse(to_json(results));
  const auto& estimate = json["estimates"][1];
  CHECK(estimate["blocked_at"] == std::vector<double>{0.5, -0.25});
  CHECK(estimate["step_bias"] == -0.01);
  CHECK(estimate["step_bias_error"].is_null());
  CHECK(estimate["data_error"].is_null());
  CHECK(estimate["exponential"] == true);
  CHECK(estimate["shares"][0] ==
        nlohmann::json{{"to", "right"}, {"probability", 0.75}, {"low", 0.5}, {"high", nullptr}});
  CHECK(json["estimates"][0]["blocked_at"].is_null());
  CHECK(json["estimates"][0]["exponential"].is_null());
  CHECK(json["evolution"]["wall_outflow"]["x.min"] == 0.125);
  CHECK(json["loss"] ==
        nlohmann::json{
            {"parameters", 3}, {"samples", 60}, {"value", 0.25}, {"gradient_norm", 5.0}, {"covariance", nullptr}});
}

TEST_CASE("results of nothing are valid JSON with empty arrays and no evolution") {
  const auto json = nlohmann::json::parse(to_json(Results{}));
  CHECK(json["evolution"].is_null());
  for (const char* key : {"valleys", "estimates", "spectrum", "warnings"}) {
    CAPTURE(key);
    CHECK(json[key].is_array());
    CHECK(json[key].empty());
  }
}

TEST_CASE("a number that is not finite never reaches the JSON text") {
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Results results = sample();
    results.estimates[0].rate = bad;
    CHECK_THROWS_AS(to_json(results), std::logic_error);
    results = sample();
    results.valleys[0].minimum[1] = bad;
    CHECK_THROWS_AS(to_json(results), std::logic_error);
    results = sample();
    results.evolution->mass_error = bad;
    CHECK_THROWS_AS(to_json(results), std::logic_error);
    results = sample();
    results.spectrum[0] = -bad;
    CHECK_THROWS_AS(to_json(results), std::logic_error);
  }
}

TEST_CASE("a file name that is no UTF-8 still gives valid JSON") {
  Results results = sample();
  results.output = "caf\xe9.h5";
  CHECK(nlohmann::json::parse(to_json(results))["output"] == "caf\xef\xbf\xbd.h5");
}
