#include "solver/methods/estimator.hpp"

namespace valleyflux {

namespace {

template <int Dim>
GridValue plateau(const SolvedEscape<Dim>& escape) {
  if (!escape.solved.flux) return principal_eigenvalue(escape.solution);
  return {escape.solution.flux_rate, 0.0, escape.solution.failures.flux};
}

}  // namespace

/// The plateau of outflux / probability. It is the principal eigenvalue of the same grid (escape.cpp): seen once, it is
/// not evolved to again on other grids.
Estimator flux_method() {
  return {.grid = GridMethod{
              .require = [](EscapeMethods& solve, bool first) { (first ? solve.flux : solve.quasi_stationary) = true; },
              .value = {&plateau<1>, &plateau<2>},
              .slowest_decay = true}};
}

}  // namespace valleyflux
