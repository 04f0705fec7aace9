#pragma once

#include "problems/case/case_file.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace valleyflux {

/// What a figure claims of a rate, or of a loss; or that it shows a landscape.
enum class Claim {
  log_rate_value,      // "-log(rate) ~ value": a straight line that rises
  log_rate_inverse,    // "-log(rate) ~ 1/value"
  rate_value,          // "rate ~ value": proportional
  covariance_hessian,  // "covariance ~ |hessian|": of the gradient and the loss at the start
  landscape            // "landscape": a picture of what was solved
};

std::string name_of(Claim claim);

/// What a paper states of its experiments, and where a case tells what is used.
struct FigureSetting {
  std::string what, stated;
  std::string key;  // "table.key" of the panels' cases
  std::string why;  // of what is used, where it is not what is stated or something had to be chosen
};

/// One panel of a figure: a case, what is set in it, and what is varied.
struct FigurePanel {
  std::string name;
  std::string case_name;  // of a ready case or a file
  Overrides set;
  std::map<std::string, std::string> data;  // names of the user's files that may stand in for [data]'s, by its keys
  std::string vary;                         // "table.key=first:last:count[:log]"; empty for covariances and landscapes
  bool ours = false;                        // a setting of ours that stands beside the paper's
  Overrides quick;                          // of a quick run
  std::string choice;                       // why the setting is what it is
  std::vector<std::string> seed_keys;       // take the values 1, 2, ...: the panel is run for each
  int seeds = 1;
};

/// A figure of a paper as an experiment: a claim, and panels that it is tried on.
struct Figure {
  std::string name, title;
  Claim claim = Claim::log_rate_value;
  std::string choice;  // of all panels
  std::vector<FigureSetting> settings;
  std::vector<FigurePanel> panels;
};

/// Reads a figure file (TOML): title, claim, choice, seeds and seed_keys; [[setting]]; [[panel]]. set and quick of the
/// figure come before those of every panel, whose own seeds and seed_keys replace the figure's. A panel runs once for
/// every [[reading]] of its own or, where it has none, of the figure (name, set, ours, choice, seeds: how the paper may
/// be read), and is named for both. Throws CaseError.
Figure read_figure(const std::filesystem::path& file);

}  // namespace valleyflux
