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

}  // namespace

template <int Dim>
std::vector<Passage> find_passages(const Problem<Dim>& problem) {
  const Flow<Dim> flow(problem.dynamics.drift, problem.grid, problem.critical_points);
  // Valley of every stable point.
  std::vector<int> valley_of;
  for (const auto& stable : flow.stable_points()) {
    int found = -1;
    for (std::size_t v = 0; v < problem.valleys.size() && found < 0; ++v)
      if (problem.valleys[v].region.contains(stable.position)) found = static_cast<int>(v);
    valley_of.push_back(found);
  }
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
      if (end >= 0) valley[static_cast<std::size_t>(side)] = valley_of[static_cast<std::size_t>(end)];
    }
    if (valley[0] < 0 || valley[1] < 0 || valley[0] == valley[1]) continue;
    passages.push_back({valley[0], valley[1], s});
    passages.push_back({valley[1], valley[0], s});
  }
  return passages;
}

template <int Dim>
std::vector<std::pair<int, int>> neighbouring_valleys(const Problem<Dim>& problem, const std::vector<int>& labels) {
  std::set<std::pair<int, int>> pairs;
  for (const Passage& passage : find_passages<Dim>(problem)) pairs.insert({passage.from, passage.to});
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
