#include "solver/escape/escape.hpp"

#include "solver/elimination/elimination.hpp"
#include "solver/escape/flux_plateau.hpp"
#include "solver/escape/killed_process.hpp"
#include "solver/escape/quasi_stationary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace valleyflux {

namespace {

/// Cubic (or linear) Lagrange weights of the cells first ... first + count - 1 at the fractional coordinate s.
template <std::size_t Count>
std::array<double, Count> lagrange(double s, int first) {
  std::array<double, Count> weights;
  for (std::size_t a = 0; a < Count; ++a) {
    weights[a] = 1.0;
    for (std::size_t b = 0; b < Count; ++b)
      if (b != a)
        weights[a] *= (s - first - static_cast<double>(b)) / (static_cast<double>(a) - static_cast<double>(b));
  }
  return weights;
}

/// Interpolation over Count cells a side; nothing if one of them is not kept.
template <int Dim, std::size_t Count>
std::optional<double> interpolate_over(const Grid<Dim>& grid, const std::vector<Index>& states,
                                       const Eigen::VectorXd& field, const Point<Dim>& at) {
  std::array<std::array<double, Count>, Dim> weights;
  Offset<Dim> first;
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid.axis(k);
    first[k] = static_cast<int>(std::floor(at[k])) - static_cast<int>(Count / 2) + 1;
    if (!axis.periodic()) first[k] = std::clamp(first[k], 0, static_cast<int>(axis.cells() - Index(Count)));
    weights[static_cast<std::size_t>(k)] = lagrange<Count>(at[k], first[k]);
  }
  double value = 0.0;
  const int points = Dim == 1 ? Count : Count * Count;
  for (int p = 0; p < points; ++p) {
    Offset<Dim> cell = first;
    double weight = 1.0;
    for (int k = 0, rest = p; k < Dim; ++k, rest /= static_cast<int>(Count)) {
      const int step = rest % static_cast<int>(Count);
      cell[k] += step;
      weight *= weights[static_cast<std::size_t>(k)][static_cast<std::size_t>(step)];
    }
    const auto index = grid.wrapped(cell);
    if (!index || states[static_cast<std::size_t>(*index)] < 0) return std::nullopt;
    value += weight * field[states[static_cast<std::size_t>(*index)]];
  }
  return value;
}

/// The blocked crossing nearest to the start, among those that stop what the start can reach.
template <int Dim>
Point<Dim> blocking_place(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                          const KilledProcess<Dim>& process, const Point<Dim>& start) {
  double nearest = std::numeric_limits<double>::infinity();
  std::optional<Point<Dim>> place;
  for (const auto& crossing : discretisation.blocked) {
    const auto e = static_cast<std::size_t>(crossing.edge);
    const auto tail =
        static_cast<std::size_t>(crossing.forward ? discretisation.generator.from[e] : discretisation.generator.to[e]);
    if (process.states[tail] < 0) continue;
    const double distance = problem.grid.difference(crossing.place, start).norm();
    if (distance < nearest) {
      nearest = distance;
      place = crossing.place;
    }
  }
  if (!place)
    throw SolverError(
        "the target cannot be reached, though no zero of the noise blocks the way: rates underflow "
        "double precision (the barrier is above about 700 kT)");
  return *place;
}

/// Value at a node, which every start is, or between the cells.
double value_at(const StateSpace<1>& space, const KilledProcess<1>& process, const Eigen::VectorXd& values,
                const Point<1>& x) {
  const Index state = process.states[static_cast<std::size_t>(space.nearest(x))];
  if (state < 0) throw SolverError("the point asked about lies in the absorbing set");
  return values[state];
}

double value_at(const StateSpace<2>& space, const KilledProcess<2>& process, const Eigen::VectorXd& values,
                const Point<2>& x) {
  return interpolate<2>(space.grid(), process.states, values, x);
}

}  // namespace

template <int Dim>
double interpolate(const Grid<Dim>& grid, const std::vector<Index>& states, const Eigen::VectorXd& field,
                   const Point<Dim>& x) {
  const Point<Dim> at = grid.cell_coordinates(x);
  if (const auto cubic = interpolate_over<Dim, 4>(grid, states, field, at)) return *cubic;
  if (const auto linear = interpolate_over<Dim, 2>(grid, states, field, at)) return *linear;
  const Index state = states[static_cast<std::size_t>(grid.cell_containing(x))];
  if (state < 0) throw SolverError("the point asked about lies in the absorbing set");
  return field[state];
}

template <int Dim>
Point<Dim> escape_start(const Problem<Dim>& problem, const Escape& escape) {
  const Valley<Dim>& from = problem.valleys.at(static_cast<std::size_t>(escape.from));
  if (!from.minimum) throw std::invalid_argument(fmt::format("valley \"{}\" has no minimum to escape from", from.name));
  return from.minimum->position;
}

template <int Dim>
Region<Dim> escape_target(const Problem<Dim>& problem, const Escape& escape) {
  if (escape.first_exit()) {
    const Region<Dim>& inside = problem.valleys.at(static_cast<std::size_t>(escape.from)).region;
    return Region<Dim>([inside](const Point<Dim>& x) { return !inside.contains(x); });
  }
  const Valley<Dim>& to = problem.valleys.at(static_cast<std::size_t>(escape.to));
  if (to.core.empty())
    throw std::invalid_argument(fmt::format("valley \"{}\" has neither a minimum nor a core to arrive in", to.name));
  return to.core;
}

template <int Dim>
EscapeSolution<Dim> solve_escape(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                 const std::vector<int>& labels, const Escape& escape, const EscapeMethods& methods) {
  const Point<Dim> start = escape_start<Dim>(problem, escape);
  const Region<Dim> target = escape_target<Dim>(problem, escape);
  const StateSpace<Dim>& space = discretisation.space;
  if (static_cast<Index>(labels.size()) != space.states())
    throw std::invalid_argument(
        fmt::format("{} states need as many labels (got {}): see state_labels", space.states(), labels.size()));
  const Index start_state = space.nearest(start);
  const KilledProcess<Dim> process = killed_process<Dim>(problem, discretisation, target, start_state);

  EscapeSolution<Dim> solution;
  if (process.trapped >= 0) {
    solution.blocked_at = blocking_place<Dim>(problem, discretisation, process, start);
    return solution;
  }
  const EliminationOrder order(process.generator, process.positions);
  const Index states = process.generator.states;
  if (methods.mean_first_passage || methods.quasi_stationary) {
    const Elimination elimination(order, process.generator);
    if (methods.mean_first_passage) {
      const Eigen::VectorXd time = elimination.solve(Eigen::VectorXd::Ones(states));
      if (!time.allFinite())
        throw SolverError("a mean first-passage time overflows double precision (barrier above about 700 kT)");
      solution.mean_first_passage_time = value_at(space, process, time, start);
      solution.first_passage_time = space.at_cells(process.over_whole(time));
    }
    if (methods.quasi_stationary) {
      Eigen::VectorXd first = Eigen::VectorXd::Zero(states);
      first[process.states[static_cast<std::size_t>(start_state)]] = 1.0;
      const QuasiStationary law = quasi_stationary(elimination, first);
      solution.quasi_stationary_rate = law.rate;
      solution.quasi_stationary_probability = space.cell_probabilities(process.over_whole(law.probability));
      solution.share_in_valley = 0.0;
      for (Index state = 0; state < states; ++state)
        if (labels[static_cast<std::size_t>(process.whole[static_cast<std::size_t>(state)])] == escape.from)
          solution.share_in_valley += law.probability[state];
    }
  }
  if (methods.flux) {
    std::vector<int> inside(static_cast<std::size_t>(states));
    for (std::size_t state = 0; state < inside.size(); ++state)
      inside[state] = labels[static_cast<std::size_t>(process.whole[state])] == escape.from ? 0 : -1;
    Eigen::VectorXd first = Eigen::VectorXd::Zero(states);
    first[process.states[static_cast<std::size_t>(start_state)]] = 1.0;
    const FluxPlateau plateau = flux_plateau(process.generator, order, first, inside, 0);
    solution.flux_rate = plateau.rate;
    solution.flux_residual = plateau.residual;
  }
  return solution;
}

template Point<1> escape_start(const Problem<1>&, const Escape&);
template Point<2> escape_start(const Problem<2>&, const Escape&);
template Region<1> escape_target(const Problem<1>&, const Escape&);
template Region<2> escape_target(const Problem<2>&, const Escape&);
template EscapeSolution<1> solve_escape(const Problem<1>&, const Discretisation<1>&, const std::vector<int>&,
                                        const Escape&, const EscapeMethods&);
template EscapeSolution<2> solve_escape(const Problem<2>&, const Discretisation<2>&, const std::vector<int>&,
                                        const Escape&, const EscapeMethods&);
template double interpolate(const Grid<1>&, const std::vector<Index>&, const Eigen::VectorXd&, const Point<1>&);
template double interpolate(const Grid<2>&, const std::vector<Index>&, const Eigen::VectorXd&, const Point<2>&);

}  // namespace valleyflux
