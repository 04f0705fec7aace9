#include "output/figure_result.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>

namespace valleyflux {

namespace {

constexpr std::size_t fewest_points = 3;
constexpr double proportional_from = 0.9;  // correlation of covariance and Hessian

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

}  // namespace

std::string shown_interval(double low, double high) {
  return fmt::format("[{:.4g}, {:.4g}]", low, high);
}

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
                                    power.slope, shown_interval(power.slope_low, power.slope_high), power.p_value);
  }
  if (unseen > 0) result.verdict += fmt::format("; no escape seen at {} of {} values", unseen, unseen + points.size());
  if (not_exponential > 0)
    result.verdict += fmt::format("; times not exponential at {} of {} values", not_exponential, points.size());
}

}  // namespace valleyflux
