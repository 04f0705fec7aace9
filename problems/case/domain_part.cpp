#include "problems/case/domain_part.hpp"

#include "grids/axis_by_axis.hpp"
#include "grids/region.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <utility>

namespace valleyflux {

template <int Dim>
Point<Dim> within_periods(const std::vector<OpenAxis>& given, Point<Dim> x) {
  for (int k = 0; k < Dim; ++k) {
    const OpenAxis& axis = given[static_cast<std::size_t>(k)];
    if (axis.lower != Boundary::periodic || !axis.bounded()) continue;
    const double period = *axis.max - *axis.min;
    x[k] -= period * std::floor((x[k] - *axis.min) / period);
  }
  return x;
}

template <int Dim>
Region<Dim> region_of(const Case& definition, const Expression& where) {
  return Region<Dim>(
      [where, ends = definition.axes](const Point<Dim>& x) { return where(within_periods<Dim>(ends, x)) != 0.0; });
}

namespace {

/// The domains of landscape, drift and noise where tables lack values, each with what it is of.
std::vector<std::pair<std::string, LandscapeDomain>> gapped_domains(const Case& definition) {
  std::vector<std::pair<std::string, LandscapeDomain>> domains;
  const std::shared_ptr<const Landscape> landscape = definition.dynamics->drift.potential();
  if (const auto table = landscape ? landscape->domain() : std::nullopt; table && table->holds)
    domains.emplace_back(fmt::format("the table of the landscape ({})", definition.table), *table);
  for (const auto& table : definition.gapped) domains.emplace_back(table->description(), table->domain());
  return domains;
}

}  // namespace

template <int Dim>
typename Grid<Dim>::Domain domain_of(const Case& definition) {
  const auto where = definition.domain;
  const auto gapped = gapped_domains(definition);
  if (!where && gapped.empty()) return {};
  return [landscape = definition.dynamics->drift.potential(), gapped, where](const Point<Dim>& x) {
    for (const auto& [name, table] : gapped)
      if (!table.holds(x)) return false;
    if (!where) return true;
    if (where->dimension() == Dim) return (*where)(x) != 0.0;
    FieldSamples height;
    landscape->sample(x, 0, height);
    Eigen::Matrix<double, Dim + 1, 1> arguments;
    arguments << x, height.value[0];
    return std::isfinite(height.value[0]) && (*where)(arguments) != 0.0;
  };
}

namespace {

/// The axis between two points, with cells of about the same size.
Axis between(const Axis& axis, double low, double high) {
  constexpr double whole = 1e-9;
  const double length = axis.max() - axis.min();
  const bool from_start = std::abs(low - axis.min()) < whole * length,
             to_end = std::abs(high - axis.max()) < whole * length;
  const double share =
      (axis.lattice_of(high) - axis.lattice_of(low)) / (axis.lattice_of(axis.max()) - axis.lattice_of(axis.min()));
  constexpr Index fewest = 4;
  const auto cells = std::max<Index>(fewest, std::lround(share * static_cast<double>(axis.cells())));
  const auto boundary = [&](bool kept, Boundary given) {
    return kept && given != Boundary::periodic ? given : Boundary::reflecting;
  };
  return Axis(axis.name(), from_start ? axis.min() : low, to_end ? axis.max() : high, cells,
              boundary(from_start, axis.lower()), boundary(to_end, axis.upper()), axis.grading());
}

/// An absorbing wall is asked for where something leaves: it must not vanish unsaid.
template <int Dim>
void require_absorbing_walls(const Grid<Dim>& grid, int k, bool lower_kept, bool upper_kept) {
  const Axis& axis = grid.axis(k);
  for (const bool upper : {false, true})
    if (!(upper ? upper_kept : lower_kept) && (upper ? axis.upper() : axis.lower()) == Boundary::absorbing)
      throw std::invalid_argument(fmt::format(
          "the domain ends before the absorbing wall at {0} = {1:.9g}, which nothing would reach: let the domain hold "
          "it, end grid.{0} where the domain ends, or make that wall reflecting",
          axis.name(), upper ? axis.max() : axis.min()));
}

std::string domain_text(const Case& definition) {
  return fmt::format("domain.where = \"{}\"", definition.domain->text());
}

/// ": it is narrower than ..." where finer cells than those of a grid would keep a domain whole.
std::string finer_cells(const Grid<2>& box, const Grid<2>::Domain& domain) {
  constexpr Index most_cells = 1000000;
  for (Index factor = 2; factor * factor * box.cells() <= most_cells; factor *= 2) {
    const auto finer = [&](int k) { return box.axis(k).refined(factor); };
    try {
      const Grid<2> whole(axes_by<2>(finer), domain);
      return fmt::format(". Some of it is narrower than a cell ({:.3g} x {:.3g}): {} x {} cells keep it whole",
                         box.axis(0).size(0), box.axis(1).size(0), whole.axis(0).cells(), whole.axis(1).cells());
    } catch (const std::invalid_argument&) {
      continue;
    }
  }
  return "";
}

/// What lies between two parts: said of a table, whose missing values part it.
std::string gap_of(const Case& definition, double low, double high) {
  for (const auto& [name, table] : gapped_domains(definition))
    if (!table.holds(Point<1>(0.5 * (low + high))))
      return fmt::format(
          "{} holds no finite value between {:.6g} and {:.6g}: fill them in (by interpolation, or from "
          "where the data came), or else ",
          name, low, high);
  return "";
}

/// Beyond the seam the drift is that of the other end: it must be the same function there.
void require_period(const Drift& drift, const Axis& axis, double beyond) {
  constexpr Index probes = 64;
  constexpr double round_off = 1e-8;
  const Eigen::RowVectorXd here = Eigen::RowVectorXd::LinSpaced(probes, axis.min(), beyond);
  Eigen::MatrixXd force, next;
  drift.sample(here, force);
  drift.sample((here.array() + (axis.max() - axis.min())).matrix(), next);
  const double jump = (next - force).cwiseAbs().maxCoeff();
  if (jump > round_off * force.cwiseAbs().maxCoeff())
    throw std::invalid_argument(fmt::format(
        "the domain crosses the seam of {0} at {1:.9g}, where the drift does not go on as at {2:.9g} (it differs by "
        "{3:.3g}): give grid.{0} ends between which the drift has a period, or a domain that does not cross them",
        axis.name(), axis.max(), axis.min(), jump));
}

Grid<1> part_of(const Case& definition, const Grid<1>& box, const Grid<1>::Domain& domain) {
  const Axis& axis = box.axis(0);
  const Region<1> region(domain);
  const std::vector<double> surfaces = surfaces_on_axis(region, box, {});
  std::vector<std::pair<double, double>> parts;
  double from = axis.min();
  for (std::size_t k = 0; k <= surfaces.size(); ++k) {
    const double to = k < surfaces.size() ? surfaces[k] : axis.max();
    constexpr double within = 0.382;  // not half-way, where symmetric conditions may touch
    if (to > from && region.contains(Point<1>(from + within * (to - from)))) parts.emplace_back(from, to);
    from = to;
  }
  if (parts.empty())
    throw std::invalid_argument(fmt::format("{}the domain holds no point of the axis",
                                            definition.domain ? domain_text(definition) + ": " : ""));
  if (axis.periodic() && parts.size() > 1 && parts.front().first == axis.min() && parts.back().second == axis.max()) {
    parts.back().second += parts.front().second - axis.min();
    require_period(definition.dynamics->drift, axis, parts.front().second);
    parts.erase(parts.begin());
  }
  if (parts.size() > 1)
    throw std::invalid_argument(
        fmt::format("{}the domain falls into {} parts that nothing joins, from {:.6g} to {:.6g} and from {:.6g} to "
                    "{:.6g}: give grid.{} "
                    "the ends of one of them",
                    gap_of(definition, parts[0].second, parts[1].first), parts.size(), parts[0].first, parts[0].second,
                    parts[1].first, parts[1].second, axis.name()));
  const auto [low, high] = parts[0];
  if (surfaces.empty()) return box;
  const Axis part = between(axis, low, high);
  require_absorbing_walls<1>(box, 0, part.min() == axis.min(), part.max() == axis.max());
  return Grid<1>({part});
}

Grid<2> part_of(const Case& definition, const Grid<2>& box, const Grid<2>::Domain& domain) {
  std::array<std::array<bool, 2>, 2> kept{};
  for (Index cell = 0; cell < box.cells(); ++cell) {
    const Offset<2> at = box.coordinates(cell);
    for (int k = 0; k < 2; ++k) {
      const auto axis = static_cast<std::size_t>(k);
      const bool first = at[k] == 0, last = at[k] == box.axis(k).cells() - 1;
      if ((!first || kept[axis][0]) && (!last || kept[axis][1])) continue;
      if (!domain(box.centre(cell))) continue;
      kept[axis][0] = kept[axis][0] || first;
      kept[axis][1] = kept[axis][1] || last;
    }
  }
  for (int k = 0; k < 2; ++k)
    require_absorbing_walls<2>(box, k, kept[static_cast<std::size_t>(k)][0], kept[static_cast<std::size_t>(k)][1]);
  try {
    return Grid<2>({box.axis(0), box.axis(1)}, domain);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("{}{}{}", definition.domain ? domain_text(definition) + ": " : "",
                                            error.what(), finer_cells(box, domain)));
  }
}

}  // namespace

template <int Dim>
Grid<Dim> domain_part(const Case& definition, const Grid<Dim>& box) {
  auto domain = domain_of<Dim>(definition);
  if (!domain) return box;
  return part_of(definition, box, std::move(domain));
}

template Point<1> within_periods(const std::vector<OpenAxis>&, Point<1>);
template Point<2> within_periods(const std::vector<OpenAxis>&, Point<2>);
template Region<1> region_of(const Case&, const Expression&);
template Region<2> region_of(const Case&, const Expression&);
template Grid<1>::Domain domain_of<1>(const Case&);
template Grid<2>::Domain domain_of<2>(const Case&);
template Grid<1> domain_part(const Case&, const Grid<1>&);
template Grid<2> domain_part(const Case&, const Grid<2>&);

}  // namespace valleyflux
