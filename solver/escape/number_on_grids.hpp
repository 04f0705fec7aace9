#pragma once

#include "solver/escape/grid_convergence.hpp"

#include <optional>

namespace valleyflux {

/// A positive number of an escape as the grids tell it, a rate or the probability of an end.
struct NumberOnGrids {
  GridSeries series;
  double own_value = 0.0;  // on the problem's own grid
  /// What raised noise, and walls of the domain within the cells, may do to the logarithm; infinite where that is not
  /// known.
  double raised = 0.0, walls = 0.0;

  /// The number with one of them changed, if there is one then.
  void compare(const std::optional<double>& value, double NumberOnGrids::*change);
  /// What all grids tell. own_spacing: of the problem's own one; further: of its logarithm, by what grids cannot show.
  GridConvergence converged(double felt_of_curved_surface, double own_spacing, double further) const;
};

}  // namespace valleyflux
