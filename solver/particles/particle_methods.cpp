#include "solver/particles/particle_methods.hpp"

#include "solver/escape_warning.hpp"

#include <fmt/format.h>

#include <utility>

namespace valleyflux {

namespace {

void warn_of_step(const ParticleSystem& system, std::vector<std::string>& warnings) {
  if (system.step_at.empty()) return;
  warnings.push_back(
      fmt::format("the landscape jumps at {}: forces do not show it, and particles pass as if it were "
                  "not there (a ramp a few steps wide they would feel)",
                  named_coordinates(system, system.step_at)));
}

}  // namespace

ParticleOptions options_of(const ParticleMethods& methods) {
  ParticleOptions options = methods.particles;
  if (options.dynamics == ParticleDynamics::langevin) options.minibatch = Minibatch::gaussian;
  return options;
}

ParticleOptions sgd_options_of(const ParticleMethods& methods) {
  ParticleOptions options = methods.particles;
  options.dynamics = ParticleDynamics::sgd;
  options.scheme = ParticleScheme::euler_maruyama;
  if (methods.sgd) {
    options.step = methods.sgd->step;
    options.time_limit = methods.sgd->time_limit;
  }
  return options;
}

bool goes_on(const ParticleReports& reports, double fraction, const std::string& stage) {
  if (reports.progress) reports.progress(fraction, stage);
  return !(reports.interrupted && reports.interrupted());
}

void tell_times(const ParticleReports& reports, const std::string& from, const std::string& to,
                const std::string& method, const FirstExits& exits) {
  if (!reports.escape_times) return;
  reports.escape_times({from, to, method,
                        Eigen::Map<const Eigen::VectorXd>(exits.time.data(), static_cast<Index>(exits.time.size())),
                        std::vector<int>(exits.escaped.begin(), exits.escaped.end())});
}

Measured escape_of_particles(const ParticleTask& task, const ParticleOptions& options) {
  ParticleEstimate found = particle_estimate(
      task.escape, task.method, options, [&](std::uint32_t done, std::uint32_t escapes, double time_at_risk) {
        return task.goes_on(
            static_cast<double>(done) / options.particles,
            fmt::format("{}: {} escapes, rate about {:.3g}", task.method, escapes, escapes / time_at_risk));
      });
  tell_times(task.reports, task.from, task.to, task.method, found.exits);
  return {std::move(found.estimate), std::move(found.warnings)};
}

void add_measured(const ParticleTask& task, Measured found, Results& results) {
  found.estimate.from = task.from;
  found.estimate.to = task.to;
  found.estimate.method = task.method;
  warn_of_step(task.escape.system, found.warnings);
  for (const std::string& warning : found.warnings)
    results.warnings.push_back(to_text({task.from + " -> " + task.to, task.method, warning}));
  results.estimates.push_back(std::move(found.estimate));
}

}  // namespace valleyflux
