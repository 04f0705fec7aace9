#pragma once

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// A positive number solved on a sequence of grids.
struct GridConvergence {
  double value = 0.0;                    // NaN if no grid has a positive, finite one
  std::optional<double> low, high;       // interval that holds it with the error estimate; nothing from one grid alone
  bool apart = false;                    // the grids tell no value and no error: `value` is the finest grid's, no more
  std::optional<double> observed_order;  // from three grids, where their differences are above round-off
  bool order_seen = true;                // by three grids, or differences of round-off
  std::string note;                      // what is unusual about the convergence, if anything
  /// Half-width of the interval over the value; nothing where there is no interval.
  std::optional<double> relative_error() const;
};

/// Value at h = 0 and error of a number whose grids are of second order in h, from the differences of its logarithm:
/// d1 between the finest two grids, d2 between the next two, p = log2(d2 / d1). `values`: finest grid first, each about
/// twice as coarse as the one before; of those that are not positive and finite the finest are skipped, and a coarser
/// one ends the sequence. `spacings`: of their cells, in any unit.
///   p in 2 +- 0.5:  extrapolated by d1 / 3; error: the change of the extrapolated value, at least 0.6 of the
///                   correction itself, or 0.2 of it where the next coarser grid shows that order once more; if it does
///                   not, at least a tenth of what its own difference would have come down to
///   p > 2.5:        the finest grid's; error max(|d1|, |d2| / 3): such an order may be two errors that cross zero
///   p < 0.5:        no error, if the finest two grids differ by more than a fourth: the truth may be decades away; nor
///                   by any order where they differ by a decade
///   otherwise:      the finest grid's; error 3 max(|d1|, |d2|): the grids do not show their order; |d2| where four
///                   grids come nearer each other by an order of 2 from the first to the last of them
/// Where d2 is a factor of 2 or more the order is not believed: no extrapolation, |d2| itself, 5 instead of 3;
///   two grids:      the finest grid's; error 3 |d1|, none where they differ by more than a fourth
/// felt_of_curved_surface: by how much the number changes, relative, where a surface that curves moves by a part of a
/// cell (curved_surface.hpp). From 0.01 on the factor of the second-order error jumps from grid to grid: an order of 2
/// then leaves twice the correction, or the correction where it is seen twice, and 0.4 of the older difference; a
/// larger one leaves |d2|, but for one up to 3 that four grids show: up to 0.1 it is a jump of that factor. Beyond, the
/// factor may change its sign. Differences of round-off alone (as of numbers that are exact on every grid) count as
/// errors themselves. No error is below the round-off of potentials and sums, 1e-11. Throws std::invalid_argument
/// unless there are values and as many spacings, which ascend.
GridConvergence extrapolate(const std::vector<double>& values, const std::vector<double>& spacings,
                            double felt_of_curved_surface = 0.0);

/// A number by grids, as they are solved in any order.
class GridSeries {
 public:
  /// value: NaN where the grid has none.
  void add(double spacing, double value);
  bool empty() const { return values_.empty(); }
  double finest_spacing() const { return spacings_.front(); }
  GridConvergence converged(double felt_of_curved_surface = 0.0) const {
    return extrapolate(values_, spacings_, felt_of_curved_surface);
  }

 private:
  std::vector<double> values_, spacings_;  // finest first
};

}  // namespace valleyflux
