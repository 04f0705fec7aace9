#include "solver/escape/killed_process.hpp"

#include "solver/discretisation/lattice_coefficients.hpp"
#include "solver/discretisation/reachability.hpp"
#include "solver/solver_error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

namespace valleyflux {

namespace {

/// Rates of all states while edges into the target are taken out.
struct KeptRates {
  Generator generator;              // edges between kept states, over all states
  std::vector<std::int32_t> edges;  // those edges in the whole
  std::vector<char> kept;           // by state of the whole
  std::vector<double> share;        // by state of the whole: of its probability that is left

  void keep(const Generator& whole, std::size_t edge) {
    generator.from.push_back(whole.from[edge]);
    generator.to.push_back(whole.to[edge]);
    generator.forward.push_back(whole.forward[edge]);
    generator.backward.push_back(whole.backward[edge]);
    edges.push_back(static_cast<std::int32_t>(edge));
  }
};

/// An edge that leaves the kept set from a state of the whole along `step` (plane: in cells). Its exit rate is filled
/// in by add_exits.
template <int Dim>
struct Cut {
  Index cell;
  Offset<Dim> step;
  double weight;
  SurfaceCut<Dim> surface;
};

/// States within `reach` cells (in each direction) of the marked ones.
std::vector<char> dilated(const StateSpace<2>& space, std::vector<char> marked, int reach) {
  for (int k = 0; k < 2; ++k) {
    const std::vector<char> source = marked;
    for (Index state = 0; state < space.states(); ++state) {
      if (!source[static_cast<std::size_t>(state)]) continue;
      const Offset<2> at = space.coordinates(state);
      for (int shift = -reach; shift <= reach; ++shift)
        if (const auto near = space.grid().wrapped(at + shift * Offset<2>(Offset<2>::Unit(k))))
          marked[static_cast<std::size_t>(space.of_cell(*near))] = 1;
    }
  }
  return marked;
}

/// All edges of a node of the target end there: its surface is a node.
std::vector<Cut<1>> cut_edges(const Problem<1>&, const Discretisation<1>& discretisation, const Region<1>&,
                              const std::vector<char>&, KeptRates& rates) {
  const Generator& all = discretisation.generator;
  std::vector<Cut<1>> cuts;
  for (std::size_t e = 0; e < all.from.size(); ++e) {
    const Index i = all.from[e], j = all.to[e];
    const bool keep_i = rates.kept[static_cast<std::size_t>(i)], keep_j = rates.kept[static_cast<std::size_t>(j)];
    if (keep_i && keep_j) {
      rates.keep(all, e);
    } else if (keep_i || keep_j) {
      const double outward = keep_i ? all.forward[e] : all.backward[e];
      const double inward = keep_i ? all.backward[e] : all.forward[e];
      const Index kept = keep_i ? i : j, beyond = keep_i ? j : i;
      rates.generator.exit[kept] += outward;
      cuts.push_back({kept,
                      Offset<1>::Zero(),
                      0.0,
                      {-1, beyond, discretisation.space.position(beyond), discretisation.space.position(beyond), 1.0,
                       outward, outward, inward}});
    }
  }
  return cuts;
}

/// Splits the edges into those between kept cells and cuts by the target's surface.
std::vector<Cut<2>> cut_edges(const Problem<2>& problem, const Discretisation<2>& discretisation,
                              const Region<2>& target, const std::vector<char>& inside, KeptRates& rates) {
  constexpr int Dim = 2;
  const StateSpace<Dim>& space = discretisation.space;
  const Grid<Dim>& grid = problem.grid;
  const Generator& all = discretisation.generator;
  int longest = 1;
  for (const auto& step : discretisation.displacement) longest = std::max(longest, step.cwiseAbs().maxCoeff());
  const std::vector<char> near = longest > 1 ? dilated(space, inside, longest) : inside;

  std::vector<Cut<Dim>> cuts;
  for (std::size_t e = 0; e < all.from.size(); ++e) {
    const Index i = all.from[e], j = all.to[e];
    const bool keep_i = rates.kept[static_cast<std::size_t>(i)], keep_j = rates.kept[static_cast<std::size_t>(j)];
    const bool may_be_cut = near[static_cast<std::size_t>(i)] || near[static_cast<std::size_t>(j)];
    if (keep_i && keep_j && !may_be_cut) {
      rates.keep(all, e);
      continue;
    }
    const Offset<Dim>& step = discretisation.displacement[e];
    const double weight = discretisation.weight[static_cast<Index>(e)];
    const Point<Dim> start = space.coordinates(i).cast<double>();
    const Point<Dim> end = start + step.cast<double>();
    const auto cut = [&](bool forward, const Point<Dim>& from, const Point<Dim>& to, double part) {
      const Index cell = forward ? i : j, beyond = forward ? j : i;
      const double outward = forward ? all.forward[e] : all.backward[e];
      const double inward = forward ? all.backward[e] : all.forward[e];
      const double met = target.crossing(grid, from, to);
      cuts.push_back({cell,
                      forward ? step : Offset<Dim>(-step),
                      weight,
                      {-1, beyond, grid.wrapped_point(grid.position(to)),
                       grid.wrapped_point(grid.position(from + met * (to - from))), part * met, 0.0, outward, inward}});
    };
    if (keep_i && keep_j) {
      std::vector<double> stops;  // points on the way that lie in the target
      const int parts = step.cwiseAbs().maxCoeff();
      for (int part = 1; part < parts; ++part)
        if (target.contains(
                grid.wrapped_point(grid.position(start + (static_cast<double>(part) / parts) * (end - start)))))
          stops.push_back(static_cast<double>(part) / parts);
      if (!stops.empty()) {
        cut(true, start, start + stops.front() * (end - start), stops.front());
        cut(false, end, start + stops.back() * (end - start), 1.0 - stops.back());
        continue;
      }
      rates.keep(all, e);
    } else if (keep_i) {
      cut(true, start, end, 1.0);
    } else if (keep_j) {
      cut(false, end, start, 1.0);
    }
  }
  return cuts;
}

/// In the plane the hat of a cut cell ends at the surface. Its rates grow as its mass shrinks: by the widths along its
/// cut edges, weighted so that a density which is quadratic in the distance from the surface is met exactly.
/// A direction that is blocked before the surface stays blocked: its rate is zero.
void add_exits(const Problem<2>& problem, const Discretisation<2>& discretisation, std::vector<Cut<2>>& cuts,
               KeptRates& rates) {
  const Grid<2>& grid = problem.grid;
  const LatticeSampler<2> sampler(problem.dynamics, grid, discretisation.raise, discretisation.time);
  struct Sums {
    double weight = 0.0, shrunk = 0.0;
  };
  std::map<Index, Sums> sums;
  const auto surface_of = [&](const Cut<2>& cut) {
    const Point<2> here = discretisation.space.coordinates(cut.cell).cast<double>();
    return sampler.potential(here, here + cut.surface.fraction * cut.step.cast<double>());
  };
  std::map<std::pair<Index, std::array<int, 2>>, const Cut<2>*> by_step;
  for (const Cut<2>& cut : cuts) by_step[{cut.cell, {cut.step[0], cut.step[1]}}] = &cut;
  for (Cut<2>& cut : cuts) {
    if (!(cut.surface.outward > 0)) continue;
    const Offset<2> at = discretisation.space.coordinates(cut.cell);
    const double fraction = cut.surface.fraction;
    const PiecewisePotential potential = surface_of(cut);
    const auto width = discretisation.log_width.col(cut.cell);
    cut.surface.exit =
        scaled(cut.weight / fraction * edge_rates(potential).forward, log_transverse<2>(width, cut.step) - width.sum());
    rates.generator.exit[cut.cell] += cut.surface.exit;

    // Of an edge cut on both sides the nearer surface tells its slope against the surface, 1 / fraction.
    const double whole = log_half_width<2>(sampler, grid, at, cut.step);
    const double other = log_half_width<2>(sampler, grid, at, -cut.step);
    double half = std::log(fraction) + edge_masses(potential).log_start, other_half = other;
    double nearest = fraction, part = 1.0;
    const auto opposite = by_step.find({cut.cell, {-cut.step[0], -cut.step[1]}});
    if (opposite != by_step.end()) {
      nearest = std::min(nearest, opposite->second->surface.fraction);
      other_half = std::log(opposite->second->surface.fraction) + edge_masses(surface_of(*opposite->second)).log_start;
      part = 0.5;  // the other side counts the same edge again
    }
    const double weight = part * cut.weight / (nearest * nearest);
    const double top = std::max(whole, other);
    const double shrunk =
        (std::exp(half - top) + std::exp(other_half - top)) / (std::exp(whole - top) + std::exp(other - top));
    Sums& sum = sums[cut.cell];
    sum.weight += weight;
    sum.shrunk += weight * shrunk;
  }
  for (const auto& [cell, sum] : sums)
    rates.share[static_cast<std::size_t>(cell)] = std::min(1.0, sum.shrunk / sum.weight);
  const auto grow = [&](double& rate, Index cell) { rate /= rates.share[static_cast<std::size_t>(cell)]; };
  Generator& generator = rates.generator;
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    grow(generator.forward[e], generator.from[e]);
    grow(generator.backward[e], generator.to[e]);
  }
  for (const auto& [cell, sum] : sums) grow(generator.exit[cell], cell);
  for (Cut<2>& cut : cuts) grow(cut.surface.exit, cut.cell);
}

/// Ways out through the wall from kept states; their rates are among the exits already.
template <int Dim>
void cut_at_wall(const Discretisation<Dim>& discretisation, const AbsorbingWall& wall, const KeptRates& rates,
                 std::vector<Cut<Dim>>& cuts) {
  for (const WallExit<Dim>& exit : discretisation.exits) {
    const auto state = static_cast<std::size_t>(exit.state);
    if (exit.axis != wall.axis || exit.upper != wall.upper || !rates.kept[state]) continue;
    const Point<Dim> at = discretisation.space.position(exit.state) + exit.along;
    cuts.push_back(
        {exit.state, Offset<Dim>::Zero(), 0.0, {-1, -1, at, at, 1.0, exit.rate / rates.share[state], exit.rate, 0.0}});
  }
}

}  // namespace

template <int Dim>
Eigen::VectorXd KilledProcess<Dim>::loss_rates() const {
  Eigen::VectorXd loss = generator.exit;
  for (const SurfaceCut<Dim>& cut : cuts) loss[cut.state] -= cut.exit;
  // Of a state with cuts what is left of the difference may be round-off.
  constexpr double round_off = 1e-12;
  for (Index state = 0; state < loss.size(); ++state)
    if (loss[state] < round_off * generator.exit[state]) loss[state] = 0.0;
  return loss;
}

template <int Dim>
Eigen::VectorXd KilledProcess<Dim>::over_whole(const Eigen::VectorXd& values) const {
  Eigen::VectorXd all = Eigen::VectorXd::Zero(static_cast<Index>(states.size()));
  for (std::size_t state = 0; state < whole.size(); ++state) all[whole[state]] = values[static_cast<Index>(state)];
  return all;
}

template <int Dim>
KilledProcess<Dim> killed_process(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                  const Region<Dim>& target, Index start, const AbsorbingWall* wall) {
  const StateSpace<Dim>& space = discretisation.space;
  const std::vector<char> inside = space.inside(target);
  KeptRates rates;
  rates.kept.resize(inside.size());
  std::transform(inside.begin(), inside.end(), rates.kept.begin(), [](char in) { return static_cast<char>(!in); });
  rates.share.assign(inside.size(), 1.0);
  rates.generator.states = discretisation.generator.states;
  rates.generator.exit = discretisation.generator.exit;
  std::vector<Cut<Dim>> cuts = cut_edges(problem, discretisation, target, inside, rates);
  if constexpr (Dim > 1) add_exits(problem, discretisation, cuts, rates);
  if (wall) cut_at_wall<Dim>(discretisation, *wall, rates, cuts);
  const JumpsByState jumps(rates.generator);

  if (start >= 0) {
    if (!rates.kept[static_cast<std::size_t>(start)]) throw SolverError("the start of an escape lies in its target");
    std::vector<char> reached(rates.kept.size(), 0);
    reached[static_cast<std::size_t>(start)] = 1;
    mark_reached_from(jumps, reached);
    rates.kept = std::move(reached);
  }
  std::vector<char> escapes(rates.kept.size(), 0);
  for (Index cell = 0; cell < space.states(); ++cell)
    escapes[static_cast<std::size_t>(cell)] = rates.generator.exit[cell] > 0;
  mark_leading_to(jumps, escapes);

  KilledProcess<Dim> process;
  process.target_met = !cuts.empty();
  process.states.assign(rates.kept.size(), -1);
  for (Index cell = 0; cell < space.states(); ++cell) {
    if (!rates.kept[static_cast<std::size_t>(cell)]) continue;
    if (!escapes[static_cast<std::size_t>(cell)]) process.trapped = cell;
    process.states[static_cast<std::size_t>(cell)] = static_cast<std::int32_t>(process.whole.size());
    process.whole.push_back(static_cast<std::int32_t>(cell));
  }
  if (process.whole.empty()) throw SolverError("an escape is asked for from a set that holds no cell");
  Generator& generator = process.generator;
  generator.states = static_cast<std::int32_t>(process.whole.size());
  generator.exit.resize(generator.states);
  process.share.resize(generator.states);
  for (Index state = 0; state < generator.states; ++state) {
    const Index cell = process.whole[static_cast<std::size_t>(state)];
    generator.exit[state] = rates.generator.exit[cell];
    process.share[state] = rates.share[static_cast<std::size_t>(cell)];
  }
  const std::size_t most = rates.generator.from.size();
  for (auto* ends : {&generator.from, &generator.to, &process.edges}) ends->reserve(most);
  for (auto* kept : {&generator.forward, &generator.backward}) kept->reserve(most);
  for (std::size_t e = 0; e < most; ++e) {
    const Index i = process.states[static_cast<std::size_t>(rates.generator.from[e])];
    const Index j = process.states[static_cast<std::size_t>(rates.generator.to[e])];
    if (i < 0 || j < 0) {
      // Out of the reached set nothing flows by construction.
      continue;
    }
    generator.from.push_back(static_cast<std::int32_t>(i));
    generator.to.push_back(static_cast<std::int32_t>(j));
    generator.forward.push_back(rates.generator.forward[e]);
    generator.backward.push_back(rates.generator.backward[e]);
    process.edges.push_back(rates.edges[e]);
  }
  for (const Cut<Dim>& cut : cuts) {
    const Index state = process.states[static_cast<std::size_t>(cut.cell)];
    if (state < 0) continue;
    process.cuts.push_back(cut.surface);
    process.cuts.back().state = state;
  }
  return process;
}

template struct KilledProcess<1>;
template struct KilledProcess<2>;
template KilledProcess<1> killed_process(const Problem<1>&, const Discretisation<1>&, const Region<1>&, Index,
                                         const AbsorbingWall*);
template KilledProcess<2> killed_process(const Problem<2>&, const Discretisation<2>&, const Region<2>&, Index,
                                         const AbsorbingWall*);

}  // namespace valleyflux
