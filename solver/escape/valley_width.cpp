#include "solver/escape/valley_width.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/valleys/kinks.hpp"
#include "solver/discretisation/state_space.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace valleyflux {

double cells_over_width(const Problem<1>& problem, const Valley<1>& valley) {
  if (!valley.minimum) return 0.0;
  const CriticalPoint<1>& minimum = *valley.minimum;
  const Axis& axis = problem.grid.axis(0);
  DiffusionSamples diffusion;
  problem.dynamics.diffusion->sample(minimum.position, false, diffusion);
  const double D = diffusion.tensor(0, 0), curvature = minimum.hessian(0, 0);
  double width = std::numeric_limits<double>::infinity();
  if (minimum.at_wall) {
    Eigen::MatrixXd force;
    problem.dynamics.drift.sample(minimum.position, force);
    if (force(0, 0) != 0.0 && D > 0) width = D / std::abs(force(0, 0));
  } else if (minimum.kinked) {
    constexpr double close = 0.01;
    const double cell = axis.size(problem.grid.cell_containing(minimum.position));
    width =
        kink_width<1>(problem.dynamics.drift, *problem.dynamics.diffusion, minimum.position, Point<1>(close * cell))[0];
  } else if (curvature > 0 && D > 0) {
    width = std::sqrt(D / curvature);
  }
  const double at = minimum.position[0];
  double low = axis.min(), high = axis.max();
  for (const double surface : surfaces_on_axis(valley.region, problem.grid, {at}))
    if (surface < at)
      low = std::max(low, surface);
    else
      high = std::min(high, surface);
  width = std::min(width, high - low);
  return width > 0 ? axis.size(problem.grid.cell_containing(minimum.position)) / width : 0.0;
}

double cells_over_width(const Problem<1>& problem) {
  double largest = 0.0;
  for (const Valley<1>& valley : problem.valleys) largest = std::max(largest, cells_over_width(problem, valley));
  return largest;
}

bool resolves(double cells_over_width) {
  constexpr double widest = 0.125;
  return cells_over_width <= widest;
}

bool shows(double cells_over_width) {
  constexpr double widest = 2.0;
  return cells_over_width <= widest;
}

}  // namespace valleyflux
