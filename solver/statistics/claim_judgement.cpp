#include "solver/statistics/claim_judgement.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace valleyflux {

namespace {

constexpr std::size_t fewest_points = 3;
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

/// The rates by SGD of one seed, under the claim and as a power law.
struct SeedPoints {
  int seed;
  std::vector<RelationPoint> claimed, logarithms;
};

/// By seed; counts what is not among them.
std::vector<SeedPoints> points_by_seed(Claim claim, const std::vector<FigurePoint>& points, ClaimCounts& counts) {
  std::vector<SeedPoints> seeds;
  for (const FigurePoint& point : points) {
    if (!by_sgd(point)) continue;
    if (seeds.empty() || seeds.back().seed != point.seed) seeds.push_back({point.seed, {}, {}});
    const Estimate& estimate = point.estimate;
    if (!estimate.log_rate || !estimate.log_rate_error) {
      ++counts.unseen;
      continue;
    }
    ++counts.seen;
    const ClaimPoint at = claim_point(claim, point.value, *estimate.log_rate);
    seeds.back().claimed.push_back({at.x, at.y, *estimate.log_rate_error});
    if (point.value > 0) {
      const ClaimPoint power = claim_point(Claim::rate_value, point.value, *estimate.log_rate);
      seeds.back().logarithms.push_back({power.x, power.y, *estimate.log_rate_error});
    }
    if (!estimate.exponential) ++counts.not_exponential;
  }
  return seeds;
}

bool same_rates(const SeedPoints& one, const SeedPoints& other) {
  const auto same_point = [](const RelationPoint& a, const RelationPoint& b) { return a.x == b.x && a.y == b.y; };
  return !one.claimed.empty() &&
         std::equal(one.claimed.begin(), one.claimed.end(), other.claimed.begin(), other.claimed.end(), same_point);
}

bool is_proportional(double slope_low, double slope_high) {
  return slope_low <= 1.0 && 1.0 <= slope_high;
}

bool holds_alone(Claim claim, const Relation& line) {
  return judge(line) == Verdict::holds &&
         (claim != Claim::rate_value || is_proportional(line.slope_low, line.slope_high));
}

/// Nothing where the lines of the claim come nearer, or where values are not positive.
std::optional<PowerLaw> nearer_power_law(const std::vector<Relation>& lines, const std::vector<SeedPoints>& seeds) {
  double claimed = 0.0, left = 0.0;
  std::vector<Relation> powers;
  std::vector<MeasuredOnce> slopes;
  for (const SeedPoints& points : seeds) {
    if (points.logarithms.size() < points.claimed.size()) return std::nullopt;
    powers.push_back(straight_line(points.logarithms));
    left += powers.back().chi_squared;
    slopes.push_back({powers.back().slope, powers.back().slope_error});
  }
  for (const Relation& line : lines) claimed += line.chi_squared;
  if (left >= claimed) return std::nullopt;
  PooledValue power{powers[0].slope, powers[0].slope_low, powers[0].slope_high, 0.0, 1};
  if (powers.size() > 1) power = pooled_value(slopes);
  return PowerLaw{power, joint_p_value(powers)};
}

}  // namespace

ClaimPoint claim_point(Claim claim, double value, double log_rate) {
  switch (claim) {
    case Claim::log_rate_value: return {value, -log_rate};
    case Claim::log_rate_inverse: return {1.0 / value, -log_rate};
    default: return {std::log(value), log_rate};
  }
}

ClaimJudgement judge_claim(Claim claim, const std::vector<FigurePoint>& points) {
  ClaimJudgement judgement;
  judgement.others = lines_of_others(claim, points);
  ClaimCounts& counts = judgement.counts;
  const std::vector<SeedPoints> all = points_by_seed(claim, points, counts);
  std::vector<SeedPoints> seeds = without_repeats(all, same_rates);
  counts.seeds = all.size();
  counts.repeated = all.size() - seeds.size();
  std::erase_if(seeds, [](const SeedPoints& one) { return one.claimed.size() < fewest_points; });
  counts.known = seeds.size();
  if (seeds.empty()) return judgement;
  std::vector<Relation> lines;
  std::vector<MeasuredOnce> slopes;
  for (const SeedPoints& one : seeds) {
    const Relation& line = lines.emplace_back(straight_line(one.claimed));
    judgement.relations.emplace_back(one.seed, line);
    slopes.push_back({line.slope, line.slope_error});
    counts.alone += holds_alone(claim, line) ? 1 : 0;
  }
  double low = lines.front().slope_low, high = lines.front().slope_high;
  if (lines.size() > 1) {
    judgement.pooled = pooled_value(slopes);
    low = judgement.pooled->low;
    high = judgement.pooled->high;
  }
  judgement.verdict = judge(low, high, joint_p_value(lines));
  judgement.proportional = is_proportional(low, high);
  if (claim != Claim::rate_value && judgement.verdict == Verdict::not_straight)
    judgement.power_law = nearer_power_law(lines, seeds);
  return judgement;
}

std::optional<bool> CovarianceJudgement::holds() const {
  if (low > proportional_from) return true;
  if (high < proportional_from) return false;
  return std::nullopt;
}

CovarianceJudgement judge_covariances(const std::vector<HessianComparison>& covariances) {
  CovarianceJudgement judgement;
  judgement.low = covariances.front().correlation.low;
  judgement.high = covariances.front().correlation.high;
  const auto different = without_repeats(
      covariances, [](const auto& one, const auto& other) { return one.covariance == other.covariance; });
  judgement.repeated = covariances.size() - different.size();
  if (different.size() < 2) return judgement;
  std::vector<MeasuredOnce> correlations, factors;
  for (const HessianComparison& one : different) {
    correlations.push_back(measured_once(one.correlation, fisher));
    factors.push_back(measured_once(one.factor, [](double factor) { return factor; }));
  }
  judgement.factor = pooled_value(factors);
  PooledValue& pooled = judgement.correlation.emplace(pooled_value(correlations));
  pooled.value = std::tanh(pooled.value);
  judgement.low = pooled.low = std::tanh(pooled.low);
  judgement.high = pooled.high = std::tanh(pooled.high);
  return judgement;
}

}  // namespace valleyflux
