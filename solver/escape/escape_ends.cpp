#include "solver/escape/escape_ends.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace valleyflux {

namespace {

/// Ways into one end by the states that they leave.
template <int Dim>
class EndSum {
 public:
  /// step: from the state to where the way crosses the end.
  void add(Index state, double rate, const Point<Dim>& step) {
    Ways& ways = of_state_.try_emplace(state, Ways{0.0, Point<Dim>::Zero()}).first->second;
    ways.rate += rate;
    ways.steps += rate * step;
  }

  EscapeEnd<Dim> end(std::string name, bool wall, const StateSpace<Dim>& space,
                     const KilledProcess<Dim>& process) const {
    EscapeEnd<Dim> end{std::move(name), wall, {}, {}};
    for (const auto& [state, ways] : of_state_) {
      end.rates.emplace_back(state, ways.rate);
      const Point<Dim> from = space.position(process.whole[static_cast<std::size_t>(state)]);
      end.places.push_back(space.grid().wrapped_point(from + ways.steps / ways.rate));
    }
    return end;
  }

  bool empty() const { return of_state_.empty(); }

 private:
  struct Ways {
    double rate;
    Point<Dim> steps;  // summed by their rates
  };
  std::map<Index, Ways> of_state_;
};

/// The end that a way into the target leads to: a valley's number, then those of no valley: the lower one and the upper
/// one on the line, one alone in the plane.
template <int Dim>
class PartsOfTarget {
 public:
  PartsOfTarget(const Problem<Dim>& problem, const StateSpace<Dim>& space, const Escape& escape)
      : problem_(problem), escape_(escape), valleys_(static_cast<int>(problem.valleys.size())) {
    for (const Valley<Dim>& valley : problem.valleys)
      inside_.push_back(escape.first_exit() || valley.core.empty() ? std::vector<char>{} : space.inside(valley.core));
  }

  /// step: from the state that is left to where the target's surface is crossed.
  int part_of(const SurfaceCut<Dim>& cut, const Point<Dim>& step) const {
    if (escape_.arrival == Arrival::core) return escape_.to;
    if (escape_.arrival == Arrival::target) return valleys_;
    for (int v = 0; v < valleys_; ++v) {
      if (!escape_.leads_to(v)) continue;
      const Valley<Dim>& valley = problem_.valleys[static_cast<std::size_t>(v)];
      const std::vector<char>& inside = inside_[static_cast<std::size_t>(v)];
      if (escape_.first_exit() ? valley.region.contains(beyond(cut, step))
                               : !valley.core.empty() && (inside[static_cast<std::size_t>(cut.beyond)] ||
                                                          valley.core.contains(cut.arrival)))
        return v;
    }
    return Dim == 1 && step[0] > 0 ? valleys_ + 1 : valleys_;
  }

  std::string name_of(int part) const {
    if (escape_.arrival == Arrival::target) return target_name<Dim>(problem_, escape_);
    if (part < valleys_) return problem_.valleys[static_cast<std::size_t>(part)].name;
    return Dim > 1 ? "outside" : part == valleys_ ? "outside.min" : "outside.max";
  }

 private:
  /// A point on the other side: on the line the surface itself is all that the cut knows.
  Point<Dim> beyond(const SurfaceCut<Dim>& cut, const Point<Dim>& step) const {
    constexpr double little = 1e-6;  // of the way there
    return Dim > 1 ? cut.arrival : problem_.grid.wrapped_point(cut.crossing + little * step);
  }

  const Problem<Dim>& problem_;
  const Escape& escape_;
  const int valleys_;
  std::vector<std::vector<char>> inside_;  // by valley: whether each state lies in its core
};

}  // namespace

template <int Dim>
std::vector<EscapeEnd<Dim>> escape_ends(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                        const Escape& escape, const KilledProcess<Dim>& process) {
  const StateSpace<Dim>& space = discretisation.space;
  const PartsOfTarget<Dim> parts(problem, space, escape);
  std::map<int, EndSum<Dim>> of_part;
  for (const SurfaceCut<Dim>& cut : process.cuts) {
    if (!(cut.exit > 0)) continue;
    const Point<Dim> from = space.position(process.whole[static_cast<std::size_t>(cut.state)]);
    const Point<Dim> step = problem.grid.difference(cut.crossing, from);
    of_part[parts.part_of(cut, step)].add(cut.state, cut.exit, step);
  }
  std::vector<EscapeEnd<Dim>> ends;
  for (const auto& [part, sum] : of_part) ends.push_back(sum.end(parts.name_of(part), false, space, process));

  std::vector<Axis> axes;
  for (int k = 0; k < Dim; ++k) axes.push_back(problem.grid.axis(k));
  const AbsorbingWall* target = target_wall<Dim>(problem, escape);
  for (const AbsorbingWall& wall : absorbing_walls(axes)) {
    if (target && wall.name == target->name) continue;
    EndSum<Dim> sum;
    for (const WallExit<Dim>& exit : discretisation.exits) {
      const Index state = process.states[static_cast<std::size_t>(exit.state)];
      if (state < 0 || exit.axis != wall.axis || exit.upper != wall.upper || !(exit.rate > 0)) continue;
      sum.add(state, exit.rate / process.share[state], exit.along);
    }
    if (!sum.empty()) ends.push_back(sum.end(wall.name, true, space, process));
  }
  return ends;
}

template struct EscapeEnd<1>;
template struct EscapeEnd<2>;
template std::vector<EscapeEnd<1>> escape_ends(const Problem<1>&, const Discretisation<1>&, const Escape&,
                                               const KilledProcess<1>&);
template std::vector<EscapeEnd<2>> escape_ends(const Problem<2>&, const Discretisation<2>&, const Escape&,
                                               const KilledProcess<2>&);

}  // namespace valleyflux
