#pragma once

#include "grids/aligned_vector.hpp"
#include "problems/dynamics/block_coefficients.hpp"
#include "problems/landscapes/data_landscape.hpp"
#include "solver/particles/minibatch.hpp"
#include "solver/particles/particle_options.hpp"
#include "solver/particles/particle_system.hpp"
#include "solver/particles/random_numbers.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace valleyflux {

/// What is the same for all particles of a run, and shared by the threads.
class ParticleMover {
 public:
  /// Throws std::invalid_argument unless 0 < step < infinity, and for minibatches that the landscape has no terms for;
  /// ProblemError for dynamics that depend on time.
  ParticleMover(const ParticleSystem& system, const ParticleOptions& options);

  const ParticleSystem& system() const { return system_; }
  const ParticleOptions& options() const { return options_; }
  const BlockCoefficients& coefficients() const { return coefficients_; }
  const RandomNumbers& random() const { return random_; }
  int dimension() const { return system_.dimension(); }
  /// S, lower triangular with S S^T = 2 D step, where D is constant.
  const std::optional<Eigen::MatrixXd>& constant_noise() const { return constant_noise_; }
  /// The corners of the box (d).
  const double* low() const { return low_.data(); }
  const double* high() const { return high_.data(); }
  /// The terms that minibatches are made of; null where noise is Gaussian.
  const DataTerms* terms() const { return terms_.get(); }

 private:
  ParticleSystem system_;
  ParticleOptions options_;
  BlockCoefficients coefficients_;
  RandomNumbers random_;
  std::optional<Eigen::MatrixXd> constant_noise_;
  std::vector<double> low_, high_;
  std::shared_ptr<const DataTerms> terms_;
};

/// Particles moved side by side, each in a lane. Steps come in rounds, which use up whole draws of random numbers: the
/// noise of a particle's step n depends on the seed, the particle and n alone.
class ParticleBlock {
 public:
  static constexpr Index lanes = 256;

  explicit ParticleBlock(const ParticleMover& mover);

  /// Puts a particle that has made `rounds` rounds into a lane, at x (d).
  void put(Index lane, std::uint32_t particle, const std::vector<double>& x, std::uint64_t rounds = 0);
  /// Copies what is in one lane to another one.
  void copy(Index from, Index to);

  int steps_a_round() const { return steps_a_round_; }
  /// Draws the noise of the next round for the lanes before `active`.
  void begin_round(Index active);
  /// Makes step number `s` of the round: mirrors at reflecting walls, wraps at periodic ends. Throws SolverError,
  /// naming a step that would do, if a particle is thrown across the box or to where the coefficients are not finite.
  void step(int s);
  void end_round();

  /// Rows of `lanes` entries, one a coordinate.
  const double* coordinates() const { return x_.data(); }
  /// The lanes of this round, filled up to a multiple of program_block.
  Index whole_lanes() const { return whole_; }
  std::vector<double> position(Index lane) const;
  void position(Index lane, std::vector<double>& x) const;
  void set_position(Index lane, const std::vector<double>& x);
  std::uint32_t particle(Index lane) const { return particle_[lane]; }
  std::uint64_t rounds(Index lane) const { return rounds_ - begun_[lane]; }
  /// The particle's steps before this round.
  std::uint64_t steps(Index lane) const { return rounds(lane) * static_cast<std::uint64_t>(steps_a_round_); }
  /// Variance of the last step's noise along a unit vector (d).
  double variance_along(Index lane, const std::vector<double>& normal) const;
  /// Its sum over all directions.
  double whole_variance(Index lane) const;

 private:
  std::size_t at(int row, Index lane) const { return static_cast<std::size_t>(row * lanes + lane); }
  const double* normal(int s) const { return normal_.data() + at(s * d_, 0); }
  void euler_maruyama(int s);
  void minibatch(int s);
  void platen(int s);
  /// What Platen's scheme adds to the noise of a step where the noise varies.
  void correct_noise(int s);
  void sample(const AlignedVector& x, AlignedVector& drift, AlignedVector& factor) const;
  /// Moves by the step times drift_, and by noise_.
  void arrive();
  /// The variable V of the pair of noises r and j, over the step: 1 or -1, antisymmetric.
  double sign_of_pair(int r, int j, Index lane, int s) const;
  void land();
  double folded(int k, double x) const;
  [[noreturn]] void fail(Index lane) const;

  const ParticleMover& mover_;
  int d_, steps_a_round_, draws_a_round_;
  Index active_ = 0, whole_ = 0;  // lanes in use, and the same filled up to whole blocks of the program
  // Rows of `lanes` entries: coordinates, where the step leads, drift, factor of 2 D, noise of the round.
  AlignedVector x_, next_, drift_, factor_, normal_;
  // Of schemes of second order: coefficients elsewhere, and the sum of what moves the particles.
  AlignedVector support_, other_drift_, unused_drift_, other_factor_, third_factor_, noise_;
  // Of minibatches: which terms, and what their program works on.
  std::optional<MinibatchDraws> draws_;
  AlignedVector arguments_, forces_;
  // Rounds of the block; the one that was next when a particle began, and its draw when the block began: both modulo
  // 2^64, so that nothing is counted lane by lane.
  std::uint64_t rounds_ = 0;
  alignas(64) std::uint32_t particle_[lanes];
  alignas(64) std::uint64_t begun_[lanes], first_draw_[lanes];
};

}  // namespace valleyflux
