#pragma once

#include "output/figure_result.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// Points, fits and verdicts, for the terminal.
std::string panel_table(Claim claim, const PanelResult& result);

/// One line a panel: figure, panel, whose setting, slopes, R^2, other methods, verdict, time; as rows of a Markdown
/// table under its head.
std::string page_head();
std::string page_rows(const Figure& figure, const std::vector<PanelResult>& panels);
/// A figure's claim, a Markdown table of what is stated, what is used and why, and what was chosen in its panels.
std::string page_notes(const Figure& figure, const std::vector<PanelResult>& panels);

}  // namespace valleyflux
