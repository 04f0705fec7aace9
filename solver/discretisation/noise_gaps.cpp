#include "solver/discretisation/noise_gaps.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/valleys/kinks.hpp"

#include <algorithm>

namespace valleyflux {

std::vector<double> narrow_noise_gaps(const Problem<1>& problem, const std::vector<double>& nodes, double time) {
  if (!may_have_kinks(*problem.dynamics.diffusion)) return {};
  constexpr Index most_places = 131072, most_a_cell = 256;
  const Axis& axis = problem.grid.axis(0);
  const Index a_cell = std::clamp<Index>(most_places / axis.cells(), 1, most_a_cell);
  const Index places = a_cell * axis.cells();
  Eigen::MatrixXd points(1, places);
  for (Index cell = 0; cell < axis.cells(); ++cell)
    for (Index k = 0; k < a_cell; ++k)
      points(0, cell * a_cell + k) =
          axis.edge(cell) + axis.size(cell) * (static_cast<double>(k) + 0.5) / static_cast<double>(a_cell);
  DiffusionSamples noise;
  problem.dynamics.diffusion->sample(points, false, noise, time);
  constexpr double next_to_none = 1e-200;
  const double none = next_to_none * noise.tensor.maxCoeff();
  const auto empty = [&](Index place) { return noise.tensor(0, place) <= none; };

  std::vector<double> middles;
  for (Index first = 0; first < places; ++first) {
    if (!empty(first)) continue;
    Index last = first;
    while (last + 1 < places && empty(last + 1)) ++last;
    const double from = points(0, first), to = points(0, last);
    const auto next = std::lower_bound(nodes.begin(), nodes.end(), from);
    const bool seen = next != nodes.end() && *next <= to;
    if (last > first && first > 0 && last + 1 < places && !seen) middles.push_back(0.5 * (from + to));
    first = last;
  }
  return middles;
}

}  // namespace valleyflux
