#include "solver/methods/estimator.hpp"

#include <exception>

namespace valleyflux {

namespace {

template <int Dim>
GridValue transition_current(const SolvedEscape<Dim>& escape) {
  const Level<Dim>& level = escape.level;
  if (!level.stationary)
    return {std::nullopt, 0.0,
            MethodFailure{"transition path theory needs a stationary law: " + level.no_stationary, true}};
  try {
    TransitionPaths paths = transition_paths<Dim>(level, escape.escape);
    const double rate = paths.rate;
    return {rate, 0.0, std::nullopt, std::move(paths)};
  } catch (const std::exception& error) {
    return {std::nullopt, 0.0, MethodFailure{error.what(), false}};
  }
}

}  // namespace

/// The current of transitions in the stationary process, by committors.
Estimator reactive_flux_method() {
  return {.grid = GridMethod{.require = [](EscapeMethods&, bool) {},
                             .value = {&transition_current<1>, &transition_current<2>}}};
}

}  // namespace valleyflux
