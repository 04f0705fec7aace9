#pragma once

#include "output/figure_result.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// Fields of an estimate that a figure's table holds, as columns.
inline constexpr std::array<std::string_view, 9> figure_columns{"from", "to",   "method",  "rate", "log_rate",
                                                                "low",  "high", "escapes", "note"};

/// Every rate of a figure, or every entry of its covariances, as CSV. The same for the same seeds.
std::string figure_csv(const Figure& figure, const std::vector<PanelResult>& panels);

}  // namespace valleyflux
