#include "solver/escape/committor.hpp"

#include "solver/elimination/elimination.hpp"

#include <vector>

namespace valleyflux {

template <int Dim>
Eigen::VectorXd committor(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                          const Region<Dim>& origin, const Region<Dim>& target) {
  const Grid<Dim>& grid = problem.grid;
  const Generator& all = discretisation.generator;
  const std::vector<char> in_origin = origin.cells(grid), in_target = target.cells(grid);
  Generator kept;
  std::vector<Index> state(static_cast<std::size_t>(grid.cells()), -1);
  for (std::size_t cell = 0; cell < state.size(); ++cell)
    if (!in_origin[cell] && !in_target[cell]) state[cell] = kept.states++;
  kept.exit.resize(kept.states);
  Eigen::MatrixXi positions(Dim, kept.states);
  for (Index cell = 0; cell < grid.cells(); ++cell)
    if (const Index s = state[static_cast<std::size_t>(cell)]; s >= 0) {
      kept.exit[s] = all.exit[cell];
      positions.col(s) = grid.coordinates(cell);
    }
  Eigen::VectorXd to_target = Eigen::VectorXd::Zero(kept.states);
  for (std::size_t e = 0; e < all.from.size(); ++e) {
    const auto i = static_cast<std::size_t>(all.from[e]), j = static_cast<std::size_t>(all.to[e]);
    if (state[i] >= 0 && state[j] >= 0) {
      kept.from.push_back(state[i]);
      kept.to.push_back(state[j]);
      kept.forward.push_back(all.forward[e]);
      kept.backward.push_back(all.backward[e]);
      continue;
    }
    const auto leave = [&](std::size_t from, std::size_t to, double rate) {
      if (state[from] < 0) return;
      kept.exit[state[from]] += rate;
      if (in_target[to]) to_target[state[from]] += rate;
    };
    leave(i, j, all.forward[e]);
    leave(j, i, all.backward[e]);
  }
  const Eigen::VectorXd solution = Elimination(EliminationOrder(kept, positions), kept).solve(to_target);
  Eigen::VectorXd result(grid.cells());
  for (std::size_t cell = 0; cell < state.size(); ++cell)
    result[static_cast<Index>(cell)] = state[cell] >= 0 ? solution[state[cell]] : in_target[cell] ? 1.0 : 0.0;
  return result;
}

template Eigen::VectorXd committor(const Problem<1>&, const Discretisation<1>&, const Region<1>&, const Region<1>&);
template Eigen::VectorXd committor(const Problem<2>&, const Discretisation<2>&, const Region<2>&, const Region<2>&);

}  // namespace valleyflux
