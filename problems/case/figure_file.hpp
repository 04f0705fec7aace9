#pragma once

#include "problems/case/case_file.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace valleyflux {

/// What a figure claims of a rate, or of a loss.
enum class Claim {
  log_rate_value,     // "-log(rate) ~ value": a straight line that rises
  log_rate_inverse,   // "-log(rate) ~ 1/value"
  rate_value,         // "rate ~ value": proportional
  covariance_hessian  // "covariance ~ |hessian|": of the gradient and the loss at the start
};

std::string name_of(Claim claim);

/// One panel of a figure: a case, what is set in it, and what is varied.
struct FigurePanel {
  std::string name;
  std::string case_name;  // of a ready case or a file
  Overrides set;
  std::map<std::string, std::string> data;  // names of the user's files that may stand in for [data]'s, by its keys
  std::string vary;                         // "table.key=first:last:count[:log]"; empty for covariances
  Overrides stated;    // the paper's own setting, tried once beside the panel's; empty: the panel's is the paper's
  Overrides quick;     // of a quick run
  std::string choice;  // what the paper leaves open, and what was chosen
};

/// A figure of a paper as an experiment: a claim, and panels that it is tried on.
struct Figure {
  std::string name, title;
  Claim claim = Claim::log_rate_value;
  std::string choice;  // what the paper leaves open for all panels, and what was chosen
  std::vector<FigurePanel> panels;
};

/// Reads a figure file (TOML: title, claim, [[panel]]; set and quick of the figure come before those of every panel).
/// Throws CaseError.
Figure read_figure(const std::filesystem::path& file);

}  // namespace valleyflux
