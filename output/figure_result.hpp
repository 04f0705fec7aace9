#pragma once

#include "output/linear_fit.hpp"
#include "output/relation.hpp"
#include "problems/case/figure_file.hpp"
#include "solver/results.hpp"

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// A rate at one value of what a panel varies.
struct FigurePoint {
  double value = 0.0;
  Estimate estimate;
};

/// A straight line through the rates of one method, all of the same weight.
struct MethodLine {
  std::string method;
  LinearFit fit;
};

/// What a panel of a figure came to.
struct PanelResult {
  FigurePanel panel;
  std::string data;  // that were read in place of the stand-in; empty where the case's own were used
  std::string key;   // that is varied
  std::vector<FigurePoint> points;
  std::optional<Relation> relation;  // of the rates by SGD; nothing where fewer than three are known
  std::vector<MethodLine> others;    // the same line through the rates that other methods give
  std::optional<HessianComparison> covariance;
  std::string verdict;
  std::vector<std::string> warnings;  // of the first value
  std::string stated;                 // what the paper's own setting does, where it is not the panel's
  double seconds = 0.0;               // that it took; in no file that is to be the same for the same seed
};

/// The abscissa and the ordinate of a rate under a claim: the value or 1 / value and -log(rate), or the logarithms of
/// both for a proportionality, whose slope is then 1.
struct ClaimPoint {
  double x, y;
};
ClaimPoint claim_point(Claim claim, double value, double log_rate);

/// Fits the panel's rates and judges the claim: see straight_line and judge. Where a straight line is refused, the
/// verdict says whether a power law comes nearer. A proportionality holds if the slope's interval holds 1; the
/// covariance is proportional to the Hessian if the interval of their correlation lies above 0.9.
void judge_panel(Claim claim, PanelResult& result);

/// "[1.5, 2.25]"
std::string shown_interval(double low, double high);

}  // namespace valleyflux
