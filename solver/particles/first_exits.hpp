#pragma once

#include "problems/problem.hpp"
#include "solver/escape/escape.hpp"
#include "solver/particles/exit_surface.hpp"
#include "solver/particles/particle_block.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace valleyflux {

/// Times of first exit, in the unit of the problem.
struct FirstExits {
  std::vector<double> time;   // by particle; of those that have not escaped the time they were watched for
  std::vector<char> escaped;  // by particle
  double steps = 0.0;         // made in all
  bool complete = true;       // false where the observer ended it: some are watched less than asked for, or not at all
};

/// Told from time to time how many particles are done and how many of them have escaped, and for how long all were
/// watched; returns whether to go on. Those that are not done then count as watched up to there.
using ParticleObserver = std::function<bool(std::uint32_t done, std::uint32_t escapes, double time_at_risk)>;

/// Lets particles start at `start` (d) and watches them until they reach the target behind `surface`. Reflecting walls
/// throw them back, absorbing ones end their way. Exits of `langevin` between the ends of a step are found by the
/// probability that a Brownian bridge touches the surface (Gobet 2000; exact for flat surfaces and constant
/// coefficients); those of `sgd` are the states of the chain alone. Particle i is the same whatever the number of
/// threads. Throws std::invalid_argument for bad options or a start in the target, and SolverError as
/// ParticleBlock::step does.
FirstExits first_exits(const ParticleSystem& system, const std::vector<double>& start, const ExitSurface& surface,
                       const ParticleOptions& options, const ParticleObserver& observer = {});

/// Where a particle starts (d). Called from several threads at once.
using ParticleStart = std::function<std::vector<double>(std::uint32_t particle)>;

/// The same from starts of their own. ends (if not null): where each particle was at the end of the time limit, which
/// must be a multiple of four steps then (d for each particle, one after the other; of no meaning for those that have
/// escaped).
FirstExits first_exits(const ParticleSystem& system, const ParticleStart& start, const ExitSurface& surface,
                       const ParticleOptions& options, const ParticleObserver& observer, std::vector<double>* ends);

/// The same from the minimum of the valley `escape.from` to the target of the escape.
template <int Dim>
FirstExits first_exits(const Problem<Dim>& problem, const Escape& escape, const ParticleOptions& options,
                       const ParticleObserver& observer = {});

/// The surface of a target, or of that of an escape, known as far away as a step of this length can matter. Throws as
/// require_step does.
template <int Dim>
GridExitSurface<Dim> surface_of(const Problem<Dim>& problem, const Region<Dim>& target, double step);
template <int Dim>
GridExitSurface<Dim> exit_surface(const Problem<Dim>& problem, const Escape& escape, double step);

extern template FirstExits first_exits(const Problem<1>&, const Escape&, const ParticleOptions&,
                                       const ParticleObserver&);
extern template FirstExits first_exits(const Problem<2>&, const Escape&, const ParticleOptions&,
                                       const ParticleObserver&);
extern template GridExitSurface<1> surface_of(const Problem<1>&, const Region<1>&, double);
extern template GridExitSurface<2> surface_of(const Problem<2>&, const Region<2>&, double);
extern template GridExitSurface<1> exit_surface(const Problem<1>&, const Escape&, double);
extern template GridExitSurface<2> exit_surface(const Problem<2>&, const Escape&, double);

}  // namespace valleyflux
