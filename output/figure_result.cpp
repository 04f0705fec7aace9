#include "output/figure_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace valleyflux {

namespace {

constexpr std::size_t fewest_points = 3;
constexpr double proportional_from = 0.9;  // correlation of covariance and Hessian
constexpr double normal_quantile = 1.96;

bool by_sgd(const FigurePoint& point) {
  return point.estimate.method == "sgd";
}

/// Lines through the rates of every method but sgd that knows three of them at least, for the first seed.
std::vector<MethodLine> lines_of_others(Claim claim, const std::vector<FigurePoint>& points) {
  std::vector<std::string> methods;  // in the order of their first appearance
  std::map<double, double> sgd;      // log of the rate by value
  std::map<std::string, std::vector<FigurePoint>> of_method;
  for (const FigurePoint& point : points) {
    if (point.seed != points.front().seed || !point.estimate.log_rate) continue;
    if (by_sgd(point)) {
      sgd[point.value] = *point.estimate.log_rate;
      continue;
    }
    auto& own = of_method[point.estimate.method];
    if (own.empty()) methods.push_back(point.estimate.method);
    own.push_back(point);
  }
  std::vector<MethodLine> lines;
  for (const std::string& method : methods) {
    const auto& own = of_method[method];
    if (own.size() < fewest_points) continue;
    MethodLine line{method, {}, {}, {}};
    std::vector<double> x, y;
    for (const FigurePoint& point : own) {
      const ClaimPoint at = claim_point(claim, point.value, *point.estimate.log_rate);
      x.push_back(at.x);
      y.push_back(at.y);
      const auto measured = sgd.find(point.value);
      if (measured == sgd.end()) continue;
      const double ratio = std::exp(measured->second - *point.estimate.log_rate);
      if (!std::isfinite(ratio)) continue;  // closed forms may be wrong by more than numbers hold
      line.ratio_low = std::min(line.ratio_low.value_or(ratio), ratio);
      line.ratio_high = std::max(line.ratio_high.value_or(ratio), ratio);
    }
    line.fit = linear_fit(x, y);
    lines.push_back(std::move(line));
  }
  return lines;
}

/// Fisher's transformation, of a correlation that may have been rounded to 1 as well.
double fisher(double correlation) {
  const double most = std::nextafter(1.0, 0.0);
  return std::atanh(std::clamp(correlation, -most, most));
}

std::string of_seeds(std::size_t count, std::size_t all) {
  return fmt::format("{} of {} seeds", count, all);
}

/// Seeds that change nothing are no data sets of their own.
std::string repeated(std::size_t count, std::size_t all) {
  return count > 0 ? fmt::format("; {} repeat others and are not counted", of_seeds(count, all)) : "";
}

/// A number with a 95 % interval, as one of several measurements.
MeasuredOnce measured_once(const MeasuredNumber& number, double (*scale)(double)) {
  return {scale(number.value), (scale(number.high) - scale(number.low)) / (2.0 * normal_quantile)};
}

/// Those that are not the same as one before them.
template <class T, class Same>
std::vector<T> without_repeats(const std::vector<T>& all, Same same) {
  std::vector<T> different;
  for (const T& one : all)
    if (std::none_of(different.begin(), different.end(), [&](const T& other) { return same(one, other); }))
      different.push_back(one);
  return different;
}

void judge_covariance(PanelResult& result) {
  double low = result.covariances.front().correlation.low, high = result.covariances.front().correlation.high;
  const auto different = without_repeats(
      result.covariances, [](const auto& one, const auto& other) { return one.covariance == other.covariance; });
  if (different.size() > 1) {
    std::vector<MeasuredOnce> correlations, factors;
    for (const HessianComparison& one : different) {
      correlations.push_back(measured_once(one.correlation, fisher));
      factors.push_back(measured_once(one.factor, [](double factor) { return factor; }));
    }
    result.pooled_factor = pooled_value(factors);
    PooledValue& pooled = result.pooled_correlation.emplace(pooled_value(correlations));
    pooled.value = std::tanh(pooled.value);
    low = pooled.low = std::tanh(pooled.low);
    high = pooled.high = std::tanh(pooled.high);
  }
  result.verdict = low > proportional_from ? "holds" : high < proportional_from ? "does not hold" : "undecided";
  result.verdict += repeated(result.covariances.size() - different.size(), result.covariances.size());
}

/// The rates by SGD of one seed, under the claim and as a power law.
struct SeedPoints {
  int seed;
  std::vector<RelationPoint> claimed, logarithms;
};

bool is_proportional(double slope_low, double slope_high) {
  return slope_low <= 1.0 && 1.0 <= slope_high;
}

bool holds_alone(Claim claim, const Relation& line) {
  return judge(line) == Verdict::holds &&
         (claim != Claim::rate_value || is_proportional(line.slope_low, line.slope_high));
}

std::string power_law(const PanelResult& result, const std::vector<SeedPoints>& seeds) {
  double claimed = 0.0, left = 0.0;
  std::vector<Relation> powers;
  std::vector<MeasuredOnce> slopes;
  for (const SeedPoints& points : seeds) {
    if (points.logarithms.size() < points.claimed.size())
      return "";  // no power law through values that are not positive
    powers.push_back(straight_line(points.logarithms));
    left += powers.back().chi_squared;
    slopes.push_back({powers.back().slope, powers.back().slope_error});
  }
  for (const auto& [seed, relation] : result.relations) claimed += relation.chi_squared;
  if (left >= claimed) return "";
  PooledValue power{powers[0].slope, powers[0].slope_low, powers[0].slope_high, 0.0, 1};
  if (powers.size() > 1) power = pooled_value(slopes);
  return fmt::format(": rate ~ value^p comes nearer, p = {:.3g} {} (chance of the scatter {:.1g})", power.value,
                     shown_interval(power.low, power.high), joint_p_value(powers));
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
  if (!result.covariances.empty()) {
    judge_covariance(result);
    return;
  }
  std::vector<SeedPoints> seeds;
  int unseen = 0, seen = 0, not_exponential = 0;
  for (const FigurePoint& point : result.points) {
    if (!by_sgd(point)) continue;
    if (seeds.empty() || seeds.back().seed != point.seed) seeds.push_back({point.seed, {}, {}});
    const Estimate& estimate = point.estimate;
    if (!estimate.log_rate || !estimate.log_rate_error) {
      ++unseen;
      continue;
    }
    ++seen;
    const ClaimPoint at = claim_point(claim, point.value, *estimate.log_rate);
    seeds.back().claimed.push_back({at.x, at.y, *estimate.log_rate_error});
    if (point.value > 0) {
      const ClaimPoint power = claim_point(Claim::rate_value, point.value, *estimate.log_rate);
      seeds.back().logarithms.push_back({power.x, power.y, *estimate.log_rate_error});
    }
    if (!estimate.exponential) ++not_exponential;
  }
  result.others = lines_of_others(claim, result.points);
  const auto same_point = [](const RelationPoint& a, const RelationPoint& b) { return a.x == b.x && a.y == b.y; };
  std::vector<SeedPoints> different = without_repeats(seeds, [&](const SeedPoints& one, const SeedPoints& other) {
    return !one.claimed.empty() &&
           std::equal(one.claimed.begin(), one.claimed.end(), other.claimed.begin(), other.claimed.end(), same_point);
  });
  std::string beside = repeated(seeds.size() - different.size(), seeds.size());
  seeds = std::move(different);
  const std::size_t all = seeds.size();
  std::erase_if(seeds, [](const SeedPoints& points) { return points.claimed.size() < fewest_points; });
  if (!seeds.empty() && seeds.size() < all) beside += "; three rates are known for " + of_seeds(seeds.size(), all);
  if (unseen > 0) beside += fmt::format("; no escape seen at {} of {} values", unseen, unseen + seen);
  if (not_exponential > 0) beside += fmt::format("; times not exponential at {} of {} values", not_exponential, seen);
  if (seeds.empty()) {
    result.verdict = "undecided: fewer than three rates are known" + beside;
    return;
  }
  std::vector<Relation> lines;
  std::vector<MeasuredOnce> slopes;
  std::size_t alone = 0;
  result.relations.clear();
  for (const SeedPoints& points : seeds) {
    const Relation& line = lines.emplace_back(straight_line(points.claimed));
    result.relations.emplace_back(points.seed, line);
    slopes.push_back({line.slope, line.slope_error});
    alone += holds_alone(claim, line) ? 1 : 0;
  }
  double low = lines.front().slope_low, high = lines.front().slope_high;
  if (lines.size() > 1) {
    result.pooled = pooled_value(slopes);
    low = result.pooled->low;
    high = result.pooled->high;
    beside = "; holds alone for " + of_seeds(alone, lines.size()) + beside;
  }
  const Verdict verdict = judge(low, high, joint_p_value(lines));
  result.verdict = verdict_name(verdict);
  if (claim == Claim::rate_value) {
    if (verdict == Verdict::holds && !is_proportional(low, high)) result.verdict = "rises, but not in proportion";
  } else if (verdict == Verdict::not_straight) {
    result.verdict += power_law(result, seeds);
  }
  result.verdict += beside;
}

}  // namespace valleyflux
