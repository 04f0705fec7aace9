#include <valleyflux/valleyflux.hpp>

#include <cstdio>

using namespace valleyflux;

int main() {
  const auto well = landscape([](auto x) { return pow(x, 4) / 4 - x * x / 2; });
  const auto noise = constant_diffusion(Eigen::MatrixXd::Constant(1, 1, 0.05));
  const Problem<1> problem =
      make_problem("Quartic double well", Dynamics{Drift(well), noise}, Grid<1>({Axis("x", -2.5, 2.5, 400)}));
  const Results results = solve_problem(problem);
  std::printf("%s", estimates_table(results).c_str());
}
