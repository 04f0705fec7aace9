#pragma once

#include "output/figure_result.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// Every rate of a figure as CSV, and everything as JSON. The same for the same seeds. Throws as to_json does.
std::string figure_csv(const Figure& figure, const std::vector<PanelResult>& panels);
std::string figure_json(const Figure& figure, const std::vector<PanelResult>& panels);

}  // namespace valleyflux
