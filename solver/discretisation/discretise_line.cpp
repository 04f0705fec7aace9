#include "solver/discretisation/discretise.hpp"
#include "solver/discretisation/line_integral.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

/// The largest D at the cell centres: its scale.
double largest_diffusion(const Problem<1>& problem) {
  Eigen::MatrixXd centres(1, problem.grid.cells());
  for (Index cell = 0; cell < problem.grid.cells(); ++cell) centres(0, cell) = problem.grid.centre(cell)[0];
  DiffusionSamples diffusion;
  problem.dynamics.diffusion->sample(centres, false, diffusion);
  const double largest = diffusion.tensor.maxCoeff();
  return largest > 0 ? largest : 1.0;
}

/// Nodes near a wall at which D falls to zero like the distance y from it: uniform in the coordinate int dx / D^(1/2),
/// in which the noise is constant, as far as that is finer than the cells.
void add_near_wall(const Problem<1>& problem, bool upper, std::vector<double>& nodes) {
  const Axis& axis = problem.grid.axis(0);
  const Index n = axis.cells();
  Eigen::MatrixXd points(1, n + 1);
  for (Index cell = 0; cell < n; ++cell) points(0, cell) = axis.centre(cell);
  const double wall = points(0, n) = upper ? axis.max() : axis.min();
  DiffusionSamples diffusion;
  problem.dynamics.diffusion->sample(points, false, diffusion);
  const auto noise = diffusion.tensor.row(0);
  constexpr double vanishing = 1e-12;
  const double largest = noise.maxCoeff();
  if (!(noise[n] <= vanishing * largest) || !(noise.head(n).minCoeff() > 0)) return;
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

/// Centres of all cells, surfaces of regions and minima: ascending, no two closer than `closeness` cells.
std::vector<double> nodes_of(const Problem<1>& problem, const std::vector<Region<1>>& surfaces) {
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
  for (const Region<1>& region : surfaces) add_surfaces(region);
  if (!axis.periodic() && !problem.dynamics.diffusion->constant())
    for (const bool upper : {false, true}) add_near_wall(problem, upper, extra);
  std::sort(extra.begin(), extra.end());

  std::vector<double> nodes;
  nodes.reserve(static_cast<std::size_t>(axis.cells()) + extra.size());
  auto next = extra.begin();
  const auto take_until = [&](double end) {
    for (; next != extra.end() && *next < end; ++next) {
      const double close = StateSpace<1>::closeness * axis.size(problem.grid.cell_containing(Point<1>(*next)));
      if (*next > axis.min() && *next < axis.max() && (nodes.empty() || *next - nodes.back() > close) &&
          end - *next > close)
        nodes.push_back(*next);
    }
  };
  for (Index cell = 0; cell < axis.cells(); ++cell) {
    take_until(axis.centre(cell));
    nodes.push_back(axis.centre(cell));
  }
  take_until(axis.max());
  return nodes;
}

/// What an edge adds to the masses of its ends, by cell: at most two of them.
struct HatParts {
  std::array<double, 2> log_mass{LineIntegral::nothing, LineIntegral::nothing};
  double all() const { return log_sum(log_mass[0], log_mass[1]); }
};

/// An edge of the line.
struct Edge {
  double log_forward_resistance, log_backward_resistance;  // relative to the first and to the last node
  std::array<Index, 2> cells;                              // before and after the boundary between them
  HatParts first, last;                                    // of the hats of the two nodes, each relative to its own
};

Edge edge_over(const LineIntegral& before, const LineIntegral& after, std::array<Index, 2> cells) {
  const LineIntegral whole = joined(before, after);
  const double after_mass = after.log_mass - before.rise, after_resistance = before.rise + after.log_resistance;
  const double r = whole.log_resistance;
  return {
      r,
      r - whole.rise,
      cells,
      {{log_sum(before.log_down, before.log_mass + after_resistance) - r, after.log_down - r}},
      {{before.log_up - r + whole.rise, log_sum(before.log_resistance + after_mass, after.log_up) - r + whole.rise}}};
}

/// An edge across a zero of the noise that cannot be passed one way or both. What stops at the zero stays on its own
/// side of it, what passes is let through there and comes back no more.
Edge gated_edge(const LineIntegrator& integrate, double x, double gate, double beyond, bool blocks_forward,
                bool blocks_backward, double boundary, std::array<Index, 2> cells) {
  const auto side = [&](double node, bool blocked, HatParts& parts, double& log_resistance) {
    const LineIntegral to_gate = integrate.to_wall(node, gate);
    const bool stays = blocked || std::isinf(to_gate.log_resistance);
    log_resistance = stays ? std::numeric_limits<double>::infinity() : to_gate.log_resistance;
    const double hat = stays ? to_gate.log_mass : to_gate.log_down - to_gate.log_resistance;
    if (!std::isfinite(hat))
      throw SolverError(fmt::format("probability piles up where the noise vanishes at x = {:.8g}", gate));
    // All of it to the cell that holds the middle of the way.
    parts.log_mass[0.5 * (node + gate) < boundary ? 0 : 1] = hat;
  };
  Edge edge{0.0, 0.0, cells, {}, {}};
  side(x, blocks_forward, edge.first, edge.log_forward_resistance);
  side(beyond, blocks_backward, edge.last, edge.log_backward_resistance);
  return edge;
}

/// The stretch between an outermost node and a wall.
struct WallEdge {
  double log_resistance = std::numeric_limits<double>::infinity();
  double log_mass = LineIntegral::nothing;
};

WallEdge wall_edge(const LineIntegrator& integrate, double x, double wall, Boundary boundary) {
  const LineIntegral to_wall = integrate.to_wall(x, wall);
  if (boundary == Boundary::absorbing && std::isfinite(to_wall.log_resistance))
    return {to_wall.log_resistance, to_wall.log_down - to_wall.log_resistance};
  if (!std::isfinite(to_wall.log_mass))
    throw SolverError(
        fmt::format("probability piles up at the wall x = {:.8g}, where the noise vanishes: make it absorbing", wall));
  return {std::numeric_limits<double>::infinity(), to_wall.log_mass};
}

}  // namespace

Discretisation<1> discretise(const Problem<1>& problem, const std::vector<Region<1>>& surfaces) {
  const Axis& axis = problem.grid.axis(0);
  const double period = axis.max() - axis.min();
  const LineIntegrator integrate(problem.dynamics, largest_diffusion(problem));
  const std::vector<double> nodes = nodes_of(problem, surfaces);
  const auto n = static_cast<Index>(nodes.size()), edges = axis.periodic() ? n : n - 1;
  const Eigen::Map<const Eigen::VectorXd> x(nodes.data(), n);
  std::vector<Index> cell_of;
  for (const double node : nodes) cell_of.push_back(problem.grid.cell_containing(Point<1>(node)));

  // Stops: all nodes, and the boundaries of cells between them.
  std::vector<double> stops{x[0]};
  std::vector<Index> first_stop(static_cast<std::size_t>(edges) + 1, 0);  // of each edge
  stops.reserve(2 * static_cast<std::size_t>(n) + 2);
  const auto end_of = [&](Index edge) { return edge + 1 < n ? x[edge + 1] : x[0] + period; };
  const auto cells_of = [&](Index edge) {
    return std::array<Index, 2>{cell_of[static_cast<std::size_t>(edge)],
                                cell_of[static_cast<std::size_t>(edge + 1 < n ? edge + 1 : 0)]};
  };
  const auto boundary_of = [&](Index edge) {
    const auto [before, after] = cells_of(edge);
    const double boundary = axis.edge(before + 1);
    return before != after && boundary > x[edge] && boundary < end_of(edge) ? std::optional(boundary) : std::nullopt;
  };
  for (Index edge = 0; edge < edges; ++edge) {
    if (const auto boundary = boundary_of(edge)) stops.push_back(*boundary);
    stops.push_back(end_of(edge));
    first_stop[static_cast<std::size_t>(edge) + 1] = static_cast<Index>(stops.size()) - 1;
  }
  const std::vector<LineIntegral> stretches = integrate(stops);

  Discretisation<1> result{.space = StateSpace<1>(problem.grid)};
  Generator& generator = result.generator;
  generator.states = n;
  generator.exit = Eigen::VectorXd::Zero(n);
  // Sorted: {0, 1}, {0, n-1} of a ring, {1, 2}, ...
  std::vector<Index> line_edges;  // by the generator's edge: that from node e to the next
  const auto enter = [&](Index edge) {
    const Index a = edge, b = edge + 1 < n ? edge + 1 : 0;
    line_edges.push_back(edge);
    generator.from.push_back(static_cast<std::int32_t>(std::min(a, b)));
    generator.to.push_back(static_cast<std::int32_t>(std::max(a, b)));
  };
  enter(0);
  if (axis.periodic()) enter(n - 1);
  for (Index edge = 1; edge + 1 < n; ++edge) enter(edge);
  std::vector<Edge> line(static_cast<std::size_t>(edges));
  for (Index edge = 0; edge < edges; ++edge) {
    const auto e = static_cast<std::size_t>(edge);
    const auto stop = static_cast<std::size_t>(first_stop[e]), end = static_cast<std::size_t>(first_stop[e + 1]);
    line[e] = edge_over(stretches[stop], end - stop == 2 ? stretches[stop + 1] : LineIntegral{}, cells_of(edge));
  }

  result.space = StateSpace<1>(problem.grid, nodes, {});
  result.blocked = find_blocked_crossings<1>(problem.dynamics, result.space, generator,
                                             [&result](Index edge) { return result.along(edge); });
  for (std::size_t k = 0; k < result.blocked.size(); ++k) {
    const BlockedCrossing<1>& crossing = result.blocked[k];
    const Index edge = line_edges[static_cast<std::size_t>(crossing.edge)];
    const bool both = k + 1 < result.blocked.size() && result.blocked[k + 1].edge == crossing.edge;
    const bool along_axis = edge + 1 < n;  // the generator's edge across the seam runs the other way
    const bool forward = both || crossing.forward == along_axis, backward = both || crossing.forward != along_axis;
    double gate = crossing.place[0];
    if (gate < x[edge]) gate += period;
    line[static_cast<std::size_t>(edge)] = gated_edge(integrate, x[edge], gate, end_of(edge), forward, backward,
                                                      boundary_of(edge).value_or(end_of(edge)), cells_of(edge));
    k += both;
  }
  WallEdge lower, upper;
  if (!axis.periodic()) {
    lower = wall_edge(integrate, x[0], axis.min(), axis.lower());
    upper = wall_edge(integrate, x[n - 1], axis.max(), axis.upper());
  }

  Eigen::VectorXd log_mass(n);
  std::vector<Eigen::Triplet<double, std::int32_t>> shares;
  shares.reserve(3 * static_cast<std::size_t>(n));
  const auto edge_before = [&](Index node) { return node > 0 ? node - 1 : axis.periodic() ? n - 1 : Index{-1}; };
  for (Index node = 0; node < n; ++node) {
    const Index before = edge_before(node), after = node < edges ? node : Index{-1};
    double log_of_wall = LineIntegral::nothing;
    if (node == 0) log_of_wall = lower.log_mass;
    if (node == n - 1) log_of_wall = log_sum(log_of_wall, upper.log_mass);
    double sum = log_of_wall;
    if (before >= 0) sum = log_sum(sum, line[static_cast<std::size_t>(before)].last.all());
    if (after >= 0) sum = log_sum(sum, line[static_cast<std::size_t>(after)].first.all());
    if (!std::isfinite(sum)) throw SolverError(fmt::format("a transition rate is not finite near x = {:.8g}", x[node]));
    log_mass[node] = sum;
    const auto share = [&](Index cell, double log_part) {
      const double part = std::exp(log_part - sum);
      if (part > 0) shares.emplace_back(static_cast<std::int32_t>(cell), static_cast<std::int32_t>(node), part);
    };
    share(cell_of[static_cast<std::size_t>(node)], log_of_wall);
    for (std::size_t k = 0; k < 2; ++k) {
      if (before >= 0)
        share(line[static_cast<std::size_t>(before)].cells[k], line[static_cast<std::size_t>(before)].last.log_mass[k]);
      if (after >= 0)
        share(line[static_cast<std::size_t>(after)].cells[k], line[static_cast<std::size_t>(after)].first.log_mass[k]);
    }
  }
  Eigen::SparseMatrix<double> share(axis.cells(), n);
  share.setFromTriplets(shares.begin(), shares.end());
  result.space = StateSpace<1>(problem.grid, nodes, std::move(share));

  for (const Index edge : line_edges) {
    const Edge& over = line[static_cast<std::size_t>(edge)];
    const Index next = edge + 1 < n ? edge + 1 : 0;
    const double forward = std::exp(-over.log_forward_resistance - log_mass[edge]);
    const double backward = std::exp(-over.log_backward_resistance - log_mass[next]);
    if (!std::isfinite(forward) || !std::isfinite(backward))
      throw SolverError(fmt::format("a transition rate is not finite near x = {:.8g}", x[edge]));
    generator.forward.push_back(next > edge ? forward : backward);
    generator.backward.push_back(next > edge ? backward : forward);
  }
  const auto exit = [&](const WallEdge& edge, Index node, double wall) {
    const double rate = std::exp(-edge.log_resistance - log_mass[node]);
    if (!std::isfinite(rate))
      throw SolverError(fmt::format("the rate through the wall at x = {:.8g} is not finite", wall));
    if (!(rate > 0)) return;
    generator.exit[node] += rate;
    result.exits.push_back({node, 0, wall > x[node], rate, Point<1>(wall - x[node])});
  };
  exit(lower, 0, axis.min());
  exit(upper, n - 1, axis.max());
  return result;
}

template <>
Discretisation<1> discretise(const Problem<1>& problem) {
  return discretise(problem, {});
}

}  // namespace valleyflux
