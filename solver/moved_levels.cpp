#include "solver/moved_levels.hpp"

#include "solver/discretisation/moved_walls.hpp"
#include "solver/solver_error.hpp"

#include <algorithm>
#include <utility>

namespace valleyflux {

template <int Dim>
std::optional<std::vector<Level<Dim>>> levels_of_moved_walls(const Solution<Dim>& solution, bool law) {
  std::vector<Level<Dim>> levels;
  if constexpr (Dim == 2) {
    const auto grids = grids_of_moved_walls(solution.problem.grid);
    if (grids && grids->empty()) return levels;
    const auto make = [&](const Grid<Dim>& grid) {
      solution.progress(0.0, "walls of the domain");
      Problem<Dim> moved = solution.problem;
      moved.grid = grid;
      try {
        Level<Dim> level = make_level<Dim>(moved, 0, solution.level_options());
        if (law) find_stationary<Dim>(level);
        levels.push_back(std::move(level));
      } catch (const SolverError&) {
        // A landscape may end with its domain.
      }
    };
    if (grids) std::for_each(grids->begin(), grids->end(), make);
    if (levels.empty())
      if (const auto smaller = grid_without_border(solution.problem.grid)) make(*smaller);
    if (levels.empty()) return std::nullopt;
  }
  return levels;
}

template std::optional<std::vector<Level<1>>> levels_of_moved_walls(const Solution<1>&, bool);
template std::optional<std::vector<Level<2>>> levels_of_moved_walls(const Solution<2>&, bool);

}  // namespace valleyflux
