#pragma once

#include "grids/aligned_vector.hpp"
#include "solver/particles/exit_surface.hpp"
#include "solver/particles/particle_block.hpp"

#include <cstdint>
#include <vector>

namespace valleyflux {

/// How far from a surface a bridge over one step can matter: nine standard deviations of the step, beyond which it
/// touches with a chance below exp(-40). largest: eigenvalue of D.
double bridge_reach(double step, double largest);

/// Finds the lanes of a block that have crossed a surface in their last step. Distances that are costly to ask for are
/// asked for only near the surface: nobody comes nearer by more than the way gone since the last time.
class SurfaceWatch {
 public:
  SurfaceWatch(const ParticleMover& mover, const ExitSurface& surface);

  /// A lane has been put at x (d).
  void put(Index lane, const std::vector<double>& x);
  /// What is known of one lane is now that of another.
  void copy(Index from, Index to);

  /// A lane has left, at the end of this part of its step.
  struct Exit {
    Index lane;
    double part;
  };
  /// To be called after every step, number `s` of the block's round: those of the lanes before `active` that have left.
  /// They are behind the surface, or (langevin), with the probability that a Brownian bridge between the ends of the
  /// step touches it (Gobet 2000), have been there. Valid until the next call.
  const std::vector<Exit>& exits(const ParticleBlock& block, Index active, int s);

 private:
  static constexpr Index lanes = ParticleBlock::lanes;

  /// A lane whose bridge may have touched the surface.
  struct Bridge {
    Index lane;
    double before, after;  // distances
    double exponent;       // it has with a chance below exp(-exponent)
  };

  /// Has the lane left, or may its bridge have? From its distances before and after the step.
  void judge(const ParticleBlock& block, Index lane, double distance, double after);
  void draw_touches(const ParticleBlock& block, int s);
  /// Unit normal at a lane.
  const std::vector<double>& normal_at(const ParticleBlock& block, Index lane);

  const ParticleMover& mover_;
  const ExitSurface& surface_;
  bool chain_;              // what happens between two states has no meaning
  bool by_blocks_ = false;  // whether the surface knows all distances at once
  double largest_product_;  // of distances before and after a step whose bridge may touch the surface
  AlignedVector anchor_;    // rows of `lanes` coordinates: where it was last asked how far the surface is
  AlignedVector away_;      // rows of `lanes`: along the normal there, where all distances are known at once; of d > 1
  AlignedVector distance_;  // to the surface from there; a lower bound where that is beyond its reach
  AlignedVector left_;      // a lower bound of the distance now
  std::vector<double> x_, normal_;
  std::vector<Exit> exits_;
  std::vector<Bridge> bridges_;
  alignas(64) std::uint8_t suspect_[lanes];
};

}  // namespace valleyflux
