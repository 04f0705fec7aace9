#include "output/figure_result.hpp"

#include "output/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace valleyflux {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t fewest_points = 3;
constexpr double proportional_from = 0.9;  // correlation of covariance and Hessian

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

bool by_sgd(const FigurePoint& point) {
  return point.estimate.method == "sgd";
}

/// Lines through the rates of every method but sgd that knows three of them at least.
std::vector<MethodLine> lines_of_others(Claim claim, const std::vector<FigurePoint>& points) {
  std::vector<std::string> methods;  // in the order of their first appearance
  std::map<std::string, std::vector<ClaimPoint>> of_method;
  for (const FigurePoint& point : points) {
    if (by_sgd(point) || !point.estimate.log_rate) continue;
    auto& own = of_method[point.estimate.method];
    if (own.empty()) methods.push_back(point.estimate.method);
    own.push_back(claim_point(claim, point.value, *point.estimate.log_rate));
  }
  std::vector<MethodLine> lines;
  for (const std::string& method : methods) {
    const auto& own = of_method[method];
    if (own.size() < fewest_points) continue;
    std::vector<double> x, y;
    for (const ClaimPoint& at : own) {
      x.push_back(at.x);
      y.push_back(at.y);
    }
    lines.push_back({method, linear_fit(x, y)});
  }
  return lines;
}

void judge_covariance(PanelResult& result) {
  const MeasuredNumber& correlation = result.covariance->correlation;
  result.verdict = correlation.low > proportional_from    ? "holds"
                   : correlation.high < proportional_from ? "does not hold"
                                                          : "undecided";
}

std::string interval(double low, double high) {
  return fmt::format("[{:.4g}, {:.4g}]", low, high);
}

std::string shown_with_interval(const MeasuredNumber& number) {
  return fmt::format("{:.3f} {}", number.value, interval(number.low, number.high));
}

/// Text in a cell of a Markdown table.
std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

std::string setting_of(const PanelResult& result) {
  std::vector<std::string> parts{result.panel.case_name};
  if (!result.data.empty()) parts.push_back(result.data);
  for (const std::string& override_text : result.panel.set)
    if (!override_text.starts_with("escape.")) parts.push_back(override_text);  // the other columns tell the methods
  if (!result.panel.vary.empty()) parts.push_back(result.panel.vary);
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

ClaimPoint claim_point(Claim claim, double value, double log_rate) {
  switch (claim) {
    case Claim::log_rate_value: return {value, -log_rate};
    case Claim::log_rate_inverse: return {1.0 / value, -log_rate};
    default: return {std::log(value), log_rate};
  }
}

void judge_panel(Claim claim, PanelResult& result) {
  if (result.covariance) {
    judge_covariance(result);
    return;
  }
  std::vector<RelationPoint> points, logarithms;
  int unseen = 0, not_exponential = 0;
  for (const FigurePoint& point : result.points) {
    if (!by_sgd(point)) continue;
    const Estimate& estimate = point.estimate;
    if (!estimate.log_rate || !estimate.log_rate_error) {
      ++unseen;
      continue;
    }
    const ClaimPoint at = claim_point(claim, point.value, *estimate.log_rate);
    points.push_back({at.x, at.y, *estimate.log_rate_error});
    const ClaimPoint power = claim_point(Claim::rate_value, point.value, *estimate.log_rate);
    logarithms.push_back({power.x, power.y, *estimate.log_rate_error});
    if (!estimate.exponential) ++not_exponential;
  }
  result.others = lines_of_others(claim, result.points);
  if (points.size() < fewest_points) {
    result.verdict = "undecided: fewer than three rates are known";
    return;
  }
  result.relation = straight_line(points);
  const Verdict verdict = judge(*result.relation);
  result.verdict = verdict_name(verdict);
  if (claim == Claim::rate_value) {
    if (verdict == Verdict::holds && !slope_agrees(*result.relation, 1.0))
      result.verdict = "rises, but not in proportion";
  } else if (verdict == Verdict::not_straight) {
    const Relation power = straight_line(logarithms);
    if (power.chi_squared < result.relation->chi_squared)
      result.verdict += fmt::format(": rate ~ value^p comes nearer, p = {:.3g} {} (chance of the scatter {:.1g})",
                                    power.slope, interval(power.slope_low, power.slope_high), power.p_value);
  }
  if (unseen > 0) result.verdict += fmt::format("; no escape seen at {} of {} values", unseen, unseen + points.size());
  if (not_exponential > 0)
    result.verdict += fmt::format("; times not exponential at {} of {} values", not_exponential, points.size());
}

std::string panel_table(Claim claim, const PanelResult& result) {
  std::string text;
  if (result.covariance) {
    text = fmt::format("correlation {}, factor {}, of all entries {:.3f}\n",
                       shown_with_interval(result.covariance->correlation),
                       shown_with_interval(result.covariance->factor), result.covariance->entry_correlation);
  } else {
    std::vector<std::vector<std::string>> rows{{result.key, "method", "rate", "95 % interval", "escapes"}};
    for (const FigurePoint& point : result.points) {
      const Estimate& estimate = point.estimate;
      const std::string rate = !estimate.rate         ? "-"
                               : *estimate.rate > 0.0 ? fmt::format("{:.5g}", *estimate.rate)
                               : estimate.log_rate    ? fmt::format("e^{:.5g}", *estimate.log_rate)
                                                      : "0";
      rows.push_back({fmt::format("{:.6g}", point.value), estimate.method, rate,
                      estimate.low && estimate.high ? interval(*estimate.low, *estimate.high) : "",
                      estimate.escapes ? fmt::format("{}", *estimate.escapes) : ""});
    }
    text = aligned(rows);
  }
  if (const auto& relation = result.relation)
    text +=
        fmt::format("slope {:.4g} {}, R^2 {:.4f}, chance of such a scatter about a line {:.2g}{}\n", relation->slope,
                    interval(relation->slope_low, relation->slope_high), relation->r_squared, relation->p_value,
                    claim == Claim::rate_value ? " (of log(rate) against log(value): 1 is proportional)" : "");
  for (const MethodLine& line : result.others)
    text += fmt::format("slope by {}: {:.4g}, R^2 {:.4f}\n", line.method, line.fit.slope, line.fit.r_squared);
  if (!result.stated.empty()) text += "as stated: " + result.stated + "\n";
  if (!result.data.empty()) text += "data: " + result.data + "\n";
  for (const std::string& warning : result.warnings) text += "warning: " + warning + "\n";
  return text + fmt::format("{}: {} ({:.1f} s)\n", name_of(claim), result.verdict, result.seconds);
}

std::string page_head() {
  return "| figure | panel | setting | slope (95 %) | R² | slope by other methods | verdict | s |\n"
         "|---|---|---|---|---|---|---|---|\n";
}

std::string page_rows(const Figure& figure, const std::vector<PanelResult>& panels) {
  std::string text;
  for (const PanelResult& result : panels) {
    std::string slope, r_squared;
    if (const auto& covariance = result.covariance) {
      slope = "factor " + shown_with_interval(covariance->factor);
      r_squared = "correlation " + shown_with_interval(covariance->correlation);
    } else if (const auto& relation = result.relation) {
      slope = fmt::format("{:.4g} {}", relation->slope, interval(relation->slope_low, relation->slope_high));
      r_squared = fmt::format("{:.4f}", relation->r_squared);
    }
    std::vector<std::string> others;
    for (const MethodLine& line : result.others)
      others.push_back(fmt::format("{} {:.4g}", line.method, line.fit.slope));
    text += fmt::format("| {} | {} | `{}` | {} | {} | {} | {} | {:.0f} |\n", figure.name, result.panel.name,
                        cell(setting_of(result)), slope, r_squared, fmt::join(others, "<br>"), cell(result.verdict),
                        result.seconds);
  }
  return text;
}

std::string page_notes(const Figure& figure, const std::vector<PanelResult>& panels) {
  std::string text = fmt::format("### {}: {}\n\nClaim: `{}`.{}{}\n\n", figure.name, figure.title, name_of(figure.claim),
                                 figure.choice.empty() ? "" : " ", figure.choice);
  for (const PanelResult& result : panels) {
    if (result.panel.choice.empty() && result.stated.empty()) continue;
    text += fmt::format("- {}: {}", result.panel.name, result.panel.choice);
    if (!result.stated.empty())
      text += fmt::format("{}As stated (`{}`): {}.", result.panel.choice.empty() ? "" : " ",
                          fmt::join(result.panel.stated, ", "), result.stated);
    text += "\n";
  }
  return text + "\n";
}

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
