#pragma once

#include "output/figure_result.hpp"
#include "solver/results.hpp"
#include "solver/statistics/sweep_fits.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// The results as JSON text (2 blanks of indentation): every field of fields.hpp, null where it is missing. Throws
/// std::logic_error for a number that is not finite: none may leave the program unannounced.
std::string to_json(const Results& results);

/// {"title", "output", "keys", "rows": [...], "fits": [...]}; what is not finite in a row is null.
std::string sweep_json(const std::string& title, const std::string& output, const std::vector<std::string>& keys,
                       const std::vector<SweepRow>& rows, const std::vector<SweepFit>& fits);

/// Everything of a figure. The same for the same seeds. Throws as to_json does.
std::string figure_json(const Figure& figure, const std::vector<PanelResult>& panels);

}  // namespace valleyflux
