#pragma once

#include "solver/particles/exit_surface.hpp"
#include "solver/particles/particle_block.hpp"

#include <cstdint>
#include <vector>

namespace valleyflux {

/// How far from a surface a bridge over one step can matter: nine standard deviations of the step, beyond which it
/// touches with a chance below exp(-40). trace: of D, no smaller than its largest eigenvalue.
double bridge_reach(double step, double trace);

/// Finds the lanes of a block that have crossed a surface in their last step. Distances that are costly to ask for are
/// asked for only near the surface: nobody comes nearer by more than the way gone since the last time.
class SurfaceWatch {
 public:
  SurfaceWatch(const ParticleMover& mover, const ExitSurface& surface);

  /// A lane has been put at x (d).
  void put(Index lane, const std::vector<double>& x);
  /// What is known of one lane is now that of another.
  void copy(Index from, Index to);
  /// To be called after every step: whether one of the lanes before `active` may be near the surface.
  bool look(const ParticleBlock& block, Index active);
  /// The part of the lane's last step at whose end it has left, or -1. Behind the surface, or (langevin) with the
  /// probability that a Brownian bridge between the ends of the step touches it (Gobet 2000). `draw` numbers the random
  /// number that decides.
  double exit_part(const ParticleBlock& block, Index lane, std::uint64_t draw);

 private:
  static constexpr Index lanes = ParticleBlock::lanes;

  /// Unit normal at a lane that stands at x_.
  const std::vector<double>& normal_at(Index lane);

  const ParticleMover& mover_;
  const ExitSurface& surface_;
  bool by_blocks_ = false;      // whether the surface knows all distances at once
  std::vector<double> anchor_;  // rows of `lanes` coordinates: where it was last asked how far the surface is
  std::vector<double> away_;    // rows of `lanes`: along the normal there, where all distances are known at once
  std::vector<double> x_, normal_;
  double distance_[lanes];  // to the surface from there; a lower bound where that is beyond its reach
  double left_[lanes];      // a lower bound of the distance now
};

}  // namespace valleyflux
