#include "solver/losses/domain_exit_rate.hpp"

#include "solver/solve_problem.hpp"

#include <utility>

namespace valleyflux {

template <int Dim>
Estimate domain_exit_rate(const Dynamics& dynamics, Grid<Dim> grid, const Point<Dim>& start,
                          const std::string& method) {
  const Region<Dim> everywhere([](const Point<Dim>&) { return true; });
  Problem<Dim> problem = make_problem<Dim>("", dynamics, std::move(grid), {{"valley", everywhere, std::nullopt}});
  // Escapes set out from the valley's minimum; these set out from where the repetitions of SGD do.
  problem.valleys[0].minimum.emplace().position = start;
  return solve_problem<Dim>(problem, one_escape<Dim>({.from = 0}, method)).estimates.at(0);
}

template Estimate domain_exit_rate(const Dynamics&, Grid<1>, const Point<1>&, const std::string&);
template Estimate domain_exit_rate(const Dynamics&, Grid<2>, const Point<2>&, const std::string&);

}  // namespace valleyflux
