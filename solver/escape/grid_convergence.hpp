#pragma once

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// A positive number solved on a sequence of grids.
struct GridConvergence {
  double value = 0.0;                    // extrapolated to h = 0; the finest grid's where there is one grid only
  std::optional<double> low, high;       // interval that holds it with the error estimate
  std::optional<double> observed_order;  // from three grids, where their differences are above round-off
  bool too_coarse = false;               // the numbers do not converge as they should yet
  std::string note;                      // what is unusual about the convergence, if anything
};

/// Richardson extrapolation of the logarithm of a number whose error is of second order in h. `values`: finest grid
/// first, then coarser and coarser; `spacings`: their cell sizes, in any unit. One value: no interval. Two: the
/// extrapolated value -+ its distance from the finest grid's. Three: the same if the observed order lies within
/// 1.5 and 2.7 (or the differences are round-off); otherwise the value of the finest grid -+ its whole difference from
/// the next one, with a note (a higher order leaves that on the safe side, a lower one means a grid too coarse). Throws
/// std::invalid_argument unless all values are positive and finite and spacings ascend.
GridConvergence extrapolate(const std::vector<double>& values, const std::vector<double>& spacings);

}  // namespace valleyflux
