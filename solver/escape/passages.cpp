#include "solver/escape/passages.hpp"

#include "problems/valleys/eigen_decomposition.hpp"
#include "problems/valleys/flow.hpp"

#include <array>
#include <set>

namespace valleyflux {

namespace {

/// Unit vector along the one unstable direction of a saddle (index 1).
template <int Dim>
Point<Dim> unstable_direction(const CriticalPoint<Dim>& saddle) {
  return real_eigen(saddle.hessian).vectors.col(0);
}

int valley_of(const auto& problem, const auto& x) {
  for (std::size_t v = 0; v < problem.valleys.size(); ++v)
    if (problem.valleys[v].region.contains(x)) return static_cast<int>(v);
  return -1;
}

void add_both_ways(int a, int b, std::size_t saddle, std::vector<Passage>& passages) {
  if (a < 0 || b < 0 || a == b) return;
  passages.push_back({a, b, saddle});
  passages.push_back({b, a, saddle});
}

/// Over all saddles that are known to join minima, degenerate ones too.
template <int Dim>
std::vector<Passage> joining_passages(const Problem<Dim>& problem) {
  std::vector<Passage> passages;
  for (const auto& [saddle, minima] : *problem.joined_minima)
    add_both_ways(valley_of(problem, minima[0]), valley_of(problem, minima[1]), saddle, passages);
  return passages;
}

}  // namespace

template <int Dim>
std::vector<Passage> find_passages(const Problem<Dim>& problem) {
  if (problem.joined_minima) {
    std::vector<Passage> passages = joining_passages<Dim>(problem);
    std::erase_if(passages, [&](const Passage& passage) { return problem.critical_points[passage.saddle].degenerate; });
    return passages;
  }
  const Flow<Dim> flow(problem.dynamics.drift, problem.grid, problem.critical_points);
  // Valley of every stable point.
  std::vector<int> valleys;
  for (const auto& stable : flow.stable_points()) valleys.push_back(valley_of(problem, stable.position));
  double box = 0.0;
  for (int k = 0; k < Dim; ++k) box = std::max(box, problem.grid.axis(k).max() - problem.grid.axis(k).min());
  std::vector<Passage> passages;
  for (std::size_t s = 0; s < problem.critical_points.size(); ++s) {
    const auto& saddle = problem.critical_points[s];
    if (saddle.index != 1 || saddle.degenerate) continue;
    const Point<Dim> direction = unstable_direction<Dim>(saddle);
    std::array<int, 2> valley{-1, -1};
    for (const int side : {0, 1}) {
      const Point<Dim> start = saddle.position + (side == 0 ? 1e-5 : -1e-5) * box * direction;
      if (!problem.grid.contains(start)) continue;
      const int end = flow.end_of(problem.grid.wrapped_point(start));
      if (end >= 0) valley[static_cast<std::size_t>(side)] = valleys[static_cast<std::size_t>(end)];
    }
    add_both_ways(valley[0], valley[1], s, passages);
  }
  return passages;
}

template <int Dim>
std::vector<std::pair<int, int>> neighbouring_valleys(const Problem<Dim>& problem, const std::vector<int>& labels) {
  std::set<std::pair<int, int>> pairs;
  for (const Passage& passage : problem.joined_minima ? joining_passages<Dim>(problem) : find_passages<Dim>(problem))
    pairs.insert({passage.from, passage.to});
  if (pairs.empty()) {
    const Grid<Dim>& grid = problem.grid;
    for (Index cell = 0; cell < grid.cells(); ++cell)
      for (int k = 0; k < Dim; ++k) {
        const auto next = grid.wrapped(grid.coordinates(cell) + Offset<Dim>(Offset<Dim>::Unit(k)));
        if (!next) continue;
        const int a = labels[static_cast<std::size_t>(cell)], b = labels[static_cast<std::size_t>(*next)];
        if (a >= 0 && b >= 0 && a != b) {
          pairs.insert({a, b});
          pairs.insert({b, a});
        }
      }
  }
  return {pairs.begin(), pairs.end()};
}

template std::vector<Passage> find_passages(const Problem<1>&);
template std::vector<Passage> find_passages(const Problem<2>&);
template std::vector<std::pair<int, int>> neighbouring_valleys(const Problem<1>&, const std::vector<int>&);
template std::vector<std::pair<int, int>> neighbouring_valleys(const Problem<2>&, const std::vector<int>&);

}  // namespace valleyflux
