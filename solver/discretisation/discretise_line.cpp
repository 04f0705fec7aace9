#include "problems/dynamics/diffusion_model.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/discretisation/drift_edge.hpp"
#include "solver/discretisation/edge_sums.hpp"
#include "solver/discretisation/line_breaks.hpp"
#include "solver/discretisation/line_edge.hpp"
#include "solver/discretisation/line_integral.hpp"
#include "solver/discretisation/line_nodes.hpp"
#include "solver/discretisation/line_rates.hpp"
#include "solver/discretisation/noise_cusp.hpp"
#include "solver/discretisation/noise_gaps.hpp"
#include "solver/discretisation/one_way_crossing.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

/// The largest D at the cell centres: its scale. Throws SolverError if there is no noise at all.
double largest_diffusion(const Problem<1>& problem, double time) {
  const Index cells = problem.dynamics.diffusion->constant() ? 1 : problem.grid.cells();
  Eigen::MatrixXd centres(1, cells);
  for (Index cell = 0; cell < cells; ++cell) centres(0, cell) = problem.grid.centre(cell)[0];
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

/// An edge with a zero of the noise that is passed: in pieces that end there.
LogEdge edge_past_zero(const LineIntegrator& integrate, double start, double division, double end, double zero,
                       const Axis& axis, double cell) {
  // The boundary of cells may be the zero but for round-off.
  constexpr double close = 1e-6;
  const auto snapped = [&](double stop) { return std::abs(stop - zero) < close * cell ? zero : stop; };
  return edge_over(past_zero(integrate, snapped(start), snapped(division), zero, axis),
                   past_zero(integrate, snapped(division), snapped(end), zero, axis));
}

}  // namespace

Discretisation<1> discretise(const Problem<1>& problem, const std::vector<Region<1>>& surfaces, double time) {
  const Axis& axis = problem.grid.axis(0);
  const double largest = largest_diffusion(problem, time);
  const LineBreaks breaks = line_breaks(problem.dynamics, axis, largest);
  const LineIntegrator integrate(problem.dynamics, largest, time, breaks);
  std::vector<double> nodes = line_nodes(problem, surfaces, time);
  std::vector<Gate> gates;
  std::vector<BlockedCrossing<1>> crossings;
  std::vector<double> middles;  // of the crossings' edges: a border without noise may be a node
  std::vector<Point<1>> passed;
  if (!problem.dynamics.diffusion->constant()) {
    require_regular_walls(integrate, axis, nodes);
    insert_nodes(problem.grid,
                 breaks.complete ? nodes_at_breaks(breaks, *problem.dynamics.diffusion, problem.grid)
                                 : narrow_noise_gaps(problem, nodes, time),
                 nodes);
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
    std::vector<NoiseZero> zeros;
    for (const Point<1>& zero : passed) {
      double room = axis.size(problem.grid.cell_containing(zero));
      if (!axis.periodic()) room = std::min({room, zero[0] - axis.min(), axis.max() - zero[0]});
      for (const double side : {-1.0, 1.0}) room = breaks.free_way(zero[0], side, room);
      require_no_trap(problem.dynamics, zero[0], room, time);
      zeros.push_back({zero[0], room});
    }
    for (const BlockedCrossing<1>& crossing : crossings) {
      const double start = trial.space.position(trial.generator.from[static_cast<std::size_t>(crossing.edge)])[0];
      middles.push_back(problem.grid.wrapped_point(Point<1>(start + 0.5 * trial.along(crossing.edge)[0]))[0]);
    }
    keep_off_zeros(problem.grid, zeros, nodes);
    gates = gates_at(trial, crossings);
    for (const Gate& gate : gates) nodes.insert(std::lower_bound(nodes.begin(), nodes.end(), gate.place), gate.place);
  }
  const NodeLine line(problem.grid, nodes);
  const Index n = line.nodes(), edges = line.edges();

  // Edges at a zero of the noise that blocks are integrated towards it, below: across it all integrals diverge. Over a
  // stretch without noise that a drift leads across they would be of the size of the drift over the least noise taken.
  std::vector<char> open(static_cast<std::size_t>(edges), 1);
  const auto close = [&](Index edge) { open[static_cast<std::size_t>(edge)] = 0; };
  const auto edge_of = [&](std::size_t k) {
    return line.edge_at(carried(crossings, k) ? middles[k] : crossings[k].place[0]);
  };
  for (std::size_t k = 0; k < crossings.size(); ++k) close(edge_of(k));
  for (const Gate& gate : gates) close(line.next(line.edge_at(gate.place)));
  // And so are those at a zero that is passed.
  std::map<Index, double> zero_on;
  for (const Point<1>& zero : passed) {
    const Index edge = line.edge_at(zero[0]);
    if (open[static_cast<std::size_t>(edge)]) zero_on[edge] = line.on_edge(edge, zero[0]);
  }
  for (const auto& [edge, zero] : zero_on) close(edge);

  EdgeSums sums = integrate_edges(integrate, line, open);
  const auto division = [&](Index edge) { return line.division(edge).place; };
  for (const auto& [edge, zero] : zero_on)
    sums.set(edge, edge_past_zero(integrate, line.start(edge), division(edge), line.end(edge), zero, axis,
                                  axis.size(line.division(edge).cells[0])));
  for (const Gate& gate : gates) {
    const Index before = line.edge_at(gate.place), after = line.next(before);
    sums.set(before, gate_edge(integrate, line.start(before), line.end(before), gate.to_lower, division(before)));
    sums.set(after, gate_edge(integrate, line.end(after), line.start(after), !gate.to_lower, division(after)));
  }
  Discretisation<1> result{.space = StateSpace<1>(problem.grid)};
  result.time = time;
  for (std::size_t k = 0; k < crossings.size(); ++k) {
    BlockedCrossing<1> crossing = crossings[k];
    const bool both = k + 1 < crossings.size() && crossings[k + 1].edge == crossing.edge;
    const double place = crossing.place[0];
    // Of a gate the edge that leads to it from where it is blocked.
    const auto gate = std::find_if(gates.begin(), gates.end(), [&](const Gate& g) { return g.place == place; });
    Index edge = edge_of(k);
    if (gate != gates.end() && !gate->to_lower) edge = line.next(edge);
    const double border = line.on_edge(edge, place);
    if (carried(crossings, k))
      sums.set(edge,
               drift_edge(integrate, problem.dynamics, line.start(edge), border, line.end(edge), division(edge), time));
    if (both) sums.set(edge, closed_edge(integrate, line.start(edge), border, line.end(edge), division(edge)));
    crossing.edge = generator_edge(edge, n, axis.periodic());
    result.blocked.push_back(crossing);
    if (both) result.blocked.push_back({crossing.edge, !crossing.forward, crossing.place, crossing.in_gap});
    k += both;
  }
  WallEdge lower, upper;
  if (!axis.periodic()) {
    lower = wall_edge(integrate, line.start(0), axis.min(), axis, axis.lower());
    upper = wall_edge(integrate, line.start(n - 1), axis.max(), axis, axis.upper());
    sums.set_wall(0, 1, lower.log_mass);
    sums.set_wall(n - 1, 2, upper.log_mass);
  }

  Eigen::VectorXd mass;
  divide_by_sums(sums.parts, mass);
  conductances_to_rates(sums.forward, sums.backward, mass);
  const auto require_finite = [&](const auto& values) {
    if (values.allFinite()) return;
    for (Index k = 0; k < values.size(); ++k)
      if (!std::isfinite(values[k]))
        throw SolverError(fmt::format("a transition rate is not finite near x = {:.8g}", line.start(k)));
  };
  require_finite(mass);
  require_finite(Eigen::Map<const Eigen::VectorXd>(sums.forward.data(), edges));
  require_finite(Eigen::Map<const Eigen::VectorXd>(sums.backward.data(), edges));
  Generator& generator = result.generator;
  generator = chain_of(n, axis.periodic());
  generator.forward = std::move(sums.forward);
  generator.backward = std::move(sums.backward);
  if (axis.periodic()) {
    // The last edge of a ring leads back to node 0: it is the second of the generator's, the other way round.
    std::swap(generator.forward.back(), generator.backward.back());
    for (auto* rates : {&generator.forward, &generator.backward})
      std::rotate(rates->begin() + 1, rates->end() - 1, rates->end());
  }
  const auto exit = [&](const WallEdge& edge, Index node, double wall) {
    const double rate = std::exp(-edge.log_resistance - sums.log_unit(node)) / mass[node];
    if (!std::isfinite(rate))
      throw SolverError(fmt::format("the rate through the wall at x = {:.8g} is not finite", wall));
    if (!(rate > 0)) return;
    generator.exit[node] += rate;
    result.exits.push_back({node, 0, wall > line.start(node), rate, Point<1>(wall - line.start(node))});
  };
  exit(lower, 0, axis.min());
  exit(upper, n - 1, axis.max());
  result.switches_missed = !breaks.complete && !depends_on_time(problem.dynamics);
  result.space = StateSpace<1>(problem.grid, nodes, std::move(sums.cells), std::move(sums.parts));
  return result;
}

template <>
Discretisation<1> discretise(const Problem<1>& problem, double, double time) {
  return discretise(problem, std::vector<Region<1>>{}, time);
}

}  // namespace valleyflux
