#include "solver/escape/blocking_place.hpp"

#include "solver/discretisation/reachability.hpp"
#include "solver/solver_error.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

namespace valleyflux {

namespace {

/// The blocked crossing nearest to the start, among those whose near side is marked (states of the whole).
template <int Dim>
std::optional<Point<Dim>> nearest_crossing(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                           const std::vector<char>& marked, const Point<Dim>& start) {
  double nearest = std::numeric_limits<double>::infinity();
  std::optional<Point<Dim>> place;
  for (const auto& crossing : discretisation.blocked) {
    const auto e = static_cast<std::size_t>(crossing.edge);
    const auto tail =
        static_cast<std::size_t>(crossing.forward ? discretisation.generator.from[e] : discretisation.generator.to[e]);
    if (!marked[tail]) continue;
    const double distance = problem.grid.difference(crossing.place, start).norm();
    if (distance < nearest) {
      nearest = distance;
      place = crossing.place;
    }
  }
  return place;
}

/// States to which a way leads from `start` that no crossing blocks, even where its rates are below the range of double
/// precision, as they are around high zeros of the noise.
template <int Dim>
std::vector<char> open_from(const Discretisation<Dim>& discretisation, Index start) {
  Generator open = discretisation.generator;
  std::fill(open.forward.begin(), open.forward.end(), 1.0);
  std::fill(open.backward.begin(), open.backward.end(), 1.0);
  for (const auto& crossing : discretisation.blocked)
    (crossing.forward ? open.forward : open.backward)[static_cast<std::size_t>(crossing.edge)] = 0.0;
  std::vector<char> reached(static_cast<std::size_t>(open.states), 0);
  reached[static_cast<std::size_t>(start)] = 1;
  mark_reached_from(JumpsByState(open), reached);
  return reached;
}

}  // namespace

template <int Dim>
Point<Dim> blocking_place(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                          const KilledProcess<Dim>& process, const Region<Dim>& target, Index start_state,
                          const Point<Dim>& start) {
  std::vector<char> reached;
  for (const Index state : process.states) reached.push_back(state >= 0);
  if (const auto place = nearest_crossing<Dim>(problem, discretisation, reached, start)) return *place;
  if (!process.target_met) throw SolverError("no edge of this grid meets the target: its cells are wider than that");
  reached = open_from<Dim>(discretisation, start_state);
  const std::vector<char> inside = discretisation.space.inside(target);
  bool open = false;
  for (std::size_t state = 0; state < reached.size(); ++state) open |= reached[state] && inside[state];
  if (!open)
    if (const auto place = nearest_crossing<Dim>(problem, discretisation, reached, start)) return *place;
  throw SolverError(
      "the target cannot be reached, though no zero of the noise blocks the way: rates underflow "
      "double precision (the barrier is above about 700 kT), or the noise vanishes on a stretch that is far narrower "
      "than a cell");
}

template Point<1> blocking_place(const Problem<1>&, const Discretisation<1>&, const KilledProcess<1>&, const Region<1>&,
                                 Index, const Point<1>&);
template Point<2> blocking_place(const Problem<2>&, const Discretisation<2>&, const KilledProcess<2>&, const Region<2>&,
                                 Index, const Point<2>&);

}  // namespace valleyflux
