#include "solver/discretisation/line_nodes.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "solver/discretisation/line_integral.hpp"
#include "solver/discretisation/state_space.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

/// Nodes near a wall at which D falls to zero like the distance y from it: uniform in the coordinate int dx / D^(1/2),
/// in which the noise is constant, as far as that is finer than the cells.
void add_near_wall(const Problem<1>& problem, bool upper, double time, std::vector<double>& nodes) {
  const Axis& axis = problem.grid.axis(0);
  const Index n = axis.cells();
  Eigen::MatrixXd points(1, n + 1);
  for (Index cell = 0; cell < n; ++cell) points(0, cell) = axis.centre(cell);
  const double wall = points(0, n) = upper ? axis.max() : axis.min();
  DiffusionSamples diffusion;
  problem.dynamics.diffusion->sample(points, false, diffusion, time);
  const auto noise = diffusion.tensor.row(0);
  const double largest = noise.maxCoeff();
  if (!(noise[n] <= vanishing_noise * largest) || !(noise.head(n).minCoeff() > 0)) return;
  double length = 0.0;
  for (Index cell = 0; cell < n; ++cell) length += axis.size(cell) / std::sqrt(noise[cell]);
  const Index outermost = upper ? n - 1 : 0;
  const double size = axis.size(outermost);
  const double slope = noise[outermost] / (0.5 * size);
  const double root = 0.5 * std::sqrt(slope) * length / static_cast<double>(n);  // sqrt(y) from node to node
  for (Index k = 1; k <= n; ++k) {
    const double root_y = root * static_cast<double>(k), y = root_y * root_y;
    if (root * (2.0 * root_y + root) > size || y > 0.5 * (axis.max() - axis.min())) break;
    nodes.push_back(upper ? wall - y : wall + y);
  }
}

/// Moves the nodes that are marked on towards the next one, or leaves them out where they are no cell's own.
void move_marked(const Grid<1>& grid, const std::vector<char>& marked, std::vector<double>& nodes) {
  const Axis& axis = grid.axis(0);
  std::vector<double> kept;
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    const double x = nodes[k];
    const bool at_wall = !axis.periodic() && (x <= axis.min() || x >= axis.max());
    if (!marked[k] || at_wall) {
      kept.push_back(x);
      continue;
    }
    const Index cell = grid.cell_containing(Point<1>(x));
    if (x != axis.centre(cell)) continue;
    const double end = axis.edge(cell + 1);
    kept.push_back(0.5 * (x + (k + 1 < nodes.size() ? std::min(nodes[k + 1], end) : end)));
  }
  nodes = std::move(kept);
}

/// Moves nodes off zeros of the noise between the walls: what a zero does to those beside it is told from both its
/// sides.
void keep_off_noiseless(const Problem<1>& problem, double time, std::vector<double>& nodes) {
  DiffusionSamples diffusion;
  problem.dynamics.diffusion->sample(Eigen::Map<const Eigen::RowVectorXd>(nodes.data(), std::ssize(nodes)), false,
                                     diffusion, time);
  const double largest = diffusion.tensor.maxCoeff();
  std::vector<char> marked;
  for (const double noise : diffusion.tensor.reshaped()) marked.push_back(!(noise > vanishing_noise * largest));
  move_marked(problem.grid, marked, nodes);
}

}  // namespace

void insert_nodes(const Grid<1>& grid, const std::vector<double>& further, std::vector<double>& nodes) {
  const auto old = nodes.size();
  for (const double x : further) {
    const auto end = nodes.begin() + static_cast<std::ptrdiff_t>(old), next = std::lower_bound(nodes.begin(), end, x);
    const double close = 2.0 * StateSpace<1>::closeness * grid.axis(0).size(grid.cell_containing(Point<1>(x)));
    const bool apart = (next == end || *next - x > close) && (next == nodes.begin() || x - next[-1] > close) &&
                       (nodes.size() == old || x - nodes.back() > close);
    if (apart) nodes.push_back(x);
  }
  std::inplace_merge(nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(old), nodes.end());
}

void keep_off_zeros(const Grid<1>& grid, const std::vector<NoiseZero>& zeros, std::vector<double>& nodes) {
  constexpr double close = 1e-3;
  std::vector<char> marked;
  for (const double node : nodes)
    marked.push_back(std::any_of(zeros.begin(), zeros.end(), [&](const NoiseZero& zero) {
      return std::abs(grid.difference(Point<1>(node), Point<1>(zero.place))[0]) < close * zero.room;
    }));
  move_marked(grid, marked, nodes);
}

std::vector<double> line_nodes(const Problem<1>& problem, const std::vector<Region<1>>& surfaces, double time) {
  const Axis& axis = problem.grid.axis(0);
  std::vector<double> starts;
  for (const Valley<1>& valley : problem.valleys)
    if (valley.minimum) starts.push_back(problem.grid.wrapped_point(valley.minimum->position)[0]);
  std::vector<double> extra = starts;
  const auto add_surfaces = [&](const Region<1>& region) {
    const std::vector<double> found = surfaces_on_axis(region, problem.grid, starts);
    extra.insert(extra.end(), found.begin(), found.end());
  };
  for (const Valley<1>& valley : problem.valleys) {
    add_surfaces(valley.region);
    add_surfaces(valley.core);
  }
  for (const Target<1>& target : problem.targets) add_surfaces(target.region);
  for (const Region<1>& region : surfaces) add_surfaces(region);
  if (!axis.periodic() && !problem.dynamics.diffusion->constant())
    for (const bool upper : {false, true}) add_near_wall(problem, upper, time, extra);
  std::sort(extra.begin(), extra.end());

  std::vector<double> nodes;
  nodes.reserve(static_cast<std::size_t>(axis.cells()) + extra.size());
  auto next = extra.begin();
  const auto take_until = [&](double end) {
    for (; next != extra.end() && *next < end; ++next) {
      const double close = StateSpace<1>::closeness * axis.size(problem.grid.cell_containing(Point<1>(*next)));
      // A start may lie on a reflecting wall.
      const bool inside = axis.lower() == Boundary::reflecting ? *next >= axis.min() : *next > axis.min();
      if (inside && (nodes.empty() || *next - nodes.back() > close) && end - *next > close) nodes.push_back(*next);
    }
  };
  for (Index cell = 0; cell < axis.cells(); ++cell) {
    take_until(axis.centre(cell));
    nodes.push_back(axis.centre(cell));
  }
  take_until(axis.max());
  if (axis.upper() == Boundary::reflecting && next != extra.end() && *next == axis.max()) nodes.push_back(axis.max());
  if (!problem.dynamics.diffusion->constant()) keep_off_noiseless(problem, time, nodes);
  return nodes;
}

}  // namespace valleyflux
