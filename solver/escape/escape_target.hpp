#pragma once

#include "problems/problem.hpp"

#include <string>

namespace valleyflux {

/// What ends an escape: arrival in the core of one valley, in that of any other one (transitions), the first crossing
/// of the boundary of the valley it leaves (in the low-noise limit twice as frequent, because half of those that reach
/// the saddle return), or arrival at one of the problem's targets.
enum class Arrival { core, any_core, first_exit, target };

/// An escape to be measured, out of valley `from`.
struct Escape {
  int from = 0;
  int to = -1;  // valley, of Arrival::core; number of the problem's target, of Arrival::target
  Arrival arrival = to < 0 ? Arrival::first_exit : Arrival::core;
  bool first_exit() const { return arrival == Arrival::first_exit; }
  /// Whether cores of valleys end it.
  bool into_valleys() const { return arrival == Arrival::core || arrival == Arrival::any_core; }
  /// Whether a passage from `from` into valley `v` ends it.
  bool leads_to(int v) const {
    return v != from && arrival != Arrival::target && (arrival != Arrival::core || v == to);
  }
};

/// The escape into whichever other valley is reached first.
inline Escape escape_from(int valley) {
  return {.from = valley, .to = -1, .arrival = Arrival::any_core};
}

/// The escape to one of the problem's targets.
inline Escape escape_to_target(int valley, int target) {
  return {.from = valley, .to = target, .arrival = Arrival::target};
}

/// Where an escape starts: the minimum of `from`. Throws std::invalid_argument if it has none.
template <int Dim>
Point<Dim> escape_start(const Problem<Dim>& problem, const Escape& escape);

/// Where an escape ends: the core of `to`, those of all other valleys, all that lies outside `from`, or the target;
/// empty of a wall. Throws std::invalid_argument if there is no core.
template <int Dim>
Region<Dim> escape_target(const Problem<Dim>& problem, const Escape& escape);

/// The wall of the box that an escape leads to; null where it leads elsewhere.
template <int Dim>
const AbsorbingWall* target_wall(const Problem<Dim>& problem, const Escape& escape);

/// The problem as an escape sees it: a wall that it leads to absorbs.
template <int Dim>
Problem<Dim> escape_problem(Problem<Dim> problem, const Escape& escape);

/// What the results call it: a valley's name, "any", "first_exit", or the target's name.
template <int Dim>
std::string target_name(const Problem<Dim>& problem, const Escape& escape);

extern template Point<1> escape_start(const Problem<1>&, const Escape&);
extern template Point<2> escape_start(const Problem<2>&, const Escape&);
extern template Region<1> escape_target(const Problem<1>&, const Escape&);
extern template Region<2> escape_target(const Problem<2>&, const Escape&);
extern template const AbsorbingWall* target_wall(const Problem<1>&, const Escape&);
extern template const AbsorbingWall* target_wall(const Problem<2>&, const Escape&);
extern template Problem<1> escape_problem(Problem<1>, const Escape&);
extern template Problem<2> escape_problem(Problem<2>, const Escape&);
extern template std::string target_name(const Problem<1>&, const Escape&);
extern template std::string target_name(const Problem<2>&, const Escape&);

}  // namespace valleyflux
