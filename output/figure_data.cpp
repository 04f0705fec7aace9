#include "output/figure_data.hpp"

#include "output/csv_text.hpp"

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

}  // namespace

std::string figure_csv(const Figure& figure, const std::vector<PanelResult>& panels) {
  std::string text;
  if (figure.claim == Claim::covariance_hessian) {
    text = "panel,seed,eigenvector,hessian_eigenvalue,gradient_covariance\n";
    for (const PanelResult& result : panels)
      for (std::size_t k = 0; k < result.covariances.size(); ++k) {
        const HessianComparison& found = result.covariances[k];
        for (Index i = 0; i < found.eigenvalue.size(); ++i)
          text += fmt::format("{},{},{},{:.17g},{:.17g}\n", quoted(result.panel.name), k + 1, i, found.eigenvalue[i],
                              found.covariance[i]);
      }
    return text;
  }
  text = "panel,ours,key,value,seed,from,to,method,rate,log_rate,low,high,escapes,note\n";
  const auto add = [&](const PanelResult& result, const FigurePoint* point, const Estimate& estimate) {
    text += fmt::format("{},{:d},{},{},{},{},{},{},{},{},{},{},{},{}\n", quoted(result.panel.name), result.panel.ours,
                        result.key, point ? fmt::format("{:.17g}", point->value) : "", point ? point->seed : 1,
                        quoted(estimate.from), quoted(estimate.to), estimate.method, shown(estimate.rate),
                        shown(estimate.log_rate), shown(estimate.low), shown(estimate.high),
                        estimate.escapes ? fmt::format("{}", *estimate.escapes) : "", quoted(estimate.note));
  };
  for (const PanelResult& result : panels) {
    for (const FigurePoint& point : result.points) add(result, &point, point.estimate);
    for (const Estimate& estimate : result.estimates) add(result, nullptr, estimate);
  }
  return text;
}

namespace {

Json json_of(const MeasuredNumber& number) {
  return {{"value", known(number.value)}, {"low", known(number.low)}, {"high", known(number.high)}};
}

Json json_of(const std::optional<PooledValue>& pooled) {
  if (!pooled) return nullptr;
  return {{"value", known(pooled->value)},
          {"low", known(pooled->low)},
          {"high", known(pooled->high)},
          {"between", known(pooled->between)},
          {"seeds", pooled->count}};
}

Json json_of(const Relation& relation) {
  return {{"slope", known(relation.slope)},           {"slope_low", known(relation.slope_low)},
          {"slope_high", known(relation.slope_high)}, {"intercept", known(relation.intercept)},
          {"r_squared", known(relation.r_squared)},   {"chi_squared", known(relation.chi_squared)},
          {"p_value", known(relation.p_value)}};
}

Json json_of(const Estimate& estimate) {
  return {{"from", estimate.from},
          {"to", estimate.to},
          {"method", estimate.method},
          {"rate", known(estimate.rate)},
          {"log_rate", known(estimate.log_rate)},
          {"low", known(estimate.low)},
          {"high", known(estimate.high)},
          {"escapes", estimate.escapes ? Json(*estimate.escapes) : Json(nullptr)},
          {"note", estimate.note}};
}

Json json_of(const HessianComparison& found) {
  return {{"correlation", json_of(found.correlation)},
          {"factor", json_of(found.factor)},
          {"entry_correlation", known(found.entry_correlation)},
          {"hessian_eigenvalue", std::vector<double>(found.eigenvalue.begin(), found.eigenvalue.end())},
          {"gradient_covariance", std::vector<double>(found.covariance.begin(), found.covariance.end())}};
}

Json json_of(Claim claim, const PanelResult& result) {
  Json panel{{"name", result.panel.name},   {"case", result.panel.case_name},
             {"ours", result.panel.ours},   {"set", result.panel.set},
             {"data", result.data},         {"vary", result.panel.vary},
             {"key", result.key},           {"used", result.used},
             {"verdict", result.verdict},   {"choice", result.panel.choice},
             {"warnings", result.warnings}, {"points", Json::array()}};
  for (const FigurePoint& point : result.points) {
    Json entry = json_of(point.estimate);
    entry["value"] = point.value;
    entry["seed"] = point.seed;
    if (point.estimate.log_rate) {
      const ClaimPoint at = claim_point(claim, point.value, *point.estimate.log_rate);
      entry["x"] = at.x;
      entry["y"] = at.y;
    }
    panel["points"].push_back(std::move(entry));
  }
  panel["relation"] = result.relations.empty() ? Json(nullptr) : json_of(result.relations.front().second);
  panel["relations"] = Json::array();
  for (const auto& [seed, relation] : result.relations) {
    panel["relations"].push_back(json_of(relation));
    panel["relations"].back()["seed"] = seed;
  }
  panel["pooled_slope"] = json_of(result.pooled);
  panel["others"] = Json::array();
  for (const MethodLine& line : result.others)
    panel["others"].push_back({{"method", line.method},
                               {"slope", known(line.fit.slope)},
                               {"intercept", known(line.fit.intercept)},
                               {"r_squared", known(line.fit.r_squared)},
                               {"sgd_over_method", Json::array({known(line.ratio_low), known(line.ratio_high)})}});
  panel["covariances"] = Json::array();
  for (const HessianComparison& found : result.covariances) panel["covariances"].push_back(json_of(found));
  panel["pooled_correlation"] = json_of(result.pooled_correlation);
  panel["pooled_factor"] = json_of(result.pooled_factor);
  panel["result"] = result.result_file;
  panel["estimates"] = Json::array();
  for (const Estimate& estimate : result.estimates) panel["estimates"].push_back(json_of(estimate));
  return panel;
}

}  // namespace

std::string figure_json(const Figure& figure, const std::vector<PanelResult>& panels) {
  Json json{
      {"figure", figure.name}, {"title", figure.title}, {"claim", name_of(figure.claim)}, {"choice", figure.choice}};
  json["settings"] = Json::array();
  for (const FigureSetting& setting : figure.settings)
    json["settings"].push_back(
        {{"what", setting.what}, {"stated", setting.stated}, {"key", setting.key}, {"why", setting.why}});
  json["panels"] = Json::array();
  for (const PanelResult& result : panels) json["panels"].push_back(json_of(figure.claim, result));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace valleyflux
