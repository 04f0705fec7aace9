#include "output/figure_data.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace valleyflux {

namespace {

using Json = nlohmann::ordered_json;

Json known(const std::optional<double>& value) {
  if (!value) return nullptr;
  if (!std::isfinite(*value)) throw std::logic_error("a figure holds a number that is not finite");
  return *value;
}

std::string shown(const std::optional<double>& value) {
  return value ? fmt::format("{:.17g}", *value) : "";
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + "\"";
}

}  // namespace

std::string figure_csv(const Figure& figure, const std::vector<PanelResult>& panels) {
  std::string text;
  if (figure.claim == Claim::covariance_hessian) {
    text = "panel,eigenvector,hessian_eigenvalue,gradient_covariance\n";
    for (const PanelResult& result : panels)
      for (Index i = 0; i < result.covariance->eigenvalue.size(); ++i)
        text += fmt::format("{},{},{:.17g},{:.17g}\n", quoted(result.panel.name), i, result.covariance->eigenvalue[i],
                            result.covariance->covariance[i]);
    return text;
  }
  text = "panel,key,value,method,rate,log_rate,low,high,escapes,note\n";
  for (const PanelResult& result : panels)
    for (const FigurePoint& point : result.points) {
      const Estimate& estimate = point.estimate;
      text += fmt::format("{},{},{:.17g},{},{},{},{},{},{},{}\n", quoted(result.panel.name), result.key, point.value,
                          estimate.method, shown(estimate.rate), shown(estimate.log_rate), shown(estimate.low),
                          shown(estimate.high), estimate.escapes ? fmt::format("{}", *estimate.escapes) : "",
                          quoted(estimate.note));
    }
  return text;
}

std::string figure_json(const Figure& figure, const std::vector<PanelResult>& panels) {
  Json json{
      {"figure", figure.name}, {"title", figure.title}, {"claim", name_of(figure.claim)}, {"choice", figure.choice}};
  json["panels"] = Json::array();
  for (const PanelResult& result : panels) {
    Json panel{{"name", result.panel.name},   {"case", result.panel.case_name}, {"set", result.panel.set},
               {"data", result.data},         {"vary", result.panel.vary},      {"key", result.key},
               {"verdict", result.verdict},   {"choice", result.panel.choice},  {"stated", result.stated},
               {"warnings", result.warnings}, {"points", Json::array()}};
    for (const FigurePoint& point : result.points) {
      const Estimate& estimate = point.estimate;
      Json entry{{"value", point.value},
                 {"method", estimate.method},
                 {"rate", known(estimate.rate)},
                 {"log_rate", known(estimate.log_rate)},
                 {"low", known(estimate.low)},
                 {"high", known(estimate.high)},
                 {"escapes", estimate.escapes ? Json(*estimate.escapes) : Json(nullptr)},
                 {"note", estimate.note}};
      if (estimate.log_rate) {
        const ClaimPoint at = claim_point(figure.claim, point.value, *estimate.log_rate);
        entry["x"] = at.x;
        entry["y"] = at.y;
      }
      panel["points"].push_back(std::move(entry));
    }
    panel["relation"] = nullptr;
    if (const auto& relation = result.relation)
      panel["relation"] = {{"slope", known(relation->slope)},           {"slope_low", known(relation->slope_low)},
                           {"slope_high", known(relation->slope_high)}, {"intercept", known(relation->intercept)},
                           {"r_squared", known(relation->r_squared)},   {"chi_squared", known(relation->chi_squared)},
                           {"p_value", known(relation->p_value)}};
    panel["others"] = Json::array();
    for (const MethodLine& line : result.others)
      panel["others"].push_back({{"method", line.method},
                                 {"slope", known(line.fit.slope)},
                                 {"intercept", known(line.fit.intercept)},
                                 {"r_squared", known(line.fit.r_squared)}});
    panel["covariance"] = nullptr;
    if (const auto& found = result.covariance) {
      const auto measured = [](const MeasuredNumber& number) {
        return Json{{"value", known(number.value)}, {"low", known(number.low)}, {"high", known(number.high)}};
      };
      panel["covariance"] = {
          {"correlation", measured(found->correlation)},
          {"factor", measured(found->factor)},
          {"entry_correlation", known(found->entry_correlation)},
          {"hessian_eigenvalue", std::vector<double>(found->eigenvalue.begin(), found->eigenvalue.end())},
          {"gradient_covariance", std::vector<double>(found->covariance.begin(), found->covariance.end())}};
    }
    json["panels"].push_back(std::move(panel));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace valleyflux
