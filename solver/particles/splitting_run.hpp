#pragma once

#include "solver/particles/exit_surface.hpp"
#include "solver/particles/particle_block.hpp"
#include "solver/particles/reaction_coordinate.hpp"
#include "solver/particles/surface_watch.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace valleyflux {

/// What all runs share.
struct SplittingSetting {
  const ParticleMover& mover;
  const ExitSurface& surface;
  const std::vector<double>& start;
  double origin;  // at or below it the set that paths return to
  double level;   // above it the excursions that count
  std::uint32_t replicas;
};

/// States of a path at which it got farther than ever before (others are no places to branch at), or the target.
struct SplittingPath {
  std::vector<double> reached;  // the coordinate: ascending; infinity in the target
  std::vector<double> time;     // since the path began
  std::vector<double> x;        // d for each
  double top() const { return reached.back(); }
};

/// One repetition of the whole algorithm, in one lane: excursions first, then their splitting.
class SplittingRun {
  static constexpr int loops_to_forget_the_start = 3;

 public:
  SplittingRun(const SplittingSetting& setting, std::uint32_t number, bool excursions_only)
      : setting_(&setting), number_(number), excursions_only_(excursions_only) {}

  std::uint32_t number() const { return number_; }
  bool finished() const { return finished_; }
  const std::vector<SplittingPath>& paths() const { return paths_; }
  double weight() const { return weight_; }
  double loop_time() const { return loop_time_ / static_cast<double>(loops_); }
  bool has_loops() const { return loops_ > 0; }
  /// Mean time from the start into the recurrent loops, or to a target before them, and how often it gets that far.
  double first_time() const { return first_time_ / static_cast<double>(starts_); }
  double recurrent() const { return 1.0 - static_cast<double>(ended_early_) / static_cast<double>(starts_); }
  double path_time() const;
  std::uint64_t steps() const { return steps_; }

  void begin(ParticleBlock& block, SurfaceWatch& watch, Index lane);

  /// Looks where a step has led the lane, whether into the target and to which value of the coordinate, and puts it
  /// elsewhere where its path has ended.
  void look(ParticleBlock& block, SurfaceWatch& watch, Index lane, bool arrived, double coordinate);

 private:
  double step() const { return setting_->mover.options().step; }

  void place(ParticleBlock& block, SurfaceWatch& watch, Index lane, const double* x);

  /// Back to the start, to find its way into the recurrent loops anew.
  void restart(ParticleBlock& block, SurfaceWatch& watch, Index lane);
  void record(SplittingPath& path, double reached, double time) const;
  double time() const { return static_cast<double>(since_crossing_) * step(); }

  void follow_loop(ParticleBlock& block, SurfaceWatch& watch, Index lane, double reached);

  /// Replaces the paths that got least far until one of the new ones has to be followed, or all are in the target.
  void split(ParticleBlock& block, SurfaceWatch& watch, Index lane);

  /// A path that follows another one beyond the lowest level and goes its own way from there; false if that is the
  /// target already.
  bool branch(ParticleBlock& block, SurfaceWatch& watch, Index lane, std::size_t replica);
  void follow_branch(ParticleBlock& block, SurfaceWatch& watch, Index lane, double reached);
  void require_progress() const;

  const SplittingSetting* setting_;
  std::uint32_t number_;
  bool excursions_only_, finished_ = false;
  std::vector<SplittingPath> paths_;
  double weight_ = 1.0;
  std::uint64_t steps_ = 0, since_crossing_ = 0, choices_ = 0, restarts_ = 0;
  std::vector<double> x_;
  // Excursions.
  bool at_home_ = true, fell_back_ = false;
  int to_forget_ = 0;
  SplittingPath path_;
  double loop_time_ = 0.0, first_time_ = 0.0;
  std::uint64_t loops_ = 0, starts_ = 0, ended_early_ = 0;
  // Branches.
  bool branching_ = false;
  double lowest_ = 0.0, begun_at_ = 0.0;
  std::size_t replica_ = 0;
  std::vector<std::size_t> killed_, survivors_;
};

/// Moves runs side by side until all have finished; false if `go_on` ended it.
bool move_runs(const ParticleMover& mover, const ExitSurface& surface, const ReactionCoordinate& coordinate,
               std::vector<SplittingRun>& runs, const std::function<bool()>& go_on);

}  // namespace valleyflux
