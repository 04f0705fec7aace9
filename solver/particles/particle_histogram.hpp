#pragma once

#include "problems/problem.hpp"
#include "solver/particles/first_exits.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// Where particles are at one time, beside the probabilities that a solver gives for it.
struct ParticleHistogram {
  double time = 0.0;
  std::uint32_t particles = 0;
  Eigen::VectorXd probability;   // cells: the part of the particles in each
  double lost = 0.0;             // the part that an absorbing wall has taken
  double total_variation = 0.0;  // 1/2 sum |particles' part - probability| over the cells and what is lost
  /// What chance alone makes of it, and by how much that varies (standard deviation): counts are Poisson numbers, whose
  /// mean absolute deviation is 2 exp(-m) m^(floor(m) + 1) / floor(m)! at mean m.
  double expected = 0.0, error = 0.0;
  bool complete = true;  // false where the observer ended it: nothing above is meaningful then
};

/// Moves particles from the initial probabilities of the cells (evenly within each; sum 1) until the given time, by
/// equal steps of at most options.step, and compares where they are with `probability` (cells). Reflecting walls throw
/// them back, absorbing ones take them. Throws as first_exits does.
template <int Dim>
ParticleHistogram particle_histogram(const Problem<Dim>& problem, const Eigen::VectorXd& initial, double until,
                                     const Eigen::VectorXd& probability, const ParticleOptions& options,
                                     const ParticleObserver& observer = {});

extern template ParticleHistogram particle_histogram(const Problem<1>&, const Eigen::VectorXd&, double,
                                                     const Eigen::VectorXd&, const ParticleOptions&,
                                                     const ParticleObserver&);
extern template ParticleHistogram particle_histogram(const Problem<2>&, const Eigen::VectorXd&, double,
                                                     const Eigen::VectorXd&, const ParticleOptions&,
                                                     const ParticleObserver&);

}  // namespace valleyflux
