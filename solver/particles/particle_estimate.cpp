#include "solver/particles/particle_estimate.hpp"

#include "solver/particles/escape_statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

/// Relative change of the rate when the step is doubled, and its standard error.
struct StepEffect {
  double change, error;
};

template <int Dim>
std::optional<StepEffect> step_effect(const Problem<Dim>& problem, const Escape& escape, const ParticleOptions& options,
                                      const EscapeStatistics& fine, const ParticleObserver& observer) {
  ParticleOptions coarse = options;
  coarse.step = 2.0 * options.step;
  coarse.particles = std::max<std::uint32_t>(options.particles / 2, 1);
  coarse.seed = options.seed + 1;
  if (!(coarse.time_limit >= coarse.step)) return std::nullopt;
  const FirstExits exits = first_exits<Dim>(problem, escape, coarse, observer);
  const EscapeStatistics at_twice = escape_statistics(exits);
  if (!exits.complete || !fine.rate || !at_twice.rate) return std::nullopt;
  return StepEffect{*at_twice.rate / *fine.rate - 1.0, std::sqrt(1.0 / fine.escapes + 1.0 / at_twice.escapes)};
}

}  // namespace

template <int Dim>
ParticleEstimate particle_estimate(const Problem<Dim>& problem, const Escape& escape, const ParticleOptions& options,
                                   const ParticleObserver& observer) {
  const bool chain = options.dynamics == ParticleDynamics::sgd;
  ParticleEstimate result;
  result.exits = first_exits<Dim>(problem, escape, options, observer);
  const EscapeStatistics statistics = escape_statistics(result.exits);
  Estimate& estimate = result.estimate;
  estimate.method = chain ? "sgd" : "langevin";
  estimate.low = statistics.low;
  estimate.high = statistics.high;
  std::string& note = estimate.note;
  note = fmt::format("{}, {}", escape.first_exit() ? "first exit" : "transition",
                     chain ? "the chain of Eq. 1" : name_of(problem.dynamics.interpretation));
  note += fmt::format("; {} of {} particles escaped", statistics.escapes, statistics.particles);
  if (!result.exits.complete) {
    note += ", partial: interrupted";
    result.warnings.push_back(
        fmt::format("{}: interrupted, what is told rests on the particles up to there", estimate.method));
  }
  if (!statistics.rate) {
    if (result.exits.complete) note += fmt::format(" within {:.4g}", options.time_limit);
    note += fmt::format(": the rate lies below {:.3g} (95 %)", statistics.high);
    result.warnings.push_back(note);
    return result;
  }
  estimate.rate = statistics.rate;
  estimate.time = 1.0 / *statistics.rate;
  estimate.log_rate = std::log(*statistics.rate);
  if (!chain && result.exits.complete) {
    if (const auto effect = step_effect<Dim>(problem, escape, options, statistics, observer)) {
      note += fmt::format("; {:+.2g} +- {:.1g} % at twice the step", 100.0 * effect->change, 100.0 * effect->error);
      constexpr double significant = 3.0;
      if (std::abs(effect->change) > significant * effect->error)
        result.warnings.push_back(
            fmt::format("langevin.step = {:.3g} is too large for the number of particles: the rate changes by {:+.2g} "
                        "+- {:.1g} % at "
                        "twice the step",
                        options.step, 100.0 * effect->change, 100.0 * effect->error));
    }
  }
  if (statistics.exponentiality && *statistics.exponentiality > exponentiality_limit) {
    note += "; times are not exponential";
    result.warnings.push_back(fmt::format(
        "the escape times by {} are not exponential (Lilliefors' statistic, modified: {:.3g} > {}): the escape is no "
        "Poisson event, and the interval of its rate is too wide or too narrow",
        estimate.method, *statistics.exponentiality, exponentiality_limit));
  }
  return result;
}

template ParticleEstimate particle_estimate(const Problem<1>&, const Escape&, const ParticleOptions&,
                                            const ParticleObserver&);
template ParticleEstimate particle_estimate(const Problem<2>&, const Escape&, const ParticleOptions&,
                                            const ParticleObserver&);

}  // namespace valleyflux
