#include "solver/losses/loss_rate.hpp"
#include "solver/methods/estimator.hpp"

namespace valleyflux {

namespace {

template <int Dim>
GridValue principal_value(const SolvedEscape<Dim>& escape) {
  GridValue found = principal_eigenvalue(escape.solution);
  if (found.value) found.share_in_valley = escape.solution.share_in_valley;
  return found;
}

}  // namespace

/// The principal eigenvalue of the killed process.
Estimator quasi_stationary_method() {
  return {.grid = GridMethod{.require = [](EscapeMethods& solve, bool) { solve.quasi_stationary = true; },
                             .value = {&principal_value<1>, &principal_value<2>},
                             .slowest_decay = true},
          .loss = &loss_rate_by_equation};
}

}  // namespace valleyflux
