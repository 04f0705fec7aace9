#include "solver/discretisation/hat_width.hpp"

#include "solver/discretisation/straight_way.hpp"

#include <cmath>
#include <limits>

namespace valleyflux {

double scaled(double rate, double log_factor) {
  constexpr double in_range = 300.0;
  return std::abs(log_factor) < in_range ? rate * std::exp(log_factor) : std::exp(std::log(rate) + log_factor);
}

template <int Dim>
WallHit first_wall(const Grid<Dim>& grid, const Offset<Dim>& at, const Offset<Dim>& step) {
  WallHit hit{std::numeric_limits<double>::infinity(), Boundary::reflecting, 0, false};
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid.axis(k);
    if (axis.periodic() || step[k] == 0) continue;
    const double wall = step[k] > 0 ? static_cast<double>(axis.cells()) - 0.5 : -0.5;
    const double fraction = (wall - at[k]) / step[k];
    if (fraction < hit.fraction) hit = {fraction, step[k] > 0 ? axis.upper() : axis.lower(), k, step[k] > 0};
  }
  if (!grid.covers_box()) {
    // Half-way to the first cell outside the domain, unless that lies beyond a wall of the box.
    const int part = first_outside<Dim>(grid, at, step);
    if (part > 0 && in_box<Dim>(grid, point_on_way<Dim>(at, step, part)))
      hit = {(part - 0.5) / step.cwiseAbs().maxCoeff(), Boundary::reflecting, 0, false};
  }
  return hit;
}

template <int Dim>
double log_half_width(const LatticeSampler<Dim>& sampler, const Grid<Dim>& grid, const Offset<Dim>& at,
                      const Offset<Dim>& step) {
  const Point<Dim> here = at.template cast<double>(), along = step.template cast<double>();
  if (grid.wrapped(at + step)) return edge_masses(sampler.potential(here, here + along)).log_start;
  const WallHit hit = first_wall<Dim>(grid, at, step);
  const EdgeMasses masses = edge_masses(sampler.potential(here, here + hit.fraction * along));
  return hit.boundary == Boundary::absorbing ? masses.log_start : std::log(hit.fraction) + masses.log_whole;
}

template WallHit first_wall(const Grid<2>&, const Offset<2>&, const Offset<2>&);
template double log_half_width(const LatticeSampler<2>&, const Grid<2>&, const Offset<2>&, const Offset<2>&);

}  // namespace valleyflux
