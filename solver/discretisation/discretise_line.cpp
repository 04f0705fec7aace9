#include "problems/dynamics/diffusion_model.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/discretisation/drift_edge.hpp"
#include "solver/discretisation/line_edge.hpp"
#include "solver/discretisation/line_integral.hpp"
#include "solver/discretisation/line_nodes.hpp"
#include "solver/discretisation/noise_cusp.hpp"
#include "solver/discretisation/noise_gaps.hpp"
#include "solver/discretisation/one_way_crossing.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

/// The largest D at the cell centres: its scale. Throws SolverError if there is no noise at all.
double largest_diffusion(const Problem<1>& problem, double time) {
  Eigen::MatrixXd centres(1, problem.grid.cells());
  for (Index cell = 0; cell < problem.grid.cells(); ++cell) centres(0, cell) = problem.grid.centre(cell)[0];
  DiffusionSamples diffusion;
  problem.dynamics.diffusion->sample(centres, false, diffusion, time);
  const double largest = diffusion.tensor.maxCoeff();
  if (!(largest > 0)) throw SolverError("the diffusion D is zero everywhere: there is no noise to escape by");
  return largest;
}

/// A zero of the noise that is passed one way only: a node of its own, from which everything leaves to one side.
struct Gate {
  double place;
  bool to_lower;
};

/// Number in the generator of the edge from a node to the next: sorted, {0, 1}, {0, n-1} of a ring, {1, 2}, ...
Index generator_edge(Index edge, Index nodes, bool ring) {
  if (!ring || edge == 0) return edge;
  return edge + 1 == nodes ? 1 : edge + 1;
}

/// Edges of a line or ring of nodes, without rates.
Generator chain_of(Index nodes, bool ring) {
  Generator generator;
  generator.states = nodes;
  generator.exit = Eigen::VectorXd::Zero(nodes);
  const auto edges = static_cast<std::size_t>(ring ? nodes : nodes - 1);
  generator.from.resize(edges);
  generator.to.resize(edges);
  for (Index edge = 0; edge < static_cast<Index>(edges); ++edge) {
    const auto e = static_cast<std::size_t>(generator_edge(edge, nodes, ring));
    const Index next = edge + 1 < nodes ? edge + 1 : 0;
    generator.from[e] = static_cast<std::int32_t>(std::min(edge, next));
    generator.to[e] = static_cast<std::int32_t>(std::max(edge, next));
  }
  return generator;
}

/// Where the drift carries what comes through a stretch without noise.
bool carried(const std::vector<BlockedCrossing<1>>& crossings, std::size_t k) {
  return crossings[k].in_gap && passed_one_way(crossings, k);
}

/// Those among the crossings that are blocked one way alone.
std::vector<Gate> gates_at(const Discretisation<1>& trial, const std::vector<BlockedCrossing<1>>& crossings) {
  std::vector<Gate> gates;
  for (std::size_t k = 0; k < crossings.size(); ++k)
    // An edge across the seam of a ring runs backwards.
    if (passed_one_way(crossings, k) && !crossings[k].in_gap)
      gates.push_back({crossings[k].place[0], crossings[k].forward == (trial.along(crossings[k].edge)[0] > 0)});
  return gates;
}

}  // namespace

Discretisation<1> discretise(const Problem<1>& problem, const std::vector<Region<1>>& surfaces, double time) {
  const Axis& axis = problem.grid.axis(0);
  const double period = axis.max() - axis.min();
  const LineIntegrator integrate(problem.dynamics, largest_diffusion(problem, time), time);
  std::vector<double> nodes = line_nodes(problem, surfaces, time);
  std::vector<Gate> gates;
  std::vector<BlockedCrossing<1>> crossings;
  std::vector<double> middles;  // of the crossings' edges: a border without noise may be a node
  std::vector<Point<1>> passed;
  if (!problem.dynamics.diffusion->constant()) {
    require_regular_walls(integrate, axis, nodes);
    for (const double middle : narrow_noise_gaps(problem, nodes, time))
      nodes.insert(std::lower_bound(nodes.begin(), nodes.end(), middle), middle);
    Discretisation<1> trial{.space = StateSpace<1>(problem.grid, nodes, {}, {})};
    trial.generator = chain_of(static_cast<Index>(nodes.size()), axis.periodic());
    crossings = find_blocked_crossings<1>(
        problem.dynamics, trial.space, trial.generator, [&trial](Index edge) { return trial.along(edge); }, time,
        &passed);
    // What a node on a wall shows there is the wall's own affair.
    std::erase_if(crossings, [&](const BlockedCrossing<1>& crossing) {
      return !axis.periodic() && (crossing.place[0] <= axis.min() || crossing.place[0] >= axis.max());
    });
    std::erase_if(passed, [&](const Point<1>& zero) {
      return !axis.periodic() && (zero[0] <= axis.min() || zero[0] >= axis.max());
    });
    for (Point<1>& zero : passed) {
      constexpr double room = 4e-8;  // of round-off of the search along edges
      zero[0] = noise_cusp(*problem.dynamics.diffusion, zero[0], room * std::abs(zero[0]), time).value_or(zero[0]);
    }
    for (const Point<1>& zero : passed)
      require_no_trap(problem.dynamics, zero[0], axis.size(problem.grid.cell_containing(zero)), time);
    for (const BlockedCrossing<1>& crossing : crossings) {
      const double start = trial.space.position(trial.generator.from[static_cast<std::size_t>(crossing.edge)])[0];
      middles.push_back(problem.grid.wrapped_point(Point<1>(start + 0.5 * trial.along(crossing.edge)[0]))[0]);
    }
    keep_off_zeros(problem.grid, passed, nodes);
    gates = gates_at(trial, crossings);
    for (const Gate& gate : gates) nodes.insert(std::lower_bound(nodes.begin(), nodes.end(), gate.place), gate.place);
  }
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
  const auto edge_at = [&](double place) {
    const Index after = std::lower_bound(nodes.begin(), nodes.end(), place) - nodes.begin();
    return after > 0 ? after - 1 : n - 1;
  };
  const auto edge_behind = [&](Index edge) { return edge + 1 < n ? edge + 1 : 0; };
  // Edges at a zero of the noise that blocks are integrated towards it, below: across it all integrals diverge.
  std::vector<char> open(static_cast<std::size_t>(edges), 1);
  for (std::size_t k = 0; k < crossings.size(); ++k)
    if (!carried(crossings, k)) open[static_cast<std::size_t>(edge_at(crossings[k].place[0]))] = 0;
  for (const Gate& gate : gates) open[static_cast<std::size_t>(edge_behind(edge_at(gate.place)))] = 0;
  // Over a stretch without noise they would be of the size of the drift over the least noise taken.
  std::vector<char> drifting(static_cast<std::size_t>(edges), 0);
  for (std::size_t k = 0; k < crossings.size(); ++k)
    if (carried(crossings, k)) drifting[static_cast<std::size_t>(edge_at(middles[k]))] = 1;
  // And so are those at a zero that is passed, in pieces that end there.
  std::map<Index, double> zero_on;
  for (const Point<1>& zero : passed) {
    const Index edge = edge_at(zero[0]);
    zero_on[edge] = zero[0] < x[edge] ? zero[0] + period : zero[0];
  }
  std::vector<char> wanted;
  for (Index edge = 0; edge < edges; ++edge) {
    const auto e = static_cast<std::size_t>(edge);
    if (const auto boundary = boundary_of(edge)) stops.push_back(*boundary);
    stops.push_back(end_of(edge));
    first_stop[e + 1] = static_cast<Index>(stops.size()) - 1;
    wanted.resize(stops.size() - 1, open[e] && !drifting[e] && !zero_on.contains(edge));
  }
  std::vector<LineIntegral> stretches = integrate(stops, wanted);
  for (const auto& [edge, zero] : zero_on) {
    const auto e = static_cast<std::size_t>(edge);
    // The boundary of cells may be the zero but for round-off.
    constexpr double close = 1e-6;
    const double cell = axis.size(cells_of(edge)[0]);
    const auto snapped = [&, at = zero](double stop) { return std::abs(stop - at) < close * cell ? at : stop; };
    for (auto k = static_cast<std::size_t>(first_stop[e]); k < static_cast<std::size_t>(first_stop[e + 1]); ++k)
      stretches[k] = past_zero(integrate, snapped(stops[k]), snapped(stops[k + 1]), zero, axis);
  }

  Discretisation<1> result{.space = StateSpace<1>(problem.grid)};
  result.time = time;
  Generator& generator = result.generator;
  generator = chain_of(n, axis.periodic());
  std::vector<LineEdge> line(static_cast<std::size_t>(edges));
  for (Index edge = 0; edge < edges; ++edge) {
    const auto e = static_cast<std::size_t>(edge);
    const auto stop = static_cast<std::size_t>(first_stop[e]), end = static_cast<std::size_t>(first_stop[e + 1]);
    if (!open[e] || drifting[e]) continue;
    line[e] = edge_over(stretches[stop], end - stop == 2 ? stretches[stop + 1] : LineIntegral{}, cells_of(edge));
  }

  const auto boundary_or_end = [&](Index edge) { return boundary_of(edge).value_or(end_of(edge)); };
  for (const Gate& gate : gates) {
    const Index before = edge_at(gate.place), after = edge_behind(before);
    const auto over = [&](Index edge) -> LineEdge& { return line[static_cast<std::size_t>(edge)]; };
    over(before) =
        gate_edge(integrate, x[before], end_of(before), gate.to_lower, boundary_or_end(before), cells_of(before));
    over(after) =
        gate_edge(integrate, end_of(after), x[after], !gate.to_lower, boundary_or_end(after), cells_of(after));
  }
  for (std::size_t k = 0; k < crossings.size(); ++k) {
    BlockedCrossing<1> crossing = crossings[k];
    const bool both = k + 1 < crossings.size() && crossings[k + 1].edge == crossing.edge;
    const double place = crossing.place[0];
    // Of a gate the edge that leads to it from where it is blocked.
    const auto gate = std::find_if(gates.begin(), gates.end(), [&](const Gate& g) { return g.place == place; });
    Index edge = edge_at(carried(crossings, k) ? middles[k] : place);
    if (gate != gates.end() && !gate->to_lower) edge = edge_behind(edge);
    const double border = place < x[edge] ? place + period : place;
    if (carried(crossings, k))
      line[static_cast<std::size_t>(edge)] = drift_edge(integrate, problem.dynamics, x[edge], border, end_of(edge),
                                                        boundary_or_end(edge), cells_of(edge), time);
    if (both)
      line[static_cast<std::size_t>(edge)] =
          closed_edge(integrate, x[edge], border, end_of(edge), boundary_or_end(edge), cells_of(edge));
    crossing.edge = generator_edge(edge, n, axis.periodic());
    result.blocked.push_back(crossing);
    if (both) result.blocked.push_back({crossing.edge, !crossing.forward, crossing.place, crossing.in_gap});
    k += both;
  }
  WallEdge lower, upper;
  if (!axis.periodic()) {
    lower = wall_edge(integrate, x[0], axis.min(), axis, axis.lower());
    upper = wall_edge(integrate, x[n - 1], axis.max(), axis, axis.upper());
  }

  Eigen::VectorXd log_mass(n);
  Eigen::Matrix2Xd sides(2, n);
  std::vector<Eigen::Triplet<double, std::int32_t>> shares;
  shares.reserve(3 * static_cast<std::size_t>(n));
  const auto edge_before = [&](Index node) { return node > 0 ? node - 1 : axis.periodic() ? n - 1 : Index{-1}; };
  for (Index node = 0; node < n; ++node) {
    const Index before = edge_before(node), after = node < edges ? node : Index{-1};
    double log_of_wall = LineIntegral::nothing;
    if (node == 0) log_of_wall = lower.log_mass;
    if (node == n - 1) log_of_wall = log_sum(log_of_wall, upper.log_mass);
    const double below = before >= 0 ? line[static_cast<std::size_t>(before)].last.all() : lower.log_mass;
    const double above = after >= 0 ? line[static_cast<std::size_t>(after)].first.all() : upper.log_mass;
    const double sum = log_sum(below, above);
    if (!std::isfinite(sum)) throw SolverError(fmt::format("a transition rate is not finite near x = {:.8g}", x[node]));
    log_mass[node] = sum;
    sides.col(node) << std::exp(below - sum), std::exp(above - sum);
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
  result.space = StateSpace<1>(problem.grid, nodes, share, std::move(sides));

  generator.forward.resize(line.size());
  generator.backward.resize(line.size());
  for (Index edge = 0; edge < edges; ++edge) {
    const LineEdge& over = line[static_cast<std::size_t>(edge)];
    const Index next = edge + 1 < n ? edge + 1 : 0;
    const double forward = std::exp(-over.log_forward_resistance - log_mass[edge]);
    const double backward = std::exp(-over.log_backward_resistance - log_mass[next]);
    if (!std::isfinite(forward) || !std::isfinite(backward))
      throw SolverError(fmt::format("a transition rate is not finite near x = {:.8g}", x[edge]));
    const auto e = static_cast<std::size_t>(generator_edge(edge, n, axis.periodic()));
    generator.forward[e] = next > edge ? forward : backward;
    generator.backward[e] = next > edge ? backward : forward;
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
Discretisation<1> discretise(const Problem<1>& problem, double, double time) {
  return discretise(problem, std::vector<Region<1>>{}, time);
}

}  // namespace valleyflux
