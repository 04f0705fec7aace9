#pragma once

#include "solver/discretisation/discretise.hpp"

#include <cstdint>
#include <vector>

namespace valleyflux {

/// An edge from a kept state that the absorbing set's surface cuts.
template <int Dim>
struct SurfaceCut {
  Index state;          // that it leaves
  Index beyond;         // the whole's state at its other end (kept itself where a long edge leads across the set); -1
                        // of a way through a wall
  Point<Dim> arrival;   // a point on it that lies in the set
  Point<Dim> crossing;  // where it meets the surface
  double fraction;      // of the edge, at which the surface is met
  double exit;          // its part of the state's exit rate
  double outward, inward;  // rates of the whole edge, uncut, from the state and back
};

/// Part of a process: the states of the whole that are kept, all others being absorbing. Rates into the absorbing set
/// become exit rates; in the plane they are cut where the edge crosses the set's surface (second order; compare Gibou
/// et al. 2002), on the line the surface is a node itself.
template <int Dim>
struct KilledProcess {
  Generator generator;               // over the kept states
  std::vector<std::int32_t> edges;   // its edges -> edges of the whole
  std::vector<std::int32_t> whole;   // state -> state of the whole
  std::vector<std::int32_t> states;  // state of the whole -> state, -1 where not kept
  std::vector<SurfaceCut<Dim>> cuts;
  bool target_met = false;  // whether any edge at all leads into the set, from kept states or not
  Eigen::VectorXd share;    // of the whole's probability that each state stands for: in the plane the hats of cut
                            // cells end at the surface
  Index trapped = -1;  // a kept state of the whole from which the absorbing set cannot be reached, -1 if there is none

  /// Of each state's exit rate what leads through absorbing walls instead of into the target.
  Eigen::VectorXd loss_rates() const;
  /// Values or probabilities of the states over those of the whole, 0 in the absorbing set.
  Eigen::VectorXd over_whole(const Eigen::VectorXd& values) const;
};

/// The process killed on entering `target`, restricted to the states that it can reach from `start` (all states outside
/// the target if negative). In the plane edges longer than a cell are also asked whether they cross the target on their
/// way. wall: absorbing, if not null; what leads out through it arrives (cuts) instead of being lost. Throws
/// SolverError if `start` lies in the target or no state is left.
template <int Dim>
KilledProcess<Dim> killed_process(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                  const Region<Dim>& target, Index start = -1, const AbsorbingWall* wall = nullptr);

extern template struct KilledProcess<1>;
extern template struct KilledProcess<2>;
extern template KilledProcess<1> killed_process(const Problem<1>&, const Discretisation<1>&, const Region<1>&, Index,
                                                const AbsorbingWall*);
extern template KilledProcess<2> killed_process(const Problem<2>&, const Discretisation<2>&, const Region<2>&, Index,
                                                const AbsorbingWall*);

}  // namespace valleyflux
