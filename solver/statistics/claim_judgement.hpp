#pragma once

#include "problems/case/figure_file.hpp"
#include "solver/results.hpp"
#include "solver/statistics/linear_fit.hpp"
#include "solver/statistics/pooled_value.hpp"
#include "solver/statistics/relation.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace valleyflux {

/// A rate at one value of what a panel of a figure varies, for one seed.
struct FigurePoint {
  double value = 0.0;
  Estimate estimate;
  int seed = 1;
};

/// The abscissa and the ordinate of a rate under a claim: the value or 1 / value and -log(rate), or the logarithms of
/// both for a proportionality, whose slope is then 1.
struct ClaimPoint {
  double x, y;
};
ClaimPoint claim_point(Claim claim, double value, double log_rate);

/// A straight line through the rates of one method, all of the same weight, and how the rates of SGD compare with them.
struct MethodLine {
  std::string method;
  LinearFit fit;
  std::optional<double> ratio_low, ratio_high;  // least and greatest of SGD's rate over the method's at a value
};

/// How many of a panel's seeds and values a judgement rests on. Seeds whose rates are those of another one are no data
/// sets of their own.
struct ClaimCounts {
  std::size_t seeds = 0, repeated = 0;  // all, and those that repeat others and are not counted
  std::size_t known = 0;                // different ones with three rates at least
  std::size_t alone = 0;                // of these, those whose own line holds
  int seen = 0, unseen = 0;             // values with escapes and without, of all seeds
  int not_exponential = 0;              // of those seen: the times are not exponential
};

/// rate ~ value^p.
struct PowerLaw {
  PooledValue power;
  double p_value = 0.0;  // chance of the scatter about it
};

/// What the rates by SGD say of a claim about them.
struct ClaimJudgement {
  /// The line of each seed that three rates are known for.
  std::vector<std::pair<int, Relation>> relations;
  std::optional<PooledValue> pooled;  // the slope over several seeds
  std::vector<MethodLine> others;     // the same line through the rates that other methods give, first seed
  std::optional<Verdict> verdict;     // nothing: fewer than three rates are known
  bool proportional = false;          // whether the interval of the slope holds 1
  std::optional<PowerLaw> power_law;  // that comes nearer, where a straight line of another claim is refused
  ClaimCounts counts;
};

/// Fits the rates seed by seed, pools the slopes (pooled_value) and judges the claim by the pooled interval and by the
/// chance that true lines leave what all seeds' lines leave; by the one line where there is one seed.
ClaimJudgement judge_claim(Claim claim, const std::vector<FigurePoint>& points);

/// What several seeds' comparisons of covariance and Hessian say together.
struct CovarianceJudgement {
  std::optional<PooledValue> correlation, factor;  // over several different seeds
  double low = 0.0, high = 0.0;                    // interval of the correlation that is judged
  std::size_t repeated = 0;                        // seeds that repeat others and are not counted

  static constexpr double proportional_from = 0.9;
  /// Proportional if the interval lies above that, undecided (nothing) if it holds it.
  std::optional<bool> holds() const;
};

/// covariances: by seed, one at least.
CovarianceJudgement judge_covariances(const std::vector<HessianComparison>& covariances);

}  // namespace valleyflux
