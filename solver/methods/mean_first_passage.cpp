#include "solver/losses/loss_rate.hpp"
#include "solver/methods/estimator.hpp"

namespace valleyflux {

namespace {

template <int Dim>
GridValue mean_time_on_grid(const SolvedEscape<Dim>& escape) {
  return {escape.solution.mean_first_passage_time, 0.0, escape.solution.failures.mean_first_passage};
}

}  // namespace

/// The mean time from the minimum, which solve_escape finds whatever else it is to.
Estimator mean_first_passage_method() {
  return {.grid = GridMethod{.require = [](EscapeMethods&, bool) {},
                             .value = {&mean_time_on_grid<1>, &mean_time_on_grid<2>},
                             .gives_time = true},
          .loss = &loss_rate_by_equation};
}

}  // namespace valleyflux
