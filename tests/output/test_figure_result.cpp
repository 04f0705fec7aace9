#include "output/figure_result.hpp"

#include "output/figure_data.hpp"
#include "output/figure_page.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <string>

using namespace valleyflux;

namespace {

Estimate estimate(const std::string& method, double log_rate, double error = 0.1, bool exponential = true) {
  Estimate result;
  result.method = method;
  result.log_rate = log_rate;
  result.rate = std::exp(log_rate);
  result.low = *result.rate * 0.8;
  result.high = *result.rate * 1.2;
  if (method == "sgd") {
    result.log_rate_error = error;
    result.escapes = 100;
    result.exponential = exponential;
  }
  return result;
}

/// Rates log_rate(value) at values 1 ... 6, by SGD and by the solver.
template <typename Function>
PanelResult panel(const Function& log_rate) {
  PanelResult result;
  result.panel.name = "a \"panel\"";
  result.panel.case_name = "case";
  result.panel.vary = "loss.k=1:6:6";
  result.key = "loss.k";
  for (int value = 1; value <= 6; ++value) {
    result.points.push_back({double(value), estimate("sgd", log_rate(value))});
    result.points.push_back({double(value), estimate("quasi_stationary", log_rate(value) + 1.0)});
  }
  return result;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a claim is judged in the coordinates in which it is a straight line") {
  PanelResult exponential = panel([](double k) { return -1.0 - 3.0 / k; });
  judge_panel(Claim::log_rate_inverse, exponential);
  CHECK(exponential.verdict == "holds");
  CHECK(relative_error(exponential.relation->slope, 3.0) < 1e-12);
  REQUIRE(exponential.others.size() == 1);
  CHECK(exponential.others[0].method == "quasi_stationary");
  CHECK(relative_error(exponential.others[0].fit.slope, 3.0) < 1e-12);

  PanelResult proportional = panel([](double k) { return -2.0 + std::log(k); });
  judge_panel(Claim::rate_value, proportional);
  CHECK(proportional.verdict == "holds");
  CHECK(relative_error(proportional.relation->slope, 1.0) < 1e-12);
  PanelResult square = panel([](double k) { return -2.0 + 2.0 * std::log(k); });
  judge_panel(Claim::rate_value, square);
  CHECK(square.verdict == "rises, but not in proportion");

  PanelResult power = panel([](double k) { return -1.0 + 2.0 * std::log(k); });
  judge_panel(Claim::log_rate_inverse, power);
  CHECK(holds(power.verdict, "right sign, but no straight line: rate ~ value^p comes nearer, p = 2 ["));
  PanelResult falls = panel([](double k) { return -1.0 - k; });
  judge_panel(Claim::log_rate_inverse, falls);
  CHECK(falls.verdict == "wrong sign");
}

TEST_CASE("a verdict tells of values without an escape and of times that are not exponential") {
  PanelResult some = panel([](double k) { return -1.0 - 3.0 / k; });
  some.points[0].estimate = Estimate{};
  some.points[0].estimate.method = "sgd";
  some.points[2].estimate.exponential = false;
  judge_panel(Claim::log_rate_inverse, some);
  CHECK(some.verdict == "holds; no escape seen at 1 of 6 values; times not exponential at 1 of 5 values");
  some.points.resize(4);
  judge_panel(Claim::log_rate_inverse, some);
  CHECK(some.verdict == "undecided: fewer than three rates are known");
}

TEST_CASE("covariances are judged by the interval of their correlation") {
  PanelResult result;
  result.covariance.emplace();
  const auto verdict = [&](double low, double high) {
    result.covariance->correlation = {0.5 * (low + high), low, high};
    judge_panel(Claim::covariance_hessian, result);
    return result.verdict;
  };
  CHECK(verdict(0.95, 0.99) == "holds");
  CHECK(verdict(0.85, 0.99) == "undecided");
  CHECK(verdict(0.2, 0.8) == "does not hold");
}

TEST_CASE("what is written of a figure holds every rate, and tables keep their columns") {
  Figure figure{"fig", "A figure", Claim::log_rate_inverse, "all", {}};
  PanelResult result = panel([](double k) { return -1.0 - 3.0 / k; });
  result.points[0].estimate.note = "a \"note\", with a comma";
  result.stated = "sgd a | b";
  result.panel.stated = {"diffusion.eta=1"};
  result.panel.set = {"diffusion.eta=2", "escape.0.methods=[\"sgd\"]"};
  judge_panel(figure.claim, result);
  const std::string csv = figure_csv(figure, {result});
  CHECK(holds(csv, "\"a \"\"panel\"\"\",loss.k,1,sgd,"));
  CHECK(holds(csv, "\"a \"\"note\"\", with a comma\"\n"));
  const auto json = nlohmann::json::parse(figure_json(figure, {result}));
  const auto& points = json.at("panels").at(0).at("points");
  REQUIRE(points.size() == 12);
  CHECK(points[4]["x"] == 1.0 / 3.0);
  CHECK(relative_error(points[4]["y"].get<double>(), 2.0) < 1e-12);
  CHECK(relative_error(json["panels"][0]["relation"]["slope"].get<double>(), 3.0) < 1e-12);
  const std::string rows = page_rows(figure, {result});
  CHECK(std::count(rows.begin(), rows.end(), '\n') == 1);
  const std::string head = page_head();
  CHECK(2 * std::count(rows.begin(), rows.end(), '|') == std::count(head.begin(), head.end(), '|'));
  CHECK_FALSE(holds(rows, "escape.0"));
  CHECK(holds(page_notes(figure, {result}), "As stated (`diffusion.eta=1`): sgd a | b."));
}
