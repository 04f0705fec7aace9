#include "solver/losses/loss_exits.hpp"
#include "solver/methods/estimator.hpp"

#include <fmt/format.h>

#include <utility>

namespace valleyflux {

namespace {

Measured by_particles(const ParticleTask& task) {
  return escape_of_particles(task, sgd_options_of(task.methods));
}

/// "first exit, SGD, minibatches of 10 with replacement, injected noise 0.1"
std::string described(const LossProblem& problem, const ParticleOptions& options) {
  return fmt::format("first exit, {}, minibatches of {} {} replacement{}", problem.sgd.injected > 0 ? "SGLD" : "SGD",
                     options.batch_size, options.minibatch == Minibatch::with_replacement ? "with" : "without",
                     problem.sgd.injected > 0 ? fmt::format(", injected noise {}", problem.sgd.injected) : "");
}

std::vector<Estimate> of_loss(const LossTask& task) {
  const LossProblem& problem = task.problem;
  ParticleOptions options = task.request.repetitions;
  options.dynamics = ParticleDynamics::sgd;
  options.step = problem.sgd.eta;
  options.batch_size = static_cast<std::uint32_t>(problem.sgd.batch_size);
  const LossEscape escape{scaled_loss(problem.loss, problem.k), problem.start, problem.low, problem.high,
                          problem.sgd.injected};
  const FirstExits exits = loss_exits(escape, options, [&](std::uint32_t done, std::uint32_t escapes, double risk) {
    return goes_on(task.reports, static_cast<double>(done) / options.particles,
                   fmt::format("sgd: {} escapes, rate about {:.3g}", escapes, escapes / risk));
  });
  tell_times(task.reports, problem.valley, "first_exit", task.asked, exits);
  return {exits_estimate(exits, task.asked, described(problem, options), options.time_limit, task.warnings)};
}

}  // namespace

/// Discrete SGD: particles moved by its steps, or, of a loss over data, repetitions with true minibatches.
Estimator sgd_method() {
  return {.particles = &by_particles, .loss = &of_loss};
}

}  // namespace valleyflux
