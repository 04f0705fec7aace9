#include "problems/landscapes/built_in.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/escape/escape.hpp"

#include <cstdio>

using namespace valleyflux;

int main() {
  const auto noise = constant_diffusion(Eigen::MatrixXd::Constant(1, 1, 0.05));
  const Problem<1> problem =
      make_problem("Quartic double well", Dynamics{built_in_drift("quartic_double_well", 1), noise},
                   Grid<1>({Axis("x", -2.5, 2.5, 400)}));
  const Discretisation<1> discretisation = discretise(problem);
  const EscapeSolution<1> escape =
      solve_escape(problem, discretisation, state_labels(problem, discretisation.space), {.from = 0, .to = 1});
  std::printf("escape rate %.6g\n", escape.quasi_stationary_rate.value());
}
