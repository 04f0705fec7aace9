#include "solver/escape/solved_cores.hpp"

#include <memory>
#include <numeric>
#include <utility>

namespace valleyflux {

template <int Dim>
SolvedCores<Dim> solve_cores(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                             std::vector<Region<Dim>> cores, const Eigen::VectorXd& stationary,
                             const LinearEngine& whole) {
  CoreProcess<Dim> process(problem, discretisation, std::move(cores));
  const std::unique_ptr<LinearSolver> solver = process.solver(whole);
  std::vector<std::size_t> all(process.cores());
  std::iota(all.begin(), all.end(), std::size_t{0});
  Eigen::MatrixXd left = process.left_last(*solver, all, stationary), committor = process.committors(*solver, all);
  return {std::move(process), std::move(left), std::move(committor)};
}

template SolvedCores<1> solve_cores(const Problem<1>&, const Discretisation<1>&, std::vector<Region<1>>,
                                    const Eigen::VectorXd&, const LinearEngine&);
template SolvedCores<2> solve_cores(const Problem<2>&, const Discretisation<2>&, std::vector<Region<2>>,
                                    const Eigen::VectorXd&, const LinearEngine&);

}  // namespace valleyflux
