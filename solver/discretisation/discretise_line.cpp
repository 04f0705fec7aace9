#include "problems/dynamics/diffusion_model.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/discretisation/line_integral.hpp"
#include "solver/discretisation/line_nodes.hpp"
#include "solver/discretisation/noise_gaps.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
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

/// A zero of the noise that is passed one way only: a node of its own, from which everything leaves to one side.
struct Gate {
  double place;
  bool to_lower;
};

/// All of a hat to the cell that holds the middle of it.
HatParts in_one_cell(double log_mass, double middle, double boundary) {
  HatParts parts;
  parts.log_mass[middle < boundary ? 0 : 1] = log_mass;
  return parts;
}

[[noreturn]] void fail_at_trap(double place, const std::string& how) {
  constexpr double round_off = 1e-14;
  if (std::abs(place) < round_off) place = 0.0;
  throw SolverError(
      fmt::format("x = {:.8g}, where the noise vanishes, is a trap: {}. In the end all probability is there: end the "
                  "axis there with an absorbing wall, and rates are those of reaching it",
                  place, how));
}

double finite_at(double log_value, double place) {
  if (!std::isfinite(log_value)) fail_at_trap(place, "what comes near it never gets away");
  return log_value;
}

/// Beside a zero of the noise that nothing blocks D goes like y^p and F / D like s / y with the distance y from it: by
/// Feller's test what comes there never leaves where the mass of int exp(int F / D) / D, which grows like y^a, is
/// infinite.
void require_no_trap(const Dynamics& dynamics, double zero, double cell, double time) {
  constexpr double close = 1e-6, to_round_off = 1e-3;
  const double y = close * cell, alpha = alpha_of(dynamics.interpretation);
  const Eigen::RowVector4d points = zero + Eigen::Array4d(y, 2.0 * y, -y, -2.0 * y).transpose();
  DiffusionSamples noise;
  dynamics.diffusion->sample(points, false, noise, time);
  Eigen::MatrixXd force;
  dynamics.drift.sample(points, force, nullptr, time);
  // A drift that leads across takes along what has come so close.
  constexpr double least_growth = 1.5;
  if (force(0, 0) * force(0, 2) > 0 && std::abs(force(0, 1)) < least_growth * std::abs(force(0, 0))) return;
  for (const Index near : {0, 2}) {
    const double D = noise.tensor(0, near), p = std::log2(noise.tensor(0, near + 1) / D);
    const double s = (near == 0 ? 1.0 : -1.0) * force(0, near) * y / D;  // outward
    const double a = 1.0 + p * (alpha - 1.0) + s;
    if (a <= to_round_off)
      fail_at_trap(zero, 1.0 - p * alpha - s + a > to_round_off
                             ? "what reaches it stays, for the drift vanishes as well"
                             : "what is beside it comes ever closer, and never gets away");
  }
}

/// An edge between a gate and a node, which has the lower or the upper end. What leads out of the gate is an entrance:
/// the mean time int s' int (1 / (D s')) from it to the node stands for the product of resistance and mass. What leads
/// into it is absorbed there.
Edge gate_edge(const LineIntegrator& integrate, double node, double gate, bool out_of_gate, double boundary,
               std::array<Index, 2> cells) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const LineIntegral to_gate = integrate.to_zero(node, gate);
  const double middle = 0.5 * (node + gate);
  const double log_from_node = out_of_gate ? infinity : finite_at(to_gate.log_resistance, gate);
  const double log_from_gate = out_of_gate ? finite_at(to_gate.log_up, gate) : infinity;
  const HatParts of_node = in_one_cell(
      finite_at(out_of_gate ? to_gate.log_mass : to_gate.log_down - to_gate.log_resistance, gate), middle, boundary);
  const HatParts of_gate = in_one_cell(out_of_gate ? 0.0 : LineIntegral::nothing, middle, boundary);
  if (node < gate) return {log_from_node, log_from_gate, cells, of_node, of_gate};
  return {log_from_gate, log_from_node, cells, of_gate, of_node};
}

/// An edge across a zero of the noise that nothing passes: each side keeps what it has.
Edge closed_edge(const LineIntegrator& integrate, double x, double zero, double beyond, double boundary,
                 std::array<Index, 2> cells) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto side = [&](double node) {
    return in_one_cell(finite_at(integrate.to_zero(node, zero).log_mass, zero), 0.5 * (node + zero), boundary);
  };
  return {infinity, infinity, cells, side(x), side(beyond)};
}

/// A stretch that may hold or end at a zero of the noise that is passed.
LineIntegral past_zero(const LineIntegrator& integrate, double from, double to, double zero, const Axis& axis) {
  if (zero < from || zero > to) return integrate(from, to);
  constexpr double cells = 4.0;
  const auto room = [&](double wall) {
    const double farthest = cells * (axis.max() - axis.min()) / static_cast<double>(axis.cells());
    return axis.periodic() ? farthest : std::min(farthest, std::abs(wall - zero));
  };
  return joined(integrate.to_passable_zero(from, zero, room(axis.min())),
                reversed(integrate.to_passable_zero(to, zero, room(axis.max()))));
}

/// The stretch between an outermost node and a wall.
struct WallEdge {
  double log_resistance = std::numeric_limits<double>::infinity();
  double log_mass = LineIntegral::nothing;
};

LineIntegral to_wall(const LineIntegrator& integrate, double x, double wall, const Axis& axis) {
  constexpr double part = 0.25;  // of the axis
  return integrate.to_wall(x, wall, part * (axis.max() - axis.min()));
}

double finite_at_wall(double log_mass, double wall) {
  if (!std::isfinite(log_mass))
    throw SolverError(
        fmt::format("probability piles up at the wall x = {:.8g}, where the noise vanishes: make it absorbing", wall));
  return log_mass;
}

WallEdge wall_edge(const LineIntegrator& integrate, double x, double wall, const Axis& axis, Boundary boundary) {
  if (x == wall) return {};
  const LineIntegral rest = to_wall(integrate, x, wall, axis);
  if (boundary == Boundary::absorbing && std::isfinite(rest.log_resistance))
    return {rest.log_resistance, rest.log_down - rest.log_resistance};
  return {std::numeric_limits<double>::infinity(), finite_at_wall(rest.log_mass, wall)};
}

/// Reflecting walls at which noise vanishes must leave the density integrable, and be reached where a node lies on
/// them.
void require_regular_walls(const LineIntegrator& integrate, const Axis& axis, const std::vector<double>& nodes) {
  const auto require = [&](Boundary boundary, double wall, double centre, double outermost) {
    if (boundary != Boundary::reflecting) return;
    const LineIntegral rest = to_wall(integrate, centre, wall, axis);
    finite_at_wall(rest.log_mass, wall);
    if (outermost == wall && !std::isfinite(rest.log_resistance))
      throw SolverError(
          fmt::format("nothing reaches the wall x = {:.8g}, where the noise vanishes: no valley may have "
                      "its minimum or its surface on it",
                      wall));
  };
  require(axis.lower(), axis.min(), axis.centre(0), nodes.front());
  require(axis.upper(), axis.max(), axis.centre(axis.cells() - 1), nodes.back());
}

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

bool one_way(const std::vector<BlockedCrossing<1>>& crossings, std::size_t k) {
  const bool before = k > 0 && crossings[k - 1].edge == crossings[k].edge;
  const bool after = k + 1 < crossings.size() && crossings[k + 1].edge == crossings[k].edge;
  return !before && !after;
}

/// Where the drift carries what comes through a stretch without noise: integrals over it tell its time.
bool carried(const std::vector<BlockedCrossing<1>>& crossings, std::size_t k) {
  return crossings[k].in_gap && one_way(crossings, k);
}

/// Those among the crossings that are blocked one way alone.
std::vector<Gate> gates_at(const Discretisation<1>& trial, const std::vector<BlockedCrossing<1>>& crossings) {
  std::vector<Gate> gates;
  for (std::size_t k = 0; k < crossings.size(); ++k)
    // An edge across the seam of a ring runs backwards.
    if (one_way(crossings, k) && !crossings[k].in_gap)
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
    for (const Point<1>& zero : passed)
      require_no_trap(problem.dynamics, zero[0], axis.size(problem.grid.cell_containing(zero)), time);
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
    wanted.resize(stops.size() - 1, open[e] && !zero_on.contains(edge));
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
  std::vector<Edge> line(static_cast<std::size_t>(edges));
  for (Index edge = 0; edge < edges; ++edge) {
    const auto e = static_cast<std::size_t>(edge);
    const auto stop = static_cast<std::size_t>(first_stop[e]), end = static_cast<std::size_t>(first_stop[e + 1]);
    if (!open[e]) continue;
    line[e] = edge_over(stretches[stop], end - stop == 2 ? stretches[stop + 1] : LineIntegral{}, cells_of(edge));
  }

  const auto boundary_or_end = [&](Index edge) { return boundary_of(edge).value_or(end_of(edge)); };
  for (const Gate& gate : gates) {
    const Index before = edge_at(gate.place), after = edge_behind(before);
    const auto over = [&](Index edge) -> Edge& { return line[static_cast<std::size_t>(edge)]; };
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
    Index edge = edge_at(place);
    if (gate != gates.end() && !gate->to_lower) edge = edge_behind(edge);
    if (both)
      line[static_cast<std::size_t>(edge)] = closed_edge(integrate, x[edge], place < x[edge] ? place + period : place,
                                                         end_of(edge), boundary_or_end(edge), cells_of(edge));
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
    const Edge& over = line[static_cast<std::size_t>(edge)];
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
