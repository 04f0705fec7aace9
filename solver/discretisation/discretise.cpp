#include "solver/discretisation/discretise.hpp"

#include "grids/first_failure.hpp"
#include "solver/discretisation/weighted_edges.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace valleyflux {

namespace {

constexpr Index block = 256;

/// Calls use(p, Z) with the potential along the p-th of a few edges (EdgePotential or PiecewisePotential).
template <int Dim, class Use>
void visit_potentials(const LatticeSampler<Dim>& sampler, const StateSpace<Dim>& space, const CellSamples<Dim>& cells,
                      const std::vector<WeightedEdge<Dim>>& edges, const Use& use) {
  const auto count = static_cast<Index>(edges.size());
  const auto start_of = [&](Index p) -> Point<Dim> {
    return space.coordinates(edges[static_cast<std::size_t>(p)].from).template cast<double>();
  };
  const auto along = [&](Index p) -> Point<Dim> {
    return edges[static_cast<std::size_t>(p)].displacement.template cast<double>();
  };
  if (!sampler.has_potential()) {
    Eigen::Matrix<double, Dim, Eigen::Dynamic> starts(Dim, count), steps(Dim, count);
    Eigen::Matrix2Xd ends(2, count);
    for (Index p = 0; p < count; ++p) {
      const auto& edge = edges[static_cast<std::size_t>(p)];
      starts.col(p) = start_of(p);
      steps.col(p) = along(p);
      ends.col(p) << along(p).dot(cells.slope.col(edge.from)), along(p).dot(cells.slope.col(edge.to));
    }
    const std::vector<std::optional<EdgePotential>> smooth = sampler.smooth_potentials(starts, steps, ends);
    for (Index p = 0; p < count; ++p) {
      const auto& potential = smooth[static_cast<std::size_t>(p)];
      if (potential)
        use(p, *potential);
      else
        use(p, sampler.potential(start_of(p), start_of(p) + along(p)));
    }
    return;
  }
  for (Index p = 0; p < count; ++p) {
    const auto& edge = edges[static_cast<std::size_t>(p)];
    const double z0 = along(p).dot(cells.slope.col(edge.from)), z1 = along(p).dot(cells.slope.col(edge.to));
    // Across a periodic end the potential may differ from that of the wrapped cell (a tilted washboard).
    const bool wraps = !(space.coordinates(edge.to) - space.coordinates(edge.from) == edge.displacement);
    if (wraps || varies_too_fast(z0, z1))
      use(p, sampler.potential(start_of(p), start_of(p) + along(p)));
    else
      use(p, EdgePotential::through_rise(z0, z1, cells.potential[edge.to] - cells.potential[edge.from]));
  }
}

/// How much of the slope z round a cell is a gradient: 1 where its curl vanishes, 0 where the curl makes up a quarter
/// of its derivatives. Hats presume a gradient: where the slope turns they make nothing better (measured: worse).
template <int Dim>
double gradient_share(const StateSpace<Dim>& space, const CellSamples<Dim>& cells, Index cell) {
  Tensor<Dim> derivative;
  const Offset<Dim> at = space.coordinates(cell);
  for (int k = 0; k < Dim; ++k) {
    const Offset<Dim> step = Offset<Dim>::Unit(k);
    const auto above = space.linked(at, step), below = space.linked(at, -step);
    const double steps = (above ? 1.0 : 0.0) + (below ? 1.0 : 0.0);
    derivative.row(k) =
        (cells.slope.col(above.value_or(cell)) - cells.slope.col(below.value_or(cell))) / std::max(steps, 1.0);
  }
  const double curl = (derivative - derivative.transpose()).norm(), rest = (derivative + derivative.transpose()).norm();
  constexpr double turning = 0.25;
  if (curl == 0.0) return 1.0;
  const double share = 1.0 - curl / (turning * (curl + rest));
  return share > 0.0 ? share : 0.0;
}

/// The edges along the axes, which give the masses of the cells.
template <int Dim>
struct AxisEdges {
  // By axis, of the edge from each cell to the next: its rates; negative where they were not needed.
  std::array<std::vector<EdgeRates>, Dim> rates;
  LogWidths<Dim> log_width;
};

template <int Dim>
AxisEdges<Dim> axis_edges(const LatticeSampler<Dim>& sampler, const StateSpace<Dim>& space,
                          const CellSamples<Dim>& cells) {
  const Grid<Dim>& grid = space.grid();
  const Index n = space.states();
  AxisEdges<Dim> axes;
  axes.log_width.setZero(Dim, n);
  LogWidths<Dim> exponent = cells.along_axes;
  if (!sampler.has_potential()) {
#pragma omp parallel for schedule(static)
    for (Index cell = 0; cell < n; ++cell) exponent.col(cell) *= gradient_share<Dim>(space, cells, cell);
  }
  for (int k = 0; k < Dim; ++k) {
    auto& rates = axes.rates[static_cast<std::size_t>(k)];
    rates.assign(static_cast<std::size_t>(n), EdgeRates{-1.0, -1.0});
    Eigen::VectorXd ahead(n), behind(n);  // logarithms of the two halves of each cell's width
    const Offset<Dim> step = Offset<Dim>::Unit(k);
    FirstFailure failure;
#pragma omp parallel for schedule(static)
    for (Index start = 0; start < n; start += block)
      failure.guard([&] {
        std::vector<WeightedEdge<Dim>> edges;
        for (Index cell = start; cell < std::min(start + block, n); ++cell) {
          const Offset<Dim> at = space.coordinates(cell);
          const auto next = space.linked(at, step);
          if (next && (exponent(k, cell) > 0 || exponent(k, *next) > 0))
            edges.push_back({static_cast<std::int32_t>(cell), static_cast<std::int32_t>(*next), step, 0.0});
          if (exponent(k, cell) <= 0) continue;
          if (!next) ahead[cell] = log_half_width<Dim>(sampler, grid, at, step);
          if (!space.linked(at, -step)) behind[cell] = log_half_width<Dim>(sampler, grid, at, -step);
        }
        visit_potentials<Dim>(sampler, space, cells, edges, [&](Index p, const auto& potential) {
          const auto& edge = edges[static_cast<std::size_t>(p)];
          const EdgeIntegrals integrals = edge_integrals(potential);
          rates[static_cast<std::size_t>(edge.from)] = integrals.rates;
          ahead[edge.from] = integrals.masses.log_start;
          behind[edge.to] = integrals.masses.log_end;
        });
      });
    failure.rethrow();
#pragma omp parallel for schedule(static)
    for (Index cell = 0; cell < n; ++cell) {
      if (exponent(k, cell) <= 0) continue;
      const double top = std::max(ahead[cell], behind[cell]);
      const double width = top + std::log1p(std::exp(std::min(ahead[cell], behind[cell]) - top));
      if (std::isfinite(width)) axes.log_width(k, cell) = exponent(k, cell) * width;
    }
  }
  return axes;
}

/// Rates of every edge, of unit weight and between masses of one, by blocks.
template <int Dim>
std::vector<EdgeRates> rates_of(const LatticeSampler<Dim>& sampler, const StateSpace<Dim>& space,
                                const CellSamples<Dim>& cells, const AxisEdges<Dim>& axes,
                                const std::vector<WeightedEdge<Dim>>& edges) {
  const auto n = static_cast<Index>(edges.size());
  std::vector<EdgeRates> rates(edges.size());
  const auto known = [&](const WeightedEdge<Dim>& edge) -> std::optional<EdgeRates> {
    for (int k = 0; k < Dim; ++k)
      for (const bool forward : {true, false}) {
        if (edge.displacement != (forward ? Offset<Dim>::Unit(k) : Offset<Dim>(-Offset<Dim>::Unit(k)))) continue;
        const EdgeRates& axis =
            axes.rates[static_cast<std::size_t>(k)][static_cast<std::size_t>(forward ? edge.from : edge.to)];
        if (axis.forward < 0) return std::nullopt;
        return forward ? axis : EdgeRates{axis.backward, axis.forward};
      }
    return std::nullopt;
  };
  FirstFailure failure;
#pragma omp parallel for schedule(static)
  for (Index start = 0; start < n; start += block)
    failure.guard([&] {
      std::vector<WeightedEdge<Dim>> others;
      std::vector<std::size_t> places;
      for (auto e = static_cast<std::size_t>(start); e < static_cast<std::size_t>(std::min(start + block, n)); ++e) {
        if (const auto rate = known(edges[e])) {
          rates[e] = *rate;
        } else {
          others.push_back(edges[e]);
          places.push_back(e);
        }
      }
      visit_potentials<Dim>(sampler, space, cells, others, [&](Index p, const auto& potential) {
        rates[places[static_cast<std::size_t>(p)]] = edge_rates(potential);
      });
    });
  failure.rethrow();
  return rates;
}

template <int Dim>
void require_finite(const StateSpace<Dim>& space, const Generator& generator) {
  for (std::size_t e = 0; e < generator.from.size(); ++e)
    if (!std::isfinite(generator.forward[e]) || !std::isfinite(generator.backward[e])) {
      const Point<Dim> place = space.position(generator.from[e]);
      throw SolverError(fmt::format("a transition rate is not finite near ({}): landscape or noise is not finite there",
                                    fmt::join(place.data(), place.data() + Dim, ", ")));
    }
}

}  // namespace

template <int Dim>
Discretisation<Dim> discretise(const Problem<Dim>& problem, double raise, double time) {
  const Grid<Dim>& grid = problem.grid;
  const LatticeSampler<Dim> sampler(problem.dynamics, grid, raise, time);
  Discretisation<Dim> result{.space = StateSpace<Dim>(grid)};
  const StateSpace<Dim>& space = result.space;
  const CellSamples<Dim> cells = sample_cells<Dim>(sampler, space);
  result.regularised = cells.regularised;
  result.distorted = cells.distorted;
  result.raise = raise;
  result.time = time;
  Generator& generator = result.generator;
  generator.states = space.states();
  generator.exit = Eigen::VectorXd::Zero(space.states());
  AxisEdges<Dim> axes = axis_edges<Dim>(sampler, space, cells);
  const std::vector<WeightedEdge<Dim>> edges = weighted_edges<Dim>(sampler, space, cells, axes.log_width, result.exits);
  for (const WallExit<Dim>& exit : result.exits) generator.exit[exit.state] += exit.rate;
  const std::vector<EdgeRates> rates = rates_of<Dim>(sampler, space, cells, axes, edges);
  const LogWidths<Dim>& log_width = result.log_width = std::move(axes.log_width);

  std::vector<double> forward(edges.size()), backward(edges.size());
#pragma omp parallel for schedule(static)
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const auto& edge = edges[e];
    const auto from = log_width.col(edge.from), to = log_width.col(edge.to);
    const double transverse =
        0.5 * (log_transverse<Dim>(from, edge.displacement) + log_transverse<Dim>(to, edge.displacement));
    forward[e] = scaled(edge.weight * rates[e].forward, transverse - from.sum());
    backward[e] = scaled(edge.weight * rates[e].backward, transverse - to.sum());
  }
  std::vector<double> weight;
  for (auto* rate : {&generator.forward, &generator.backward, &weight}) rate->reserve(edges.size());
  generator.from.reserve(edges.size());
  generator.to.reserve(edges.size());
  result.displacement.reserve(edges.size());
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const auto& edge = edges[e];
    if (!generator.from.empty() && generator.from.back() == edge.from && generator.to.back() == edge.to) {
      generator.forward.back() += forward[e];  // joined over a ghost, or both ways round a small periodic axis
      generator.backward.back() += backward[e];
      weight.back() += edge.weight;
      continue;
    }
    generator.from.push_back(edge.from);
    generator.to.push_back(edge.to);
    generator.forward.push_back(forward[e]);
    generator.backward.push_back(backward[e]);
    weight.push_back(edge.weight);
    result.displacement.push_back(edge.displacement);
  }
  result.weight = Eigen::Map<const Eigen::VectorXd>(weight.data(), static_cast<Index>(weight.size()));
  require_finite<Dim>(result.space, generator);
  result.blocked = find_blocked_crossings<Dim>(
      problem.dynamics, result.space, generator, [&result](Index edge) { return result.along(edge); }, time);
  for (const auto& crossing : result.blocked)
    (crossing.forward ? generator.forward : generator.backward)[static_cast<std::size_t>(crossing.edge)] = 0.0;
  return result;
}

template <int Dim>
Point<Dim> Discretisation<Dim>::along(Index edge) const {
  const auto e = static_cast<std::size_t>(edge);
  const Index from = generator.from[e], to = generator.to[e];
  const Grid<Dim>& grid = space.grid();
  if constexpr (Dim == 1) {
    const Axis& axis = grid.axis(0);
    Point<1> step = space.position(to) - space.position(from);
    if (axis.periodic() && from == 0 && to + 1 == generator.states) step[0] -= axis.max() - axis.min();
    return step;
  } else {
    const Point<Dim> start = space.coordinates(from).template cast<double>();
    return grid.position(start + displacement[e].template cast<double>()) - grid.position(start);
  }
}

template struct Discretisation<1>;
template struct Discretisation<2>;
template Discretisation<2> discretise(const Problem<2>&, double, double);

}  // namespace valleyflux
