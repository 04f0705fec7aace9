#include "output/figure_result.hpp"

#include "output/figure_data.hpp"
#include "output/figure_page.hpp"
#include "output/json.hpp"

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
  CHECK(relative_error(exponential.relations.front().second.slope, 3.0) < 1e-12);
  REQUIRE(exponential.others.size() == 1);
  CHECK(exponential.others[0].method == "quasi_stationary");
  CHECK(relative_error(exponential.others[0].fit.slope, 3.0) < 1e-12);

  PanelResult proportional = panel([](double k) { return -2.0 + std::log(k); });
  judge_panel(Claim::rate_value, proportional);
  CHECK(proportional.verdict == "holds");
  CHECK(relative_error(proportional.relations.front().second.slope, 1.0) < 1e-12);
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
  CHECK(some.verdict ==
        "undecided: fewer than three rates are known; no escape seen at 1 of 2 values; "
        "times not exponential at 1 of 1 values");
}

TEST_CASE("covariances are judged by the interval of their correlation") {
  PanelResult result;
  result.covariances.resize(1);
  const auto verdict = [&](double low, double high) {
    result.covariances[0].correlation = {0.5 * (low + high), low, high};
    judge_panel(Claim::covariance_hessian, result);
    return result.verdict;
  };
  CHECK(verdict(0.95, 0.99) == "holds");
  CHECK(verdict(0.85, 0.99) == "undecided");
  CHECK(verdict(0.2, 0.8) == "does not hold");
}

TEST_CASE("slopes of several seeds are pooled, and the verdict is that of the pooled interval") {
  // Slopes 2, 3, 4: each line perfect, errors of a slope far below what lies between them.
  PanelResult several;
  for (int seed = 1; seed <= 3; ++seed)
    for (int value = 1; value <= 6; ++value)
      several.points.push_back({double(value), estimate("sgd", -1.0 - (1.0 + seed) / value, 0.01), seed});
  judge_panel(Claim::log_rate_inverse, several);
  REQUIRE(several.relations.size() == 3);
  CHECK(relative_error(several.relations.front().second.slope, 2.0) < 1e-12);
  REQUIRE(several.pooled);
  CHECK(relative_error(several.pooled->value, 3.0) < 1e-12);
  // Variance 1 between them: Student's 4.3027 for two degrees of freedom, over sqrt(3).
  CHECK(relative_error(several.pooled->high - 3.0, 4.302652729749464 / std::sqrt(3.0)) < 1e-9);
  CHECK(several.verdict == "holds; holds alone for 3 of 3 seeds");
  // One seed against the others: none of the lines is in doubt, the mean over data sets is.
  for (FigurePoint& point : several.points)
    if (point.seed == 3) point.estimate = estimate("sgd", -1.0 + 4.0 / point.value, 0.01);
  judge_panel(Claim::log_rate_inverse, several);
  CHECK(several.verdict == "undecided; holds alone for 2 of 3 seeds");
}

TEST_CASE("seeds that change nothing are no data sets of their own") {
  PanelResult same;
  for (int seed = 1; seed <= 4; ++seed)
    for (int value = 1; value <= 6; ++value)
      same.points.push_back({double(value), estimate("sgd", -1.0 - (seed == 4 ? 4.0 : 3.0) / value, 0.01), seed});
  judge_panel(Claim::log_rate_inverse, same);
  CHECK(same.relations.size() == 2);
  CHECK(same.pooled->count == 2);
  CHECK(same.verdict == "undecided; holds alone for 2 of 2 seeds; 2 of 4 seeds repeat others and are not counted");
  PanelResult alike;
  alike.covariances.resize(3);
  for (HessianComparison& one : alike.covariances) one.correlation = {0.95, 0.94, 0.96};
  judge_panel(Claim::covariance_hessian, alike);
  CHECK_FALSE(alike.pooled_correlation);
  CHECK(alike.verdict == "holds; 2 of 3 seeds repeat others and are not counted");
}

TEST_CASE("numbers at the end of their range are judged and written all the same") {
  // Values that are not positive know no power law, rates of closed forms may be wrong by more than numbers hold.
  PanelResult result;
  for (int value = -2; value <= 3; ++value) {
    result.points.push_back({double(value), estimate("sgd", -1.0 - std::exp(value))});
    result.points.push_back({double(value), estimate("theory:sgd", -2000.0 + 300.0 * value)});
  }
  judge_panel(Claim::log_rate_value, result);
  CHECK(result.verdict == "right sign, but no straight line");
  REQUIRE(result.others.size() == 1);
  CHECK_FALSE(result.others[0].ratio_low);
  Figure figure;
  figure.claim = Claim::log_rate_value;
  CHECK(holds(figure_json(figure, {result}), "\"sgd_over_method\""));
  PanelResult perfect;
  perfect.covariances.resize(2);
  for (HessianComparison& one : perfect.covariances) {
    one.correlation = {1.0, 0.999, 1.0};
    one.factor = {1.0, 0.9, 1.1};
    one.covariance = Eigen::VectorXd::Constant(1, double(&one - perfect.covariances.data()));
  }
  judge_panel(Claim::covariance_hessian, perfect);
  REQUIRE(perfect.pooled_correlation);
  CHECK(perfect.pooled_correlation->value > 0.999999);
  CHECK(perfect.pooled_correlation->high <= 1.0);
}

TEST_CASE("the rates of SGD are set beside those of other methods") {
  PanelResult result = panel([](double k) { return -1.0 - 3.0 / k; });
  for (FigurePoint& point : result.points)
    if (point.estimate.method != "sgd" && point.value == 2.0) *point.estimate.log_rate += std::log(3.0);
  judge_panel(Claim::log_rate_inverse, result);
  REQUIRE(result.others.size() == 1);
  CHECK(relative_error(*result.others[0].ratio_high, std::exp(-1.0)) < 1e-12);
  CHECK(relative_error(*result.others[0].ratio_low, std::exp(-1.0) / 3.0) < 1e-12);
  CHECK(holds(panel_table(Claim::log_rate_inverse, result), "; SGD's rate is 0.123 to 0.368 times it"));
}

TEST_CASE("what is written of a figure holds every rate, and tables keep their columns") {
  Figure figure;
  figure.name = "fig";
  figure.title = "A figure";
  figure.claim = Claim::log_rate_inverse;
  figure.settings = {{"rate", "1", "diffusion.eta", "because | of"}, {"box", "2", "box.width", ""}};
  PanelResult result = panel([](double k) { return -1.0 - 3.0 / k; });
  result.points[0].estimate.note = "a \"note\", with a comma";
  result.panel.set = {"diffusion.eta=2", "escape.0.methods=[\"sgd\"]"};
  result.used = {{"diffusion.eta", "2"}, {"box.width", "3"}};
  PanelResult other = result;
  other.panel.name = "other";
  other.panel.ours = true;
  other.used["box.width"] = "4";
  judge_panel(figure.claim, result);
  judge_panel(figure.claim, other);
  const std::string csv = figure_csv(figure, {result, other});
  CHECK(holds(csv, "\"a \"\"panel\"\"\",0,loss.k,1,1,\"\",\"\",sgd,"));
  CHECK(holds(csv, "\"a \"\"note\"\", with a comma\"\n"));
  CHECK(holds(csv, "\"other\",1,loss.k,1,1,"));
  const auto json = nlohmann::json::parse(figure_json(figure, {result, other}));
  const auto& points = json.at("panels").at(0).at("points");
  REQUIRE(points.size() == 12);
  CHECK(points[4]["x"] == 1.0 / 3.0);
  CHECK(points[4]["log_rate_error"] == 0.1);
  CHECK(points[5]["log_rate_error"].is_null());
  CHECK(relative_error(points[4]["y"].get<double>(), 2.0) < 1e-12);
  CHECK(relative_error(json["panels"][0]["relation"]["slope"].get<double>(), 3.0) < 1e-12);
  CHECK(json["settings"][0]["stated"] == "1");
  CHECK(json["panels"][1]["used"]["box.width"] == "4");
  const std::string rows = page_rows(figure, {result, other});
  CHECK(std::count(rows.begin(), rows.end(), '\n') == 2);
  const std::string head = page_head();
  CHECK(std::count(rows.begin(), rows.end(), '|') == std::count(head.begin(), head.end(), '|'));
  CHECK(holds(rows, "| other | ours |"));
  const std::string notes = page_notes(figure, {result, other});
  CHECK(holds(notes, "| rate | 1 | `2` | because \\| of |\n"));
  CHECK(holds(notes, "| box | 2 | `3`: a<br>`4`: other |  |\n"));
  CHECK_FALSE(holds(notes, "escape.0"));
}

TEST_CASE("what is used is told by the part of the panels' names that it goes with") {
  Figure figure;
  figure.claim = Claim::rate_value;
  figure.settings = {{"w", "", "letter", ""}, {"w", "", "reading", ""}, {"w", "", "one", ""}, {"w", "", "some", ""}};
  std::vector<PanelResult> panels(4);
  const std::string names[] = {"(a) A, 2 layers", "(a) A, 3 layers", "(b) B, 2 layers", "(b) B, 3 layers"};
  for (std::size_t n = 0; n < 4; ++n) {
    panels[n].panel.name = names[n];
    panels[n].used = {{"letter", n < 2 ? "1" : "2"}, {"reading", n % 2 ? "3" : "2"}, {"one", n == 3 ? "5" : "4"}};
  }
  panels[1].used["some"] = "6";
  const std::string notes = page_notes(figure, panels);
  CHECK(holds(notes, "`1`: (a)<br>`2`: (b) |"));
  CHECK(holds(notes, "`2`: 2 layers<br>`3`: 3 layers |"));
  CHECK(holds(notes, "`4`: (a) A, 2 layers; (a) A, 3 layers; (b) B, 2 layers<br>`5`: (b) B, 3 layers |"));
  CHECK(holds(notes, "| `6`: (a) A, 3 layers |"));
}
