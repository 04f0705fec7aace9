#pragma once

#include "problems/case/figure_file.hpp"
#include "solver/results.hpp"
#include "solver/statistics/linear_fit.hpp"
#include "solver/statistics/pooled_value.hpp"
#include "solver/statistics/relation.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// A rate at one value of what a panel varies, for one seed.
struct FigurePoint {
  double value = 0.0;
  Estimate estimate;
  int seed = 1;
};

/// A straight line through the rates of one method, all of the same weight, and how the rates of SGD compare with them.
struct MethodLine {
  std::string method;
  LinearFit fit;
  std::optional<double> ratio_low, ratio_high;  // least and greatest of SGD's rate over the method's at a value
};

/// What a panel of a figure came to.
struct PanelResult {
  FigurePanel panel;
  std::string data;  // that were read in place of the stand-in; empty where the case's own were used
  std::string key;   // that is varied
  std::map<std::string, std::string> used;  // what the case holds for the keys of the figure's settings
  std::vector<FigurePoint> points;          // of all seeds
  /// The line through the rates by SGD of each seed that three of them are known for.
  std::vector<std::pair<int, Relation>> relations;
  std::optional<PooledValue> pooled;           // the slope over all seeds
  std::vector<MethodLine> others;              // the same line through the rates that other methods give, first seed
  std::vector<HessianComparison> covariances;  // by seed
  std::optional<PooledValue> pooled_correlation, pooled_factor;
  std::string result_file;  // of a landscape
  std::vector<Estimate> estimates;
  std::string verdict;
  std::vector<std::string> warnings;  // of the first value and seed
  double seconds = 0.0;               // that it took; in no file that is to be the same for the same seed
};

/// The abscissa and the ordinate of a rate under a claim: the value or 1 / value and -log(rate), or the logarithms of
/// both for a proportionality, whose slope is then 1.
struct ClaimPoint {
  double x, y;
};
ClaimPoint claim_point(Claim claim, double value, double log_rate);

/// Fits the panel's rates seed by seed, pools the slopes (pooled_value) and judges the claim by the pooled interval and
/// by the chance that true lines leave what all seeds' lines leave; by the one line where there is one seed. Seeds
/// whose rates are those of another one are left out, and told. Where a straight line is refused, the verdict says
/// whether a power law comes nearer. A proportionality holds if the slope's interval holds 1; the covariance is
/// proportional to the Hessian if the interval of their correlation lies above 0.9.
void judge_panel(Claim claim, PanelResult& result);

/// "[1.5, 2.25]"
std::string shown_interval(double low, double high);

}  // namespace valleyflux
