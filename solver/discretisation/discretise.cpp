#include "solver/discretisation/discretise.hpp"

#include "grids/first_failure.hpp"
#include "solver/discretisation/hat_width.hpp"
#include "solver/discretisation/lattice_coefficients.hpp"
#include "solver/discretisation/selling.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <omp.h>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <set>

namespace valleyflux {

namespace {

/// One edge before its rates are known.
template <int Dim>
struct WeightedEdge {
  std::int32_t from, to;  // from < to
  Offset<Dim> displacement;
  double weight;
};

template <int Dim>
bool before(const WeightedEdge<Dim>& a, const WeightedEdge<Dim>& b) {
  return std::pair(a.from, a.to) < std::pair(b.from, b.to);
}

template <int Dim>
WeightedEdge<Dim> oriented(Index from, Index to, const Offset<Dim>& displacement, double weight) {
  const auto i = static_cast<std::int32_t>(from), j = static_cast<std::int32_t>(to);
  if (i < j) return {i, j, displacement, weight};
  return {j, i, Offset<Dim>(-displacement), weight};
}

/// Samples of every cell: slopes of the potential and the Selling terms of D, in lattice units.
template <int Dim>
struct CellSamples {
  Eigen::Matrix<double, Dim, Eigen::Dynamic> slope;
  Eigen::VectorXd potential;
  std::vector<SellingTerms<Dim>> terms;
  std::vector<double> smallest;                           // smallest eigenvalue of the lattice tensor
  Eigen::Matrix<double, Dim, Eigen::Dynamic> along_axes;  // how far the terms run along each axis, 0 to 1
  Index regularised = 0, distorted = 0;
};

template <int Dim>
double weight_along(const SellingTerms<Dim>& terms, const Offset<Dim>& offset) {
  for (const SellingTerm<Dim>& term : terms)
    if (term.offset == offset) return term.weight;
  return 0.0;
}

constexpr Index block = 256;

template <int Dim>
CellSamples<Dim> sample_cells(const LatticeSampler<Dim>& sampler, const Grid<Dim>& grid) {
  const Index n = grid.cells();
  CellSamples<Dim> cells;
  cells.slope.resize(Dim, n);
  if (sampler.has_potential()) cells.potential.resize(n);
  cells.terms.resize(static_cast<std::size_t>(n));
  cells.smallest.resize(static_cast<std::size_t>(n));
  cells.along_axes.resize(Dim, n);
  Index regularised = 0, distorted = 0;
  FirstFailure failure;
#pragma omp parallel for schedule(static) reduction(+ : regularised, distorted)
  for (Index start = 0; start < n; start += block)
    failure.guard([&] {
      const Index count = std::min(block, n - start);
      Eigen::Matrix<double, Dim, Eigen::Dynamic> points(Dim, count);
      for (Index p = 0; p < count; ++p) points.col(p) = grid.coordinates(start + p).template cast<double>();
      LatticeCoefficients<Dim> at;
      sampler.sample(points, true, at);
      cells.slope.middleCols(start, count) = at.slope;
      if (sampler.has_potential()) cells.potential.segment(start, count) = at.potential;
      regularised += at.regularised;
      distorted += at.distorted;
      Eigen::SelfAdjointEigenSolver<Tensor<Dim>> eigen;
      for (Index p = 0; p < count; ++p) {
        const Tensor<Dim>& tensor = at.tensor[static_cast<std::size_t>(p)];
        const auto cell = static_cast<std::size_t>(start + p);
        // The same tensor again (constant noise): the decomposition is known.
        if (p > 0 && tensor == at.tensor[static_cast<std::size_t>(p - 1)]) {
          cells.terms[cell] = cells.terms[cell - 1];
          cells.smallest[cell] = cells.smallest[cell - 1];
          cells.along_axes.col(start + p) = cells.along_axes.col(start + p - 1);
          continue;
        }
        cells.terms[cell] = selling_decomposition<Dim>(tensor);
        eigen.computeDirect(tensor, Eigen::EigenvaluesOnly);
        cells.smallest[cell] = eigen.eigenvalues()[0];
        // Of D = sum rho e e^T, rho e^T D^-1 e is 1 for a term that stands alone and 0 for one that is not there; their
        // sum is the dimension.
        const Tensor<Dim> inverse = tensor.inverse();
        for (int k = 0; k < Dim; ++k)
          cells.along_axes(k, start + p) = weight_along<Dim>(cells.terms[cell], Offset<Dim>::Unit(k)) * inverse(k, k);
      }
    });
  failure.rethrow();
  cells.regularised = regularised;
  cells.distorted = distorted;
  return cells;
}

/// Every offset that some cell uses, in the order of the cells they lead to.
template <int Dim>
std::vector<Offset<Dim>> distinct_offsets(const std::vector<SellingTerms<Dim>>& terms) {
  const auto earlier = [](const Offset<Dim>& a, const Offset<Dim>& b) {
    for (int k = Dim - 1; k > 0; --k)
      if (a[k] != b[k]) return a[k] < b[k];
    return a[0] < b[0];
  };
  std::set<Offset<Dim>, decltype(earlier)> offsets(earlier);
  const SellingTerms<Dim>* last = nullptr;
  for (const SellingTerms<Dim>& cell : terms) {
    if (last && std::equal(cell.begin(), cell.end(), last->begin(), [](const auto& a, const auto& b) {
          return a.offset == b.offset && (a.weight > 0) == (b.weight > 0);
        }))
      continue;
    for (const SellingTerm<Dim>& term : cell)
      if (term.weight > 0) offsets.insert(term.offset);
    last = &cell;
  }
  return {offsets.begin(), offsets.end()};
}

/// Calls use(p, Z) with the potential along the p-th of a few edges (EdgePotential or PiecewisePotential).
template <int Dim, class Use>
void visit_potentials(const LatticeSampler<Dim>& sampler, const Grid<Dim>& grid, const CellSamples<Dim>& cells,
                      const std::vector<WeightedEdge<Dim>>& edges, const Use& use) {
  const auto count = static_cast<Index>(edges.size());
  LatticeCoefficients<Dim> middle;
  if (!sampler.has_potential() && count > 0) {
    Eigen::Matrix<double, Dim, Eigen::Dynamic> points(Dim, count);
    for (Index p = 0; p < count; ++p) {
      const auto& edge = edges[static_cast<std::size_t>(p)];
      points.col(p) =
          grid.coordinates(edge.from).template cast<double>() + 0.5 * edge.displacement.template cast<double>();
    }
    sampler.sample(points, false, middle);
  }
  for (Index p = 0; p < count; ++p) {
    const auto& edge = edges[static_cast<std::size_t>(p)];
    const Point<Dim> along = edge.displacement.template cast<double>();
    const Point<Dim> here = grid.coordinates(edge.from).template cast<double>();
    const double z0 = along.dot(cells.slope.col(edge.from)), z1 = along.dot(cells.slope.col(edge.to));
    if (sampler.has_potential()) {
      // Across a periodic end the potential may differ from that of the wrapped cell (a tilted washboard).
      const bool wraps = !(grid.coordinates(edge.to) - grid.coordinates(edge.from) == edge.displacement);
      if (wraps || varies_too_fast(z0, z1))
        use(p, sampler.potential(here, here + along));
      else
        use(p, EdgePotential::through_rise(z0, z1, cells.potential[edge.to] - cells.potential[edge.from]));
    } else {
      const double zm = along.dot(middle.slope.col(p));
      if (varies_too_fast(z0, zm, z1))
        use(p, sampler.potential(here, here + along));
      else
        use(p, EdgePotential::through_slopes(z0, zm, z1));
    }
  }
}

/// How much of the slope z round a cell is a gradient: 1 where its curl vanishes, 0 where the curl makes up a quarter
/// of its derivatives. Hats presume a gradient: where the slope turns they make nothing better (measured: worse).
template <int Dim>
double gradient_share(const Grid<Dim>& grid, const CellSamples<Dim>& cells, Index cell) {
  Tensor<Dim> derivative;
  const Offset<Dim> at = grid.coordinates(cell);
  for (int k = 0; k < Dim; ++k) {
    const Offset<Dim> step = Offset<Dim>::Unit(k);
    const auto above = grid.wrapped(at + step), below = grid.wrapped(at - step);
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
AxisEdges<Dim> axis_edges(const LatticeSampler<Dim>& sampler, const Grid<Dim>& grid, const CellSamples<Dim>& cells) {
  const Index n = grid.cells();
  AxisEdges<Dim> axes;
  axes.log_width.setZero(Dim, n);
  LogWidths<Dim> exponent = cells.along_axes;
  if (!sampler.has_potential()) {
#pragma omp parallel for schedule(static)
    for (Index cell = 0; cell < n; ++cell) exponent.col(cell) *= gradient_share<Dim>(grid, cells, cell);
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
          const Offset<Dim> at = grid.coordinates(cell);
          const auto next = grid.wrapped(at + step);
          if (next && (exponent(k, cell) > 0 || exponent(k, *next) > 0))
            edges.push_back({static_cast<std::int32_t>(cell), static_cast<std::int32_t>(*next), step, 0.0});
          if (exponent(k, cell) <= 0) continue;
          if (!next) ahead[cell] = log_half_width<Dim>(sampler, grid, at, step);
          if (!grid.wrapped(at - step)) behind[cell] = log_half_width<Dim>(sampler, grid, at, -step);
        }
        visit_potentials<Dim>(sampler, grid, cells, edges, [&](Index p, const auto& potential) {
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

/// A half edge from an inside cell to a ghost beyond a reflecting wall.
template <int Dim>
struct GhostEdge {
  Offset<Dim> ghost;  // its coordinates, wrapped along periodic axes
  Index cell;
  Offset<Dim> step;
  double weight;
};

/// Eliminates the ghosts: the inside cells that share one are joined by w_a w_b / sum w (the star-mesh rule).
template <int Dim>
void join_over_ghosts(std::vector<GhostEdge<Dim>> ghosts, std::vector<WeightedEdge<Dim>>& edges) {
  const auto key = [](const GhostEdge<Dim>& edge) {
    std::array<int, Dim + 1> key{};
    for (int k = 0; k < Dim; ++k) key[static_cast<std::size_t>(k)] = edge.ghost[k];
    key[Dim] = static_cast<int>(edge.cell);
    return key;
  };
  std::sort(ghosts.begin(), ghosts.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  for (auto first = ghosts.begin(); first != ghosts.end();) {
    const auto last =
        std::find_if(first, ghosts.end(), [&](const GhostEdge<Dim>& edge) { return edge.ghost != first->ghost; });
    const double sum = std::accumulate(first, last, 0.0, [](double s, const auto& edge) { return s + edge.weight; });
    for (auto a = first; a != last; ++a)
      for (auto b = a + 1; b != last; ++b)
        if (a->cell != b->cell)
          edges.push_back(oriented<Dim>(a->cell, b->cell, a->step - b->step, a->weight * b->weight / sum));
    first = last;
  }
}

/// Joins sets of cells that no edge links (corners that long offsets left alone) by axis edges of weight
/// lambda_min(D) / h^2.
template <int Dim>
void join_closed_classes(const Grid<Dim>& grid, const std::vector<double>& smallest,
                         std::vector<WeightedEdge<Dim>>& edges) {
  std::vector<std::int32_t> parent(static_cast<std::size_t>(grid.cells()));
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&](std::int32_t cell) {
    while (parent[static_cast<std::size_t>(cell)] != cell) {
      auto& up = parent[static_cast<std::size_t>(cell)];
      up = parent[static_cast<std::size_t>(up)];
      cell = up;
    }
    return cell;
  };
  Index classes = grid.cells();
  const auto unite = [&](std::int32_t a, std::int32_t b) {
    a = root(a);
    b = root(b);
    if (a == b) return false;
    parent[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
    --classes;
    return true;
  };
  for (const auto& edge : edges) unite(edge.from, edge.to);
  if (classes == 1) return;
  const std::size_t before_joining = edges.size();
  for (Index cell = 0; cell < grid.cells(); ++cell)
    for (int k = 0; k < Dim; ++k) {
      const Offset<Dim> step = Offset<Dim>::Unit(k);
      const auto next = grid.wrapped(grid.coordinates(cell) + step);
      if (next && unite(static_cast<std::int32_t>(cell), static_cast<std::int32_t>(*next)))
        edges.push_back(oriented<Dim>(
            cell, *next, step,
            0.5 * (smallest[static_cast<std::size_t>(cell)] + smallest[static_cast<std::size_t>(*next)])));
    }
  const auto middle = edges.begin() + static_cast<std::ptrdiff_t>(before_joining);
  std::sort(middle, edges.end(), before<Dim>);
  std::inplace_merge(edges.begin(), middle, edges.end(), before<Dim>);
}

/// Edges of all cells, sorted; the ways out through absorbing walls go to `exits`.
template <int Dim>
std::vector<WeightedEdge<Dim>> weighted_edges(const LatticeSampler<Dim>& sampler, const Grid<Dim>& grid,
                                              const CellSamples<Dim>& cells, const LogWidths<Dim>& log_width,
                                              std::vector<WallExit<Dim>>& exits) {
  const std::vector<Offset<Dim>> offsets = distinct_offsets<Dim>(cells.terms);
  const Index n = grid.cells();
  const auto chunks = static_cast<std::size_t>(omp_get_max_threads());
  std::vector<std::vector<WeightedEdge<Dim>>> inner(chunks), wrapping(chunks);
  std::vector<std::vector<GhostEdge<Dim>>> ghosts(chunks);
  std::vector<std::vector<WallExit<Dim>>> ways_out(chunks);
  FirstFailure failure;
#pragma omp parallel for schedule(static, 1)
  for (std::size_t chunk = 0; chunk < chunks; ++chunk)
    failure.guard([&] {
      const Index first = n * static_cast<Index>(chunk) / static_cast<Index>(chunks);
      const Index last = n * static_cast<Index>(chunk + 1) / static_cast<Index>(chunks);
      inner[chunk].reserve(static_cast<std::size_t>(last - first) * std::min<std::size_t>(offsets.size(), 3));
      for (Index cell = first; cell < last; ++cell) {
        const Offset<Dim> at = grid.coordinates(cell);
        const auto& terms = cells.terms[static_cast<std::size_t>(cell)];
        for (const Offset<Dim>& offset : offsets) {
          const double own = weight_along<Dim>(terms, offset);
          if (const auto next = grid.wrapped(at + offset)) {
            const double weight = 0.5 * (own + weight_along<Dim>(cells.terms[static_cast<std::size_t>(*next)], offset));
            if (weight > 0 && *next != cell)
              (*next > cell ? inner : wrapping)[chunk].push_back(oriented<Dim>(cell, *next, offset, weight));
          }
          if (own <= 0) continue;
          for (const int sign : {1, -1}) {
            const Offset<Dim> step = sign * offset;
            if (grid.wrapped(at + step)) continue;
            const WallHit hit = first_wall<Dim>(grid, at, step);
            if (hit.boundary == Boundary::absorbing) {
              const Point<Dim> here = at.template cast<double>();
              const Point<Dim> wall = here + hit.fraction * step.template cast<double>();
              const double rate = scaled(own / hit.fraction * sampler.rates(here, wall).forward,
                                         log_transverse<Dim>(log_width.col(cell), step) - log_width.col(cell).sum());
              ways_out[chunk].push_back({cell, hit.axis, hit.upper, rate, grid.position(wall) - grid.position(here)});
            } else {
              Offset<Dim> ghost = at + step;
              for (int k = 0; k < Dim; ++k) {
                const int size = static_cast<int>(grid.axis(k).cells());
                if (grid.axis(k).periodic()) ghost[k] = ((ghost[k] % size) + size) % size;
              }
              ghosts[chunk].push_back({ghost, cell, step, 0.5 * own});
            }
          }
        }
      }
    });
  failure.rethrow();
  std::vector<WeightedEdge<Dim>> edges = std::move(inner[0]);
  std::vector<WeightedEdge<Dim>> extra;
  std::vector<GhostEdge<Dim>> shared;
  for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
    if (chunk > 0) edges.insert(edges.end(), inner[chunk].begin(), inner[chunk].end());
    extra.insert(extra.end(), wrapping[chunk].begin(), wrapping[chunk].end());
    shared.insert(shared.end(), ghosts[chunk].begin(), ghosts[chunk].end());
    exits.insert(exits.end(), ways_out[chunk].begin(), ways_out[chunk].end());
  }
  // Within a cell the offsets may lead to later cells in any order (graded or long offsets, wrapping rows).
  if (!std::is_sorted(edges.begin(), edges.end(), before<Dim>))
    std::stable_sort(edges.begin(), edges.end(), before<Dim>);
  join_over_ghosts<Dim>(std::move(shared), extra);
  std::stable_sort(extra.begin(), extra.end(), before<Dim>);
  const auto middle = static_cast<std::ptrdiff_t>(edges.size());
  edges.insert(edges.end(), extra.begin(), extra.end());
  std::inplace_merge(edges.begin(), edges.begin() + middle, edges.end(), before<Dim>);
  join_closed_classes<Dim>(grid, cells.smallest, edges);
  return edges;
}

/// Rates of every edge, of unit weight and between masses of one, by blocks.
template <int Dim>
std::vector<EdgeRates> rates_of(const LatticeSampler<Dim>& sampler, const Grid<Dim>& grid,
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
      visit_potentials<Dim>(sampler, grid, cells, others, [&](Index p, const auto& potential) {
        rates[places[static_cast<std::size_t>(p)]] = edge_rates(potential);
      });
    });
  failure.rethrow();
  return rates;
}

template <int Dim>
void require_finite(const Grid<Dim>& grid, const Generator& generator) {
  for (std::size_t e = 0; e < generator.from.size(); ++e)
    if (!std::isfinite(generator.forward[e]) || !std::isfinite(generator.backward[e])) {
      const Point<Dim> place = grid.centre(generator.from[e]);
      throw SolverError(fmt::format("a transition rate is not finite near ({}): landscape or noise is not finite there",
                                    fmt::join(place.data(), place.data() + Dim, ", ")));
    }
}

}  // namespace

template <int Dim>
Discretisation<Dim> discretise(const Problem<Dim>& problem, double raise, double time) {
  const Grid<Dim>& grid = problem.grid;
  const LatticeSampler<Dim> sampler(problem.dynamics, grid, raise, time);
  const CellSamples<Dim> cells = sample_cells<Dim>(sampler, grid);
  Discretisation<Dim> result{.space = StateSpace<Dim>(grid)};
  result.regularised = cells.regularised;
  result.distorted = cells.distorted;
  result.raise = raise;
  result.time = time;
  Generator& generator = result.generator;
  generator.states = grid.cells();
  generator.exit = Eigen::VectorXd::Zero(grid.cells());
  AxisEdges<Dim> axes = axis_edges<Dim>(sampler, grid, cells);
  const std::vector<WeightedEdge<Dim>> edges = weighted_edges<Dim>(sampler, grid, cells, axes.log_width, result.exits);
  for (const WallExit<Dim>& exit : result.exits) generator.exit[exit.state] += exit.rate;
  const std::vector<EdgeRates> rates = rates_of<Dim>(sampler, grid, cells, axes, edges);
  const LogWidths<Dim>& log_width = result.log_width = std::move(axes.log_width);

  std::vector<double> weight;
  for (auto* rate : {&generator.forward, &generator.backward, &weight}) rate->reserve(edges.size());
  generator.from.reserve(edges.size());
  generator.to.reserve(edges.size());
  result.displacement.reserve(edges.size());
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const auto& edge = edges[e];
    const auto from = log_width.col(edge.from), to = log_width.col(edge.to);
    const double transverse =
        0.5 * (log_transverse<Dim>(from, edge.displacement) + log_transverse<Dim>(to, edge.displacement));
    const double forward = scaled(edge.weight * rates[e].forward, transverse - from.sum());
    const double backward = scaled(edge.weight * rates[e].backward, transverse - to.sum());
    if (!generator.from.empty() && generator.from.back() == edge.from && generator.to.back() == edge.to) {
      generator.forward.back() += forward;  // joined over a ghost, or both ways round a small periodic axis
      generator.backward.back() += backward;
      weight.back() += edge.weight;
      continue;
    }
    generator.from.push_back(edge.from);
    generator.to.push_back(edge.to);
    generator.forward.push_back(forward);
    generator.backward.push_back(backward);
    weight.push_back(edge.weight);
    result.displacement.push_back(edge.displacement);
  }
  result.weight = Eigen::Map<const Eigen::VectorXd>(weight.data(), static_cast<Index>(weight.size()));
  require_finite<Dim>(grid, generator);
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
    const Point<Dim> start = grid.coordinates(from).template cast<double>();
    return grid.position(start + displacement[e].template cast<double>()) - grid.position(start);
  }
}

template struct Discretisation<1>;
template struct Discretisation<2>;
template Discretisation<2> discretise(const Problem<2>&, double, double);

}  // namespace valleyflux
