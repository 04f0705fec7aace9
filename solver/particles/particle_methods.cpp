#include "solver/particles/particle_methods.hpp"

#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace valleyflux {

namespace {

bool goes_on(const ParticleReports& reports, double fraction, const std::string& stage) {
  if (reports.progress) reports.progress(fraction, stage);
  return !(reports.interrupted && reports.interrupted());
}

void add(Estimate estimate, const std::string& from, const std::string& to, const std::vector<std::string>& warnings,
         Results& results) {
  estimate.from = from;
  estimate.to = to;
  for (const std::string& warning : warnings)
    results.warnings.push_back(fmt::format("{} -> {}: {}", from, to, warning));
  results.estimates.push_back(std::move(estimate));
}

}  // namespace

bool by_particles(const std::string& method) {
  return method == "langevin" || method == "sgd" || method == "splitting";
}

ParticleOptions options_of(const ParticleMethods& methods, const std::string& method) {
  ParticleOptions options = methods.particles;
  if (method == "sgd") {
    options.dynamics = ParticleDynamics::sgd;
    options.scheme = ParticleScheme::euler_maruyama;
    options.step = methods.sgd_step.value_or(options.step);
  }
  if (options.dynamics == ParticleDynamics::langevin) options.minibatch = Minibatch::gaussian;
  return options;
}

void measure_by_particles(const ParticleEscape& escape, const std::string& from, const std::string& to,
                          const std::string& method, const ParticleMethods& methods, const ParticleReports& reports,
                          Results& results) {
  const ParticleOptions options = options_of(methods, method);
  ParticleEstimate found =
      particle_estimate(escape, options, [&](std::uint32_t done, std::uint32_t escapes, double time_at_risk) {
        return goes_on(reports, static_cast<double>(done) / options.particles,
                       fmt::format("{}: {} escapes, rate about {:.3g}", method, escapes, escapes / time_at_risk));
      });
  if (reports.escape_times)
    reports.escape_times(
        {from, to, found.estimate.method,
         Eigen::Map<const Eigen::VectorXd>(found.exits.time.data(), static_cast<Index>(found.exits.time.size())),
         std::vector<int>(found.exits.escaped.begin(), found.exits.escaped.end())});
  add(std::move(found.estimate), from, to, found.warnings, results);
}

void measure_by_splitting(const ParticleEscape& escape, const std::string& from, const std::string& to,
                          const std::function<SplittingCoordinate()>& coordinate, const ParticleMethods& methods,
                          const ParticleReports& reports, Results& results) {
  try {
    const SplittingCoordinate along = coordinate();
    SplittingReport report =
        splitting_estimate(escape, along.coordinate, along.origin, options_of(methods, "splitting"), methods.splitting,
                           [&](std::uint32_t runs) {
                             return goes_on(reports, static_cast<double>(runs) / methods.splitting.runs,
                                            fmt::format("splitting: {} of {} runs", runs, methods.splitting.runs));
                           });
    add(std::move(report.estimate), from, to, report.warnings, results);
  } catch (const SolverError& error) {
    Estimate estimate;
    estimate.method = "splitting";
    estimate.note = error.what();
    add(std::move(estimate), from, to, {error.what()}, results);
  }
}

}  // namespace valleyflux
