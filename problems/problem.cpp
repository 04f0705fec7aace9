#include "problems/problem.hpp"

#include "problems/require_coefficients.hpp"
#include "problems/valleys/basins.hpp"
#include "problems/valleys/deep_valleys.hpp"
#include "problems/valleys/default_core.hpp"
#include "problems/valleys/eigen_decomposition.hpp"
#include "problems/valleys/kinks.hpp"
#include "problems/valleys/wall_minima.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace valleyflux {

namespace {

/// A drift that differs between the two ends of a periodic axis jumps there.
template <int Dim>
void warn_of_seams(Problem<Dim>& problem) {
  const Grid<Dim>& grid = problem.grid;
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid.axis(k);
    if (!axis.periodic()) continue;
    constexpr Index probes = 64;
    Eigen::Matrix<double, Dim, Eigen::Dynamic> low(Dim, probes);
    Eigen::MatrixXd force_low, force_high;
    for (Index n = 0; n < probes; ++n) low.col(n) = grid.centre(n * (grid.cells() - 1) / (probes - 1));
    problem.dynamics.drift.sample(low, force_low);
    double size = force_low.cwiseAbs().maxCoeff();  // at the seam itself the drift may be zero to round-off
    low.row(k).setConstant(axis.min());
    Eigen::Matrix<double, Dim, Eigen::Dynamic> high = low;
    high.row(k).setConstant(axis.max());
    problem.dynamics.drift.sample(low, force_low);
    problem.dynamics.drift.sample(high, force_high);
    for (Index n = 0; n < probes; ++n)  // outside the domain a drift may be anything
      if (!grid.contains(low.col(n)) || !grid.contains(high.col(n))) force_low.col(n) = force_high.col(n).setZero();
    const double jump = (force_high - force_low).cwiseAbs().maxCoeff();
    size = std::max({size, force_low.cwiseAbs().maxCoeff(), force_high.cwiseAbs().maxCoeff()});
    if (jump > 1e-8 * size)
      problem.warnings.push_back(
          fmt::format("{0} is periodic, but the drift jumps by {1:.3g} from {0} = {2} to {0} = {3}", axis.name(), jump,
                      axis.max(), axis.min()));
  }
}

/// The basin that a definition without a region means; basin_of(k): that of the k-th minimum.
template <int Dim>
Region<Dim> basin_for(const ValleyDefinition<Dim>& definition, const std::vector<CriticalPoint<Dim>>& minima,
                      const std::function<Region<Dim>(int)>& basin_of, std::vector<char>& taken) {
  for (std::size_t k = 0; k < minima.size(); ++k) {
    if (taken[k] || (definition.core && !definition.core->contains(minima[k].position))) continue;
    taken[k] = 1;
    return basin_of(static_cast<int>(k));
  }
  throw ProblemError("valley." + definition.name,
                     fmt::format("valley \"{}\" has no region, and no minimum is left{} whose basin it could be",
                                 definition.name, definition.core ? " in its core" : ""));
}

template <int Dim>
void warn_of_kink(Problem<Dim>& problem, const CriticalPoint<Dim>& point) {
  problem.theory_warnings.push_back(
      fmt::format("the drift jumps at the {} {}: it has no Hessian there, and closed forms have no answer",
                  point.index == 0 ? "minimum"
                  : Dim == 1       ? "maximum"
                                   : "saddle",
                  named_coordinates<Dim>(problem.grid, point.position)));
}

/// Critical points of a problem from its deep valleys, lowest first; what is said of those that are only cells.
template <int Dim>
void take_critical_points(const DeepValleys<Dim>& valleys, double depth, Problem<Dim>& problem) {
  const auto by_height = [](const auto& a, const auto& b) { return a.height < b.height; };
  const auto position = [&](int valley) { return valleys.minima()[static_cast<std::size_t>(valley)].position; };
  for (const auto& minimum : valleys.minima())
    if (!minimum.at_wall) problem.critical_points.push_back(minimum);
  for (const auto& pass : valleys.passes()) problem.critical_points.push_back(pass.saddle);
  std::stable_sort(problem.critical_points.begin(), problem.critical_points.end(), by_height);
  problem.joined_minima.emplace();
  for (const auto& pass : valleys.passes()) {
    const auto saddle = std::find_if(problem.critical_points.begin(), problem.critical_points.end(),
                                     [&](const auto& point) { return point.position == pass.saddle.position; });
    problem.joined_minima->push_back({static_cast<std::size_t>(saddle - problem.critical_points.begin()),
                                      {position(pass.valleys[0]), position(pass.valleys[1])}});
  }
  if (valleys.merged() > 0)
    problem.warnings.push_back(
        fmt::format("{} minim{} shallower than {:.3g} of the noise level (valleys.depth) {} merged into deeper valleys",
                    valleys.merged(), valleys.merged() == 1 ? "um" : "a", depth, valleys.merged() == 1 ? "is" : "are"));
  for (const auto& point : problem.critical_points)
    if (point.kinked)
      warn_of_kink<Dim>(problem, point);
    else if (point.degenerate)
      problem.theory_warnings.push_back(
          fmt::format("no zero of the gradient with a definite Hessian was found at the {} {}: closed forms have no "
                      "answer there",
                      point.index == 0 ? "minimum" : "pass", named_coordinates<Dim>(problem.grid, point.position)));
}

/// On the line a region may be smaller than any cell.
bool holds_part(const Region<1>& region, const Grid<1>& grid, const std::optional<CriticalPoint<1>>& minimum) {
  if (minimum && region.contains(minimum->position)) return true;
  return !surfaces_on_axis(region, grid, {}).empty();
}

bool holds_part(const Region<2>&, const Grid<2>&, const std::optional<CriticalPoint<2>>&) {
  return false;  // only what the cell centres say
}

/// What starts there is lost at once.
template <int Dim>
bool lies_on_absorbing_wall(const Grid<Dim>& grid, const Point<Dim>& x) {
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid.axis(k);
    const double near = 1e-9 * (axis.max() - axis.min());
    if (axis.lower() == Boundary::absorbing && x[k] < axis.min() + near) return true;
    if (axis.upper() == Boundary::absorbing && x[k] > axis.max() - near) return true;
  }
  return false;
}

/// Every valley must hold cells, no cell may lie in two of them, and cores must lie inside.
template <int Dim>
void require_disjoint(const Problem<Dim>& problem) {
  const Grid<Dim>& grid = problem.grid;
  std::vector<int> owner(static_cast<std::size_t>(grid.cells()), -1);
  for (std::size_t v = 0; v < problem.valleys.size(); ++v) {
    const Valley<Dim>& valley = problem.valleys[v];
    const auto fail = [&](const std::string& message) { throw ProblemError("valley." + valley.name, message); };
    const std::vector<char> inside = valley.region.cells(grid), core = valley.core.cells(grid);
    bool any = holds_part(valley.region, grid, valley.minimum),
         any_core = holds_part(valley.core, grid, valley.minimum);
    for (std::size_t cell = 0; cell < inside.size(); ++cell) {
      const auto here = [&] { return named_coordinates<Dim>(grid, grid.centre(static_cast<Index>(cell))); };
      any |= inside[cell] != 0;
      any_core |= core[cell] != 0;
      if (core[cell] && !inside[cell])
        fail(fmt::format("the core of valley \"{}\" reaches out of the valley at {}", valley.name, here()));
      if (!inside[cell]) continue;
      if (owner[cell] >= 0)
        fail(fmt::format("valleys \"{}\" and \"{}\" overlap at {}",
                         problem.valleys[static_cast<std::size_t>(owner[cell])].name, valley.name, here()));
      owner[cell] = static_cast<int>(v);
    }
    const char* const nothing = Dim == 1 ? "no point of the domain (what is narrower than 1/4096 of it is not seen)"
                                         : "no cell centre of the grid";
    if (!any) fail(fmt::format("valley \"{}\" holds {}", valley.name, nothing));
    if (!any_core && !valley.core.empty())
      fail(fmt::format("the core of valley \"{}\" holds {}", valley.name, nothing));
  }
}

template <int Dim>
void warn_of_valley(Problem<Dim>& problem, const Valley<Dim>& valley, bool core_given) {
  if (!valley.minimum) {
    problem.warnings.push_back(fmt::format("valley \"{}\" holds no minimum", valley.name));
    return;
  }
  const std::string where = named_coordinates<Dim>(problem.grid, valley.minimum->position);
  if (core_given) {
    if (!valley.core.contains(valley.minimum->position))
      problem.warnings.push_back(
          fmt::format("the minimum of valley \"{}\" at {} lies outside its core", valley.name, where));
    return;
  }
  // On the line no grid is too coarse for a mean time, and rates of too coarse ones say so by their errors.
  const auto covariance =
      Dim > 1 ? local_covariance<Dim>(problem.dynamics, problem.grid, *valley.minimum) : std::nullopt;
  if (!covariance) return;
  const double width = std::sqrt(std::max(symmetric_eigen(*covariance).values[0], 0.0));
  if (width < least_core_radius)
    problem.warnings.push_back(
        fmt::format("the grid is too coarse for valley \"{}\": the standard deviation of its local "
                    "equilibrium around {} is {:.2g} cells; its core was widened to {:.2g} standard deviations",
                    valley.name, where, width, least_core_radius / width));
}

}  // namespace

template <int Dim>
Problem<Dim> make_problem(std::string title, Dynamics dynamics, Grid<Dim> grid,
                          std::vector<ValleyDefinition<Dim>> definitions,
                          std::optional<std::vector<CriticalPoint<Dim>>> critical_points, double valley_depth) {
  require_fit<Dim>(dynamics, grid);
  if (Dim == 1 && !grid.covers_box())
    throw ProblemError("grid",
                       "on the line the ends of the axis are those of the domain: a grid over a part of its "
                       "box is one of the plane");
  const double largest_diffusion = require_samples<Dim>(dynamics, grid);

  Problem<Dim> problem{std::move(title), std::move(dynamics), std::move(grid), {}, {}, {}, {}};
  if (!(largest_diffusion > 0)) problem.warnings.push_back("the diffusion D is zero everywhere");
  warn_of_seams<Dim>(problem);
  std::vector<CriticalPoint<Dim>> minima;  // lowest first
  std::optional<DeepValleys<Dim>> deep;
  // Flows end where they leave a part of the box; descents on its lattice go along its walls. Neither do flows or
  // Newton's method find what lies in the kinks of a plane.
  if (problem.grid.domain() || hides_minima<Dim>(problem.dynamics.drift))
    valley_depth = std::max(valley_depth, least_valley_depth);
  if (valley_depth > 0 && problem.dynamics.drift.potential()) {
    deep.emplace(problem.dynamics, problem.grid, valley_depth, given_regions(definitions));
    take_critical_points<Dim>(*deep, valley_depth, problem);
    minima = deep->minima();
  } else {
    problem.critical_points =
        critical_points ? std::move(*critical_points) : find_critical_points<Dim>(problem.dynamics.drift, problem.grid);
    for (const auto& point : problem.critical_points) {
      if (point.index == 0 && !lies_on_absorbing_wall<Dim>(problem.grid, point.position)) minima.push_back(point);
      if (point.kinked)
        warn_of_kink<Dim>(problem, point);
      else if (point.degenerate)
        problem.warnings.push_back(
            fmt::format("the Hessian is degenerate at the critical point {}: its index is not to be trusted",
                        named_coordinates<Dim>(problem.grid, point.position)));
    }
  }
  const std::vector<CriticalPoint<Dim>> wall_minima = find_wall_minima<Dim>(problem.dynamics.drift, problem.grid);
  // A slope that leads to one wall is one valley.
  if (Dim == 1 && !deep && definitions.empty() && problem.critical_points.empty() && wall_minima.size() == 1)
    definitions.push_back({"valley_1", Region<Dim>([](const Point<Dim>&) { return true; }), {}});
  const bool all_basins = definitions.empty();
  if (all_basins && minima.empty())
    throw ProblemError(
        "valley", problem.dynamics.drift.potential()
                      ? "no minimum (stable point) was found in the domain: define the valleys by [[valley]], or "
                        "widen the grid"
                      : "the drift comes to rest nowhere in the domain (no stable point; it may lead round, or out): "
                        "say by [[valley]] name, where and core what is to be left and reached, or widen the grid");
  // More basins than cells cannot hold a cell each; following all their borders would take long to find that out. On
  // the line a few cells may do for many.
  constexpr Index few_cells = 128;
  const Index most_minima = Dim == 1 ? std::max(problem.grid.cells(), few_cells) : problem.grid.cells();
  if (all_basins && static_cast<Index>(minima.size()) > most_minima)
    throw ProblemError("valley",
                       fmt::format("{} minima were found in the domain, on a grid of {} cells: use more cells, "
                                   "or define the valleys by [[valley]]",
                                   minima.size(), problem.grid.cells()));
  if (all_basins)
    for (std::size_t k = 0; k < minima.size(); ++k) definitions.push_back({fmt::format("valley_{}", k + 1), {}, {}});

  std::vector<char> taken(minima.size(), 0);  // minima in valleys whose region is given
  for (const auto& definition : definitions)
    for (std::size_t k = 0; k < minima.size(); ++k)
      if (definition.region && definition.region->contains(minima[k].position)) taken[k] = 1;
  std::optional<Basins<Dim>> basins;
  const std::function<Region<Dim>(int)> basin_of = [&](int k) {
    if (deep) return deep->region(k);
    if (!basins) basins.emplace(problem.dynamics.drift, problem.grid, problem.critical_points);
    return basins->region(k);
  };
  for (const auto& definition : definitions) {
    Valley<Dim> valley{definition.name, {}, {}, std::nullopt};
    if (definition.region) {
      valley.region = *definition.region;
    } else {
      valley.region = basin_for<Dim>(definition, minima, basin_of, taken);
    }
    const auto lowest = std::find_if(minima.begin(), minima.end(),
                                     [&](const auto& minimum) { return valley.region.contains(minimum.position); });
    if (lowest != minima.end()) valley.minimum = *lowest;
    const auto at_wall = std::find_if(wall_minima.begin(), wall_minima.end(),
                                      [&](const auto& minimum) { return valley.region.contains(minimum.position); });
    if (!valley.minimum && at_wall != wall_minima.end()) valley.minimum = *at_wall;
    if (definition.core)
      valley.core = *definition.core;
    else if (valley.minimum)
      valley.core = default_core<Dim>(problem.dynamics, problem.grid, *valley.minimum, valley.region);
    warn_of_valley<Dim>(problem, valley, definition.core.has_value());
    problem.valleys.push_back(std::move(valley));
  }
  require_disjoint<Dim>(problem);
  if (all_basins) {
    const std::vector<int> labels = deep ? valley_labels<Dim>(problem) : basins->labels();
    const auto outside =
        std::count(labels.begin(), labels.end(), -1) - problem.grid.cells() + problem.grid.held_cells();
    if (outside > 0)
      problem.warnings.push_back(
          fmt::format("{:.2g} % of the cells lie in no valley: the drift leads out of the box or comes "
                      "to rest at a wall there",
                      100.0 * static_cast<double>(outside) / static_cast<double>(problem.grid.held_cells())));
  }
  return problem;
}

template <int Dim>
std::vector<int> valley_labels(const Problem<Dim>& problem) {
  std::vector<int> labels(static_cast<std::size_t>(problem.grid.cells()), -1);
  for (std::size_t v = problem.valleys.size(); v-- > 0;) {
    const std::vector<char> inside = problem.valleys[v].region.cells(problem.grid);
    for (std::size_t cell = 0; cell < inside.size(); ++cell)
      if (inside[cell]) labels[cell] = static_cast<int>(v);
  }
  return labels;
}

template <int Dim>
std::string named_coordinates(const Grid<Dim>& grid, const Point<Dim>& x) {
  std::string text;
  for (int k = 0; k < Dim; ++k) text += fmt::format("{}{} = {:.6g}", k > 0 ? ", " : "", grid.axis(k).name(), x[k]);
  return text;
}

template Problem<1> make_problem(std::string, Dynamics, Grid<1>, std::vector<ValleyDefinition<1>>,
                                 std::optional<std::vector<CriticalPoint<1>>>, double);
template Problem<2> make_problem(std::string, Dynamics, Grid<2>, std::vector<ValleyDefinition<2>>,
                                 std::optional<std::vector<CriticalPoint<2>>>, double);
template std::vector<int> valley_labels(const Problem<1>&);
template std::vector<int> valley_labels(const Problem<2>&);
template std::string named_coordinates(const Grid<1>&, const Point<1>&);
template std::string named_coordinates(const Grid<2>&, const Point<2>&);

}  // namespace valleyflux
