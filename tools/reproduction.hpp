#pragma once

#include "output/figure_result.hpp"
#include "solver/results.hpp"
#include "solver/run/run.hpp"
#include "tools/commands.hpp"
#include "tools/interruption.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace valleyflux {

/// Runs the panels of figures, every seed of each. A start that one panel was trained for serves the next.
class Reproduction {
 public:
  /// folder: of the result files of landscapes.
  Reproduction(const ReproduceArguments& arguments, std::filesystem::path folder)
      : arguments_(arguments), folder_(std::move(folder)) {}

  /// Nothing if Ctrl-C was pressed. Throws as run_command does, and CaseError for a panel that does not suit its claim.
  std::optional<PanelResult> panel(const Figure& figure, const FigurePanel& panel);

 private:
  Overrides own_data(const FigurePanel& panel, std::string& told) const;
  std::optional<Results> rates(const Figure& figure, const Overrides& overrides, const std::string& stage,
                               PanelResult& result, bool escapes = true);
  bool vary(const Figure& figure, const Overrides& common, int seed, const std::string& stage, PanelResult& result);
  bool compare_covariance(const Figure& figure, const Overrides& common, const std::string& stage, PanelResult& result);
  bool solve_landscape(const Figure& figure, const Overrides& common, std::ptrdiff_t number, PanelResult& result);
  void note_settings(const Figure& figure, const Case& definition, PanelResult& result) const;

  const ReproduceArguments& arguments_;
  const std::filesystem::path folder_;
  const Interruption interruption_;
  SharedWork shared_;
};

}  // namespace valleyflux
