#pragma once

#include "problems/case/figure_file.hpp"
#include "solver/results.hpp"
#include "solver/statistics/claim_judgement.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

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

/// Judges the claim by the panel's rates (judge_claim) or comparisons (judge_covariances), and says so: a
/// proportionality holds if the slope's interval holds 1; where a straight line is refused, the verdict says whether a
/// power law comes nearer; seeds that repeat others, values without an escape and times that are not exponential are
/// told.
void judge_panel(Claim claim, PanelResult& result);

/// "[1.5, 2.25]"
std::string shown_interval(double low, double high);

}  // namespace valleyflux
