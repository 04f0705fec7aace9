#include "solver/methods/estimator.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <utility>

namespace valleyflux {

namespace {

Measured by_splitting(const ParticleTask& task) {
  const SplittingOptions& splitting = task.methods.splitting;
  try {
    const SplittingCoordinate along = task.coordinate();
    SplittingReport report = splitting_estimate(
        task.escape, along.coordinate, along.origin, options_of(task.methods), splitting, [&](std::uint32_t runs) {
          return task.goes_on(static_cast<double>(runs) / splitting.runs,
                              fmt::format("splitting: {} of {} runs", runs, splitting.runs));
        });
    return {std::move(report.estimate), std::move(report.warnings)};
  } catch (const SolverError& error) {
    Estimate estimate;
    estimate.note = error.what();
    return {std::move(estimate), {error.what()}};
  }
}

}  // namespace

/// Adaptive multilevel splitting. A coordinate that cannot be made is a warning, and a rate that is not there.
Estimator splitting_method() {
  return {.particles = &by_splitting};
}

}  // namespace valleyflux
