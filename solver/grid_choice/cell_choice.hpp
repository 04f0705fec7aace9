#pragma once

#include "grids/open_axis.hpp"

#include <optional>
#include <vector>

namespace valleyflux {

/// What the cells of an axis have to resolve: a place, and the length over which things change there.
struct Feature {
  double at, width;
};

struct CellWishes {
  double per_width;    // cells to the width of a feature
  Index fewest, most;  // cells of the axis
  Index most_uniform;  // beyond it grading is tried
};

/// Cells of a bounded axis so that every feature has per_width of them, where these are not given. Where a uniform axis
/// would have more than `most_uniform`, and is not periodic, it is graded about the feature that leaves the fewest
/// cells if these are at most half as many. Given cells and gradings stay as they are. The number is a multiple of 16,
/// so that coarser grids are of the same proportions.
Axis choose_cells(const OpenAxis& axis, const std::vector<Feature>& features, const CellWishes& wishes);

}  // namespace valleyflux
