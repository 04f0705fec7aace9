#include "solver/grid_choice/cell_choice.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

/// Cells of an axis with this grading that give every feature its own; the lattice spacing times the stretch is the
/// size of a cell.
double cells_needed(const OpenAxis& axis, const std::optional<Grading>& grading, const std::vector<Feature>& features,
                    double per_width) {
  constexpr Index any = 4;
  const Axis shape(axis.name, *axis.min, *axis.max, any, axis.lower, axis.upper, grading);
  double spacing = shape.spacing() * static_cast<double>(any);
  const double length = spacing;
  for (const Feature& feature : features)
    spacing = std::min(spacing, feature.width / per_width / shape.stretch(shape.lattice_of(feature.at)));
  return length / spacing;
}

}  // namespace

Axis choose_cells(const OpenAxis& axis, const std::vector<Feature>& features, const CellWishes& wishes) {
  OpenAxis chosen = axis;
  if (axis.cells) return chosen.axis();
  double needed = cells_needed(axis, axis.grading, features, wishes.per_width);
  const bool periodic = axis.lower == Boundary::periodic;
  if (!axis.grading && !periodic && needed > static_cast<double>(wishes.most_uniform)) {
    double fewest = 0.5 * needed;
    for (const Feature& feature : features)
      for (const double widths : {2.0, 8.0, 32.0}) {
        const Grading grading{feature.at, widths * feature.width};
        const double graded = cells_needed(axis, grading, features, wishes.per_width);
        if (!(graded < fewest)) continue;
        needed = fewest = graded;
        chosen.grading = grading;
      }
  }
  constexpr double multiple = 16.0;
  const double bounded = std::clamp(needed, static_cast<double>(wishes.fewest), static_cast<double>(wishes.most));
  chosen.cells = static_cast<Index>(multiple * std::ceil(bounded / multiple));
  return chosen.axis();
}

}  // namespace valleyflux
