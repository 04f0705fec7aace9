#pragma once

#include "output/figure_result.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// Points, fits and verdicts, for the terminal.
std::string panel_table(Claim claim, const PanelResult& result);

/// One line a panel: figure, panel, setting, slope, R^2, verdict, time; as rows of a Markdown table under its head.
std::string page_head();
std::string page_rows(const Figure& figure, const std::vector<PanelResult>& panels);
/// What was chosen where the paper is silent, and what its own settings do; as Markdown.
std::string page_notes(const Figure& figure, const std::vector<PanelResult>& panels);

}  // namespace valleyflux
