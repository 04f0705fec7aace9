#include "solver/discretisation/weighted_edges.hpp"

#include "grids/disjoint_sets.hpp"
#include "grids/first_failure.hpp"

#include <omp.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

namespace valleyflux {

namespace {

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

/// A half edge from an inside cell to a ghost beyond a reflecting wall.
template <int Dim>
struct GhostEdge {
  Offset<Dim> ghost;  // its coordinates, wrapped along periodic axes
  Index cell;
  Offset<Dim> step;
  double weight;
};

/// Whether two half edges meet a ghost from the same side of its wall. Outside the box all do; a cell outside the
/// domain may be all of a thin wall, through which nothing goes.
template <int Dim>
bool same_side(const Grid<Dim>& grid, const GhostEdge<Dim>& a, const GhostEdge<Dim>& b) {
  return grid.covers_box() || a.step.dot(b.step) > 0;
}

/// Eliminates the ghosts: the inside cells that share one are joined by w_a w_b / sum w (the star-mesh rule).
template <int Dim>
void join_over_ghosts(const Grid<Dim>& grid, std::vector<GhostEdge<Dim>> ghosts,
                      std::vector<WeightedEdge<Dim>>& edges) {
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
        if (a->cell != b->cell && same_side<Dim>(grid, *a, *b))
          edges.push_back(oriented<Dim>(a->cell, b->cell, a->step - b->step, a->weight * b->weight / sum));
    first = last;
  }
}

/// Joins sets of cells that no edge links (corners that long offsets left alone) by axis edges of weight
/// lambda_min(D) / h^2.
template <int Dim>
void join_closed_classes(const StateSpace<Dim>& space, const std::vector<double>& smallest,
                         std::vector<WeightedEdge<Dim>>& edges) {
  DisjointSets joined(space.states());
  Index classes = space.states();
  for (const auto& edge : edges)
    if (joined.join(edge.from, edge.to)) --classes;
  if (classes == 1) return;
  const std::size_t before_joining = edges.size();
  for (Index cell = 0; cell < space.states(); ++cell)
    for (int k = 0; k < Dim; ++k) {
      const Offset<Dim> step = Offset<Dim>::Unit(k);
      const auto next = space.linked(space.coordinates(cell), step);
      if (next && joined.join(cell, *next))
        edges.push_back(oriented<Dim>(
            cell, *next, step,
            0.5 * (smallest[static_cast<std::size_t>(cell)] + smallest[static_cast<std::size_t>(*next)])));
    }
  const auto middle = edges.begin() + static_cast<std::ptrdiff_t>(before_joining);
  std::sort(middle, edges.end(), before<Dim>);
  std::inplace_merge(edges.begin(), middle, edges.end(), before<Dim>);
}

}  // namespace

template <int Dim>
std::vector<WeightedEdge<Dim>> weighted_edges(const LatticeSampler<Dim>& sampler, const StateSpace<Dim>& space,
                                              const CellSamples<Dim>& cells, const LogWidths<Dim>& log_width,
                                              std::vector<WallExit<Dim>>& exits) {
  const std::vector<Offset<Dim>> offsets = distinct_offsets<Dim>(cells.terms);
  const Grid<Dim>& grid = space.grid();
  const Index n = space.states();
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
        const Offset<Dim> at = space.coordinates(cell);
        const auto& terms = cells.terms[static_cast<std::size_t>(cell)];
        for (const Offset<Dim>& offset : offsets) {
          const double own = weight_along<Dim>(terms, offset);
          if (const auto next = space.linked(at, offset)) {
            const double weight = 0.5 * (own + weight_along<Dim>(cells.terms[static_cast<std::size_t>(*next)], offset));
            if (weight > 0 && *next != cell)
              (*next > cell ? inner : wrapping)[chunk].push_back(oriented<Dim>(cell, *next, offset, weight));
          }
          if (own <= 0) continue;
          for (const int sign : {1, -1}) {
            const Offset<Dim> step = sign * offset;
            if (space.linked(at, step)) continue;
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
  join_over_ghosts<Dim>(grid, std::move(shared), extra);
  std::stable_sort(extra.begin(), extra.end(), before<Dim>);
  const auto middle = static_cast<std::ptrdiff_t>(edges.size());
  edges.insert(edges.end(), extra.begin(), extra.end());
  std::inplace_merge(edges.begin(), edges.begin() + middle, edges.end(), before<Dim>);
  join_closed_classes<Dim>(space, cells.smallest, edges);
  return edges;
}

template std::vector<WeightedEdge<2>> weighted_edges(const LatticeSampler<2>&, const StateSpace<2>&,
                                                     const CellSamples<2>&, const LogWidths<2>&,
                                                     std::vector<WallExit<2>>&);

}  // namespace valleyflux
