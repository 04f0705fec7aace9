#include "solver/escape/escape_target.hpp"

#include "grids/axis_by_axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

namespace valleyflux {

namespace {

template <int Dim>
const Target<Dim>& target_of(const Problem<Dim>& problem, const Escape& escape) {
  return problem.targets.at(static_cast<std::size_t>(escape.to));
}

/// The axis, at one end of which probability is lost.
Axis absorbing_at(const Axis& axis, bool upper) {
  constexpr Boundary lost = Boundary::absorbing;
  return {axis.name(),   axis.min(), axis.max(), axis.cells(), upper ? axis.lower() : lost, upper ? lost : axis.upper(),
          axis.grading()};
}

}  // namespace

template <int Dim>
Point<Dim> escape_start(const Problem<Dim>& problem, const Escape& escape) {
  const Valley<Dim>& from = problem.valleys.at(static_cast<std::size_t>(escape.from));
  if (!from.minimum) throw std::invalid_argument(fmt::format("valley \"{}\" has no minimum to escape from", from.name));
  return from.minimum->position;
}

template <int Dim>
Region<Dim> escape_target(const Problem<Dim>& problem, const Escape& escape) {
  if (escape.arrival == Arrival::target) return target_of<Dim>(problem, escape).region;
  if (escape.first_exit()) {
    const Region<Dim>& inside = problem.valleys.at(static_cast<std::size_t>(escape.from)).region;
    return Region<Dim>([inside](const Point<Dim>& x) { return !inside.contains(x); });
  }
  if (escape.arrival == Arrival::any_core) {
    std::vector<Region<Dim>> cores;
    for (std::size_t v = 0; v < problem.valleys.size(); ++v)
      if (escape.leads_to(static_cast<int>(v)) && !problem.valleys[v].core.empty())
        cores.push_back(problem.valleys[v].core);
    if (cores.empty()) throw std::invalid_argument("no other valley has a minimum or a core to arrive in");
    return Region<Dim>([cores = std::move(cores)](const Point<Dim>& x) {
      return std::any_of(cores.begin(), cores.end(), [&x](const Region<Dim>& core) { return core.contains(x); });
    });
  }
  const Valley<Dim>& to = problem.valleys.at(static_cast<std::size_t>(escape.to));
  if (to.core.empty())
    throw std::invalid_argument(fmt::format("valley \"{}\" has neither a minimum nor a core to arrive in", to.name));
  return to.core;
}

template <int Dim>
const AbsorbingWall* target_wall(const Problem<Dim>& problem, const Escape& escape) {
  if (escape.arrival != Arrival::target) return nullptr;
  const auto& wall = target_of<Dim>(problem, escape).wall;
  return wall ? &*wall : nullptr;
}

template <int Dim>
Problem<Dim> escape_problem(Problem<Dim> problem, const Escape& escape) {
  const AbsorbingWall* wall = target_wall<Dim>(problem, escape);
  if (!wall) return problem;
  const auto axis = [&](int k) {
    const Axis& own = problem.grid.axis(k);
    return k == wall->axis ? absorbing_at(own, wall->upper) : own;
  };
  problem.grid = problem.grid.over(axes_by<Dim>(axis));
  return problem;
}

template <int Dim>
std::string target_name(const Problem<Dim>& problem, const Escape& escape) {
  switch (escape.arrival) {
    case Arrival::any_core: return "any";
    case Arrival::first_exit: return "first_exit";
    case Arrival::target: return target_of<Dim>(problem, escape).name;
    case Arrival::core: break;
  }
  return problem.valleys.at(static_cast<std::size_t>(escape.to)).name;
}

template Point<1> escape_start(const Problem<1>&, const Escape&);
template Point<2> escape_start(const Problem<2>&, const Escape&);
template Region<1> escape_target(const Problem<1>&, const Escape&);
template Region<2> escape_target(const Problem<2>&, const Escape&);
template const AbsorbingWall* target_wall(const Problem<1>&, const Escape&);
template const AbsorbingWall* target_wall(const Problem<2>&, const Escape&);
template Problem<1> escape_problem(Problem<1>, const Escape&);
template Problem<2> escape_problem(Problem<2>, const Escape&);
template std::string target_name(const Problem<1>&, const Escape&);
template std::string target_name(const Problem<2>&, const Escape&);

}  // namespace valleyflux
