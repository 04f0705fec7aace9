#include "solver/particles/particle_estimate.hpp"

#include "solver/finite.hpp"
#include "solver/particles/escape_statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

/// The bias of a scheme of first order in the step is what doubling the step adds to it: a rate that grows by `change`
/// is too large by as much. The interval reaches that far to the side the truth lies on, and what chance leaves unknown
/// of the change widens it on both: the two halves, of 95 % each, add like independent errors.
void widen(Estimate& estimate) {
  constexpr double quantile = 1.96;
  const double change = *estimate.step_bias, unknown = quantile * *estimate.step_bias_error;
  const double below = std::log(*estimate.rate / *estimate.low), above = std::log(*estimate.high / *estimate.rate);
  estimate.low = *estimate.rate * std::exp(-std::hypot(below, unknown) - std::max(change, 0.0));
  estimate.high = *estimate.rate * std::exp(std::hypot(above, unknown) + std::max(-change, 0.0));
}

/// What is told of the step's bias: in the note and the interval always, as a warning where it is more than chance.
void tell_bias(double step, const char* number, Estimate& estimate, std::vector<std::string>& warnings) {
  const std::string change = fmt::format("{:+.2g} +- {:.2g} % at twice the step", 100.0 * *estimate.step_bias,
                                         100.0 * *estimate.step_bias_error);
  estimate.note += fmt::format("; {}, in the interval", change);
  constexpr double significant = 3.0;
  if (std::abs(*estimate.step_bias) > significant * *estimate.step_bias_error)
    warnings.push_back(fmt::format("langevin.step = {:.3g} is too large for the number of {}: the rate changes by {}",
                                   step, number, change));
  widen(estimate);
}

/// Which rate and which process: "transition, ito, by Platen's scheme".
std::string described(const ParticleEscape& escape, const ParticleOptions& options) {
  const bool chain = options.dynamics == ParticleDynamics::sgd;
  const std::string batches = options.minibatch == Minibatch::gaussian
                                  ? ""
                                  : fmt::format(", minibatches of {} {} replacement", options.batch_size,
                                                options.minibatch == Minibatch::with_replacement ? "with" : "without");
  return fmt::format("{}, {}{}{}{}", escape.first_exit ? "first exit" : "transition",
                     chain ? "the chain of Eq. 1" : name_of(escape.system.dynamics.interpretation), batches,
                     options.scheme == ParticleScheme::platen ? ", Platen's scheme" : "",
                     options.noise == NoisePrecision::single ? ", noise in single precision" : "");
}

FirstExits watched(const ParticleEscape& escape, const ParticleOptions& options, const ParticleObserver& observer) {
  return first_exits(escape.system, escape.start, *escape.surface(options.step), options, observer);
}

/// By particles at twice the step; nothing where these tell no rate.
void find_bias(const ParticleEscape& escape, const ParticleOptions& options, const EscapeStatistics& fine,
               const ParticleObserver& observer, Estimate& estimate) {
  ParticleOptions coarse = options;
  coarse.step = 2.0 * options.step;
  coarse.particles = std::max<std::uint32_t>(options.particles / 2, 1);
  coarse.seed = options.seed + 1;
  if (!(coarse.time_limit >= coarse.step)) return;
  const FirstExits exits = watched(escape, coarse, observer);
  const EscapeStatistics at_twice = escape_statistics(exits);
  if (!exits.complete || !fine.rate || !at_twice.rate) return;
  estimate.step_bias = *at_twice.rate / *fine.rate - 1.0;
  estimate.step_bias_error = std::sqrt(1.0 / fine.escapes + 1.0 / at_twice.escapes);
}

}  // namespace

Estimate exits_estimate(const FirstExits& exits, const std::string& method, const std::string& process,
                        double time_limit, std::vector<std::string>& warnings) {
  const EscapeStatistics statistics = escape_statistics(exits);
  Estimate estimate;
  estimate.method = method;
  estimate.low = statistics.low;
  estimate.high = statistics.high;
  estimate.escapes = statistics.escapes;
  std::string& note = estimate.note;
  note = fmt::format("{}; {} of {} particles escaped", process, statistics.escapes, statistics.particles);
  if (!exits.complete) {
    note += ", partial: interrupted";
    warnings.emplace_back("interrupted: what is told rests on the particles up to there");
  }
  if (!statistics.rate) {
    if (exits.complete) note += fmt::format(" within {:.4g}", time_limit);
    note += fmt::format(": the rate lies below {:.3g} (95 %)", statistics.high);
    warnings.push_back(note);
    return estimate;
  }
  estimate.rate = statistics.rate;
  estimate.time = finite(1.0 / *statistics.rate);
  estimate.log_rate = std::log(*statistics.rate);
  if (statistics.escapes == statistics.particles) note += fmt::format("; Eq. 87: +- {:.2g}", statistics.normal_error);
  estimate.log_rate_error = statistics.log_rate_error;
  estimate.exponential = statistics.exponential();
  if (!estimate.exponential) {
    note += "; times are not exponential";
    warnings.push_back(fmt::format(
        "the escape times by {} are not exponential (Lilliefors' statistic, modified: {:.3g} > {}): the escape is no "
        "Poisson event, and the interval of its rate is too wide or too narrow",
        method, *statistics.exponentiality, EscapeStatistics::exponentiality_limit));
  }
  return estimate;
}

ParticleEstimate particle_estimate(const ParticleEscape& escape, const std::string& method,
                                   const ParticleOptions& options, const ParticleObserver& observer) {
  ParticleEstimate result;
  result.exits = watched(escape, options, observer);
  result.estimate =
      exits_estimate(result.exits, method, described(escape, options), options.time_limit, result.warnings);
  if (options.dynamics == ParticleDynamics::langevin && result.exits.complete && result.estimate.rate) {
    find_bias(escape, options, escape_statistics(result.exits), observer, result.estimate);
    if (result.estimate.step_bias) tell_bias(options.step, "particles", result.estimate, result.warnings);
  }
  return result;
}

SplittingReport splitting_estimate(const ParticleEscape& escape, const ReactionCoordinate& coordinate, double origin,
                                   const ParticleOptions& options, const SplittingOptions& splitting,
                                   const SplittingObserver& observer) {
  const auto split = [&](double step, std::uint32_t runs) {
    ParticleOptions with_step = options;
    with_step.step = step;
    return adaptive_splitting(escape.system, escape.start, coordinate, origin, *escape.surface(step), with_step,
                              {splitting.replicas, runs}, observer);
  };
  SplittingReport report;
  report.splitting = split(options.step, splitting.runs);
  const SplittingEstimate& found = report.splitting;
  Estimate& estimate = report.estimate;
  std::string& note = estimate.note;
  note = described(escape, options) + fmt::format("; {} runs of {} replicas, probability {:.3g} of a loop of {:.3g}",
                                                  found.runs, splitting.replicas, found.probability, found.loop_time);
  if (found.extinct > 0) note += fmt::format(", {} runs died out", found.extinct);
  if (!found.complete) {
    note += ", partial: interrupted";
    report.warnings.emplace_back("interrupted: what is told rests on the runs up to there");
  }
  if (!found.rate) {
    note += found.complete ? ": no path got to the target" : ": no rate yet";
    report.warnings.push_back(note);
    return report;
  }
  estimate.rate = found.rate;
  estimate.time = finite(1.0 / *found.rate);
  estimate.log_rate = std::log(*found.rate);
  estimate.low = found.low;
  estimate.high = found.high;
  constexpr std::uint32_t fewest = 4;
  if (options.dynamics == ParticleDynamics::langevin && found.complete && splitting.runs >= fewest) {
    const SplittingEstimate coarse = split(2.0 * options.step, splitting.runs / 2);
    if (coarse.rate && coarse.complete) {
      estimate.step_bias = *coarse.rate / *found.rate - 1.0;
      estimate.step_bias_error = std::hypot(found.relative_error, coarse.relative_error);
      tell_bias(options.step, "runs", estimate, report.warnings);
    }
  }
  constexpr double wide = 0.5;
  if (found.relative_error > wide)
    report.warnings.push_back(
        fmt::format("splitting: the runs differ so much (standard error {:.0f} %) that the interval is not to be "
                    "trusted: more replicas are needed",
                    100.0 * found.relative_error));
  return report;
}

template <int Dim>
ParticleEscape particle_escape(const Problem<Dim>& problem, const Escape& escape) {
  const Point<Dim> start = escape_start<Dim>(problem, escape);
  const auto surface = [problem, escape](double step) {
    return std::make_shared<const GridExitSurface<Dim>>(exit_surface<Dim>(problem, escape, step));
  };
  return {particle_system<Dim>(escape_problem<Dim>(problem, escape)),
          {start.data(), start.data() + Dim},
          surface,
          escape.first_exit()};
}

template ParticleEscape particle_escape(const Problem<1>&, const Escape&);
template ParticleEscape particle_escape(const Problem<2>&, const Escape&);

}  // namespace valleyflux
