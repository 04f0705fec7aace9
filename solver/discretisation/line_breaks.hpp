#pragma once

#include "grids/grid.hpp"
#include "problems/dynamics/coefficients.hpp"

#include <cstddef>
#include <vector>

namespace valleyflux {

/// Places of the line at which drift, noise or landscape switch from one formula to another (see breakpoints.hpp):
/// integrands are smooth between them.
struct LineBreaks {
  std::vector<double> places{};  // ascending
  std::vector<double> rises{};   // of Phi at them, by steps of the landscape
  bool complete = false;         // whether formulas switch nowhere else; if not, rises are 0

  /// Number of the first one at or after x.
  std::size_t first_from(double x) const;
  bool between(double a, double b) const {
    const std::size_t next = places.empty() ? 0 : first_from(a);
    return next < places.size() && places[next] < b;
  }
  /// How far from x the line goes on to one side, -1 or 1, without a break, x itself aside: `most` at the most.
  double free_way(double x, double side, double most) const;
};

/// Of formulas that do not depend on time; none are known of others. Phi rises at a step by (L(x+) - L(x-)) / T, T kT
/// of a mobility, or D beside the step where it is lower, 1e-14 of the largest at least. Throws SolverError where the
/// landscape is infinite at one side.
LineBreaks line_breaks(const Dynamics& dynamics, const Axis& axis, double largest_diffusion);

/// Nodes at either side of the breaks that are closer to the next one, or to an end of the line, than a cell: between
/// neighbouring nodes there is one break then at the most, or the breaks are a cell apart. Those within a stretch
/// without noise do not count. Ascending. Throws SolverError where the noise is negative between two breaks.
std::vector<double> nodes_at_breaks(const LineBreaks& breaks, const DiffusionModel& diffusion, const Grid<1>& grid);

}  // namespace valleyflux
