#include "solver/grid_choice/grid_choice.hpp"

#include "grids/axis_by_axis.hpp"
#include "problems/case/build_problem.hpp"
#include "problems/case/domain_part.hpp"
#include "problems/case/placed_problem.hpp"
#include "problems/methods.hpp"
#include "problems/require_coefficients.hpp"
#include "problems/valleys/deep_valleys.hpp"
#include "problems/valleys/kinks.hpp"
#include "problems/valleys/relaxation.hpp"
#include "problems/valleys/survey.hpp"
#include "solver/grid_choice/cell_choice.hpp"
#include "solver/grid_choice/domain_choice.hpp"
#include "solver/grid_choice/noise_width.hpp"
#include "solver/memory_estimate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace valleyflux {

namespace {

template <int Dim>
std::array<OpenAxis, Dim> axes_of(const Case& definition) {
  std::array<OpenAxis, Dim> axes;
  std::copy_n(definition.axes.begin(), Dim, axes.begin());
  return axes;
}

/// Whether every rate asked for is a closed form: no density has to be right then.
bool closed_forms_only(const Case& definition) {
  const auto closed = [](const CaseEscape& escape) {
    return std::all_of(escape.methods.begin(), escape.methods.end(),
                       [](const std::string& name) { return method_named(name).stage == MethodStage::closed_form; });
  };
  return !definition.escapes.empty() && !definition.evolve &&
         std::all_of(definition.escapes.begin(), definition.escapes.end(), closed);
}

/// Places that the initial density of the evolution reaches.
template <int Dim>
std::vector<Point<Dim>> initial_places(const Case& definition) {
  if (!definition.evolve) return {};
  const auto* start = std::get_if<GaussianStart>(&definition.evolve->initial.value);
  if (!start || start->mean.size() != Dim || start->sd.size() != Dim) return {};
  constexpr double deviations = 5.0;
  Point<Dim> mean, reach;
  for (int k = 0; k < Dim; ++k) {
    mean[k] = start->mean[static_cast<std::size_t>(k)];
    reach[k] = deviations * start->sd[static_cast<std::size_t>(k)];
  }
  return {mean - reach, mean + reach};
}

/// Moves ends that were chosen in to where [domain] leaves nothing of the box beyond, to a hundredth of it.
template <int Dim>
void end_at_domain(const typename Grid<Dim>::Domain& domain, const std::array<OpenAxis, Dim>& given,
                   std::array<std::array<double, 2>, Dim>& ends) {
  if (!domain) return;
  constexpr Index cells = 400;
  const auto along = [&](int k) {
    const auto axis = static_cast<std::size_t>(k);
    return Axis(given[axis].name, ends[axis][0], ends[axis][1], cells);
  };
  const auto box = grid_by<Dim>(along);
  Offset<Dim> first = Offset<Dim>::Constant(static_cast<int>(cells)), last = Offset<Dim>::Constant(-1);
  for (Index cell = 0; cell < box.cells(); ++cell) {
    if (!domain(box.centre(cell))) continue;
    first = first.cwiseMin(box.coordinates(cell));
    last = last.cwiseMax(box.coordinates(cell));
  }
  for (int k = 0; k < Dim; ++k) {
    if (last[k] < 0) return;  // what the domain holds is told with the grid
    const OpenAxis& axis = given[static_cast<std::size_t>(k)];
    auto& [low, high] = ends[static_cast<std::size_t>(k)];
    const double step = std::pow(10.0, std::floor(std::log10(high - low)) - 2.0);
    // The domain's border lies beyond the outermost centre that it holds.
    const auto rounded = [&](double parts) { return std::stod(fmt::format("{:.12g}", parts * step)); };
    const double from = box.axis(k).edge(std::max(first[k] - 1, 0));
    const double to = box.axis(k).edge(std::min<Index>(last[k] + 2, cells));
    if (!axis.min && first[k] > 0) low = std::max(low, rounded(std::floor(from / step)));
    if (!axis.max && last[k] < cells - 1) high = std::min(high, rounded(std::ceil(to / step)));
  }
}

/// Whether valleys are found by their depth: the ripples of tables are none, and those in kinks are found no other way.
template <int Dim>
bool finds_deep_valleys(const Case& definition) {
  const Drift& drift = definition.dynamics->drift;
  return drift.potential() && (definition.valley_depth > 0 || hides_minima<Dim>(drift));
}

/// Critical points inside, with those of `surveyed` that a look at this grid alone misses.
template <int Dim>
std::vector<CriticalPoint<Dim>> points_inside(const Drift& drift, const Grid<Dim>& grid,
                                              const std::vector<CriticalPoint<Dim>>& surveyed) {
  std::vector<CriticalPoint<Dim>> points = find_critical_points<Dim>(drift, grid);
  const std::size_t seen = points.size();
  for (const CriticalPoint<Dim>& point : surveyed)
    if (grid.contains(point.position) && std::none_of(points.begin(), points.end(), [&](const auto& known) {
          return same_zero<Dim>(known.position, point.position);
        }))
      points.push_back(point);
  if (points.size() > seen)
    std::stable_sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.height < b.height; });
  return points;
}

/// Minima and passes that the cells are chosen for: those of the survey, where there was one.
template <int Dim>
std::vector<CriticalPoint<Dim>> wells_and_passes(const Case& definition, const Grid<Dim>& grid,
                                                 const std::vector<CriticalPoint<Dim>>& surveyed) {
  const Dynamics& dynamics = *definition.dynamics;
  if (!finds_deep_valleys<Dim>(definition))
    return surveyed.empty() ? find_critical_points<Dim>(dynamics.drift, grid) : surveyed;
  return DeepValleys<Dim>(dynamics, grid, std::max(definition.valley_depth, least_valley_depth),
                          given_regions(valley_definitions<Dim>(definition)))
      .points();
}

/// What the cells have to resolve along axis k. Saddles far above the passes that count are left to refinement.
template <int Dim>
std::vector<Feature> features(const Dynamics& dynamics, const std::vector<CriticalPoint<Dim>>& points,
                              const DomainChoice<Dim>& domain, int k) {
  constexpr double negligible = -14.0;  // log of the density over that at the passes
  std::vector<Feature> found;
  for (const CriticalPoint<Dim>& point : points) {
    if (point.index > 1 || (point.degenerate && point.at_wall)) continue;
    if (domain.law && point.index > 0 && domain.law->grid.contains(point.position) &&
        domain.law->log_density[domain.law->grid.cell_containing(point.position)] < domain.pass_level + negligible)
      continue;
    if (const auto width = noise_width<Dim>(dynamics, point))
      found.push_back({point.position[k], width->conditional[k]});
  }
  return found;
}

template <int Dim>
CellWishes cell_wishes() {
  // Hand-chosen grids that reach 1e-3 at once have about as many.
  if (Dim == 1) return {.per_width = 4.0, .fewest = 256, .most = 16384, .most_uniform = 1024};
  return {.per_width = 3.5, .fewest = 64, .most = 512, .most_uniform = 512};
}

/// What of the axes was chosen, and how, in one line.
template <int Dim>
std::string rule_of(const std::vector<OpenAxis>& given, const DomainChoice<Dim>& domain, const Grid<Dim>& chosen,
                    double negligible, double per_width) {
  std::vector<std::string> ends, cells, gradings;
  for (int k = 0; k < Dim; ++k) {
    const OpenAxis& before = given[static_cast<std::size_t>(k)];
    const Axis& axis = chosen.axis(k);
    const std::string& name = axis.name();
    if (!before.bounded())
      ends.push_back(before.min   ? fmt::format("{}.max = {:.9g}", name, axis.max())
                     : before.max ? fmt::format("{}.min = {:.9g}", name, axis.min())
                                  : fmt::format("{} from {:.9g} to {:.9g}", name, axis.min(), axis.max()));
    if (!before.cells) cells.push_back(fmt::format("{} cells along {}", axis.cells(), name));
    if (axis.grading() && !before.grading)
      gradings.push_back(fmt::format(", {} graded about {:.6g}", name, axis.grading()->centre));
  }
  std::vector<std::string> parts;
  if (!ends.empty())
    parts.push_back(
        fmt::format("{} ({})", fmt::join(ends, ", "),
                    domain.law ? fmt::format("beyond, the stationary density{} is below {:.0e} of that at the passes",
                                             domain.constant_noise ? " of constant noise" : "", negligible)
                               : "around the critical points"));
  if (!cells.empty())
    parts.push_back(fmt::format("{} to start with ({} to the width of the narrowest well or pass{})",
                                fmt::join(cells, " and "), per_width, fmt::join(gradings, "")));
  return fmt::format("{}", fmt::join(parts, "; "));
}

/// Jumps of discrete SGD reach far beyond where the density of the diffusion ends.
bool asks_for_chain(const Case& definition) {
  return std::any_of(definition.escapes.begin(), definition.escapes.end(), [](const CaseEscape& escape) {
    return std::find(escape.methods.begin(), escape.methods.end(), "sgd_chain") != escape.methods.end();
  });
}

}  // namespace

bool leaves_grid_open(const Case& definition) {
  return std::any_of(definition.axes.begin(), definition.axes.end(),
                     [](const OpenAxis& axis) { return !axis.closed(); });
}

template <int Dim>
GridChoice<Dim> choose_grid(const Case& definition) {
  const Dynamics& dynamics = *definition.dynamics;
  std::array<OpenAxis, Dim> axes = axes_of<Dim>(definition);
  const bool domain_open = std::any_of(axes.begin(), axes.end(), [](const OpenAxis& axis) { return !axis.bounded(); });
  // Against the density at the passes: on the line mass beyond the walls is all that is lost, and farther walls cost
  // next to nothing.
  constexpr double of_accuracy = Dim == 1 ? 1e-5 : 1e-2;
  const double negligible = of_accuracy * definition.accuracy.relative;
  return placed_in(definition, "grid", [&] {
    require_autonomous(dynamics);
    DomainChoice<Dim> domain;
    std::vector<CriticalPoint<Dim>> surveyed;
    if (domain_open) {
      surveyed = survey<Dim>(dynamics, axes, definition.valley_depth);
      domain = choose_domain<Dim>(axes, {dynamics, surveyed, valley_definitions<Dim>(definition),
                                         initial_places<Dim>(definition), negligible, !closed_forms_only(definition)});
      end_at_domain<Dim>(domain_of<Dim>(definition), axes, domain.ends);
      for (int k = 0; k < Dim; ++k) {
        OpenAxis& axis = axes[static_cast<std::size_t>(k)];
        axis.min = domain.ends[static_cast<std::size_t>(k)][0];
        axis.max = domain.ends[static_cast<std::size_t>(k)][1];
      }
    }
    const Grid<Dim> scanned = scanned_grid<Dim>(axes);
    require_fit<Dim>(dynamics, scanned);
    const std::vector<CriticalPoint<Dim>> points = wells_and_passes<Dim>(definition, scanned, surveyed);
    const CellWishes wishes = cell_wishes<Dim>();
    const auto chosen_axis = [&](int k) {
      return choose_cells(axes[static_cast<std::size_t>(k)], features<Dim>(dynamics, points, domain, k), wishes);
    };
    const auto grid = grid_by<Dim>(chosen_axis);
    GridChoice<Dim> choice{grid,
                           {},
                           rule_of<Dim>(definition.axes, domain, grid, negligible, wishes.per_width),
                           std::move(domain.warnings)};
    if (domain_open && asks_for_chain(definition))
      choice.warnings.push_back(
          "sgd_chain: the steps of discrete SGD reach beyond the domain that was chosen for its diffusion; the rate "
          "may "
          "depend on the walls: give grid.x min and max");
    if (!finds_deep_valleys<Dim>(definition))
      choice.critical_points = points_inside<Dim>(dynamics.drift, choice.grid, surveyed);
    return choice;
  });
}

template GridChoice<1> choose_grid(const Case&);
template GridChoice<2> choose_grid(const Case&);

}  // namespace valleyflux
