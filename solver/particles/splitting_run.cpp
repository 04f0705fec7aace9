#include "solver/particles/splitting_run.hpp"

#include "solver/finite.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace valleyflux {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

double SplittingRun::path_time() const {
  double sum = 0.0;
  for (const SplittingPath& path : paths_) sum += path.time.back();
  return sum / static_cast<double>(paths_.size());
}

void SplittingRun::begin(ParticleBlock& block, SurfaceWatch& watch, Index lane) {
  block.put(lane, number_, setting_->start);
  restart(block, watch, lane);
}

void SplittingRun::look(ParticleBlock& block, SurfaceWatch& watch, Index lane, bool arrived, double coordinate) {
  if (finished_) return;
  ++steps_;
  ++since_crossing_;
  block.position(lane, x_);
  if (!arrived && !std::isfinite(coordinate))
    throw SolverError(fmt::format("splitting: the reaction coordinate is {} at {}", finite_text(coordinate),
                                  named_coordinates(setting_->mover.system(), x_)));
  const double reached = arrived ? infinity : coordinate;
  if (branching_)
    follow_branch(block, watch, lane, reached);
  else
    follow_loop(block, watch, lane, reached);
  require_progress();
}

void SplittingRun::place(ParticleBlock& block, SurfaceWatch& watch, Index lane, const double* x) {
  x_.assign(x, x + setting_->start.size());
  block.set_position(lane, x_);
  watch.put(lane, x_);
}

void SplittingRun::restart(ParticleBlock& block, SurfaceWatch& watch, Index lane) {
  place(block, watch, lane, setting_->start.data());
  at_home_ = true;
  since_crossing_ = 0;
  to_forget_ = loops_to_forget_the_start;
  ++restarts_;
}

void SplittingRun::record(SplittingPath& path, double reached, double time) const {
  path.reached.push_back(reached);
  path.time.push_back(time);
  path.x.insert(path.x.end(), x_.begin(), x_.end());
}

void SplittingRun::follow_loop(ParticleBlock& block, SurfaceWatch& watch, Index lane, double reached) {
  if (at_home_) {
    if (!(reached > setting_->level)) return;
    at_home_ = false;
    if (to_forget_ > 0) {
      if (to_forget_ == loops_to_forget_the_start) ++starts_;
      first_time_ += time();
      --to_forget_;
    } else if (fell_back_) {
      loop_time_ += time();
      ++loops_;
    }
    fell_back_ = false;
    since_crossing_ = 0;
    path_ = {};
    record(path_, reached, 0.0);
    if (reached < infinity) return;
  } else if (reached > path_.top()) {
    record(path_, reached, time());
  }
  const bool home = reached <= setting_->origin;
  if (!home && reached < infinity) return;
  if (to_forget_ == 0) {
    paths_.push_back(std::move(path_));
  } else if (!home) {
    first_time_ += time();
    ++ended_early_;
  }
  if (home) {
    at_home_ = true;
    fell_back_ = to_forget_ == 0;
  } else {
    restart(block, watch, lane);
  }
  if (paths_.size() < setting_->replicas) return;
  if (excursions_only_)
    finished_ = true;
  else
    split(block, watch, lane);
}

void SplittingRun::split(ParticleBlock& block, SurfaceWatch& watch, Index lane) {
  for (;;) {
    while (!killed_.empty()) {
      const std::size_t replica = killed_.back();
      killed_.pop_back();
      if (branch(block, watch, lane, replica)) return;
    }
    lowest_ = infinity;
    for (const SplittingPath& path : paths_) lowest_ = std::min(lowest_, path.top());
    if (lowest_ == infinity) break;
    survivors_.clear();
    for (std::size_t k = 0; k < paths_.size(); ++k) (paths_[k].top() > lowest_ ? survivors_ : killed_).push_back(k);
    weight_ *= static_cast<double>(survivors_.size()) / static_cast<double>(paths_.size());
    if (survivors_.empty()) break;
  }
  finished_ = true;
}

bool SplittingRun::branch(ParticleBlock& block, SurfaceWatch& watch, Index lane, std::size_t replica) {
  const auto bits = setting_->mover.random().bits(RandomStream::splitting, number_, choices_++);
  const SplittingPath& parent = paths_[survivors_[bits.low % survivors_.size()]];
  const auto at = static_cast<std::size_t>(std::upper_bound(parent.reached.begin(), parent.reached.end(), lowest_) -
                                           parent.reached.begin());
  const std::size_t d = setting_->start.size();
  const auto x = parent.x.begin() + static_cast<std::ptrdiff_t>(at * d);
  paths_[replica] = SplittingPath{{parent.reached[at]}, {parent.time[at]}, {x, x + static_cast<std::ptrdiff_t>(d)}};
  if (paths_[replica].top() == infinity) return false;
  branching_ = true;
  replica_ = replica;
  begun_at_ = paths_[replica].time[0];
  since_crossing_ = 0;
  place(block, watch, lane, paths_[replica].x.data());
  return true;
}

void SplittingRun::follow_branch(ParticleBlock& block, SurfaceWatch& watch, Index lane, double reached) {
  SplittingPath& path = paths_[replica_];
  if (reached > path.top()) record(path, reached, begun_at_ + time());
  if (reached < infinity && reached > setting_->origin) return;
  split(block, watch, lane);
}

void SplittingRun::require_progress() const {
  constexpr std::uint64_t most_steps = 1000000000, most_at_home = 20000000, most_of_path = 100000000;
  constexpr std::uint64_t most_before_loops = 3000000, few_restarts = 300;
  constexpr double least_weight = 1e-300;
  if (paths_.empty() && restarts_ > few_restarts && steps_ > most_before_loops)
    throw SolverError(
        fmt::format("splitting: the reaction coordinate does not grow on the way: {} paths from {} were in the target "
                    "as soon as they got above {:.6g}",
                    restarts_, named_coordinates(setting_->mover.system(), setting_->start), setting_->level));
  if (!branching_ && at_home_ && since_crossing_ > most_at_home)
    throw SolverError(
        fmt::format("splitting: the reaction coordinate does not grow on the way: in {} steps from {} none got above "
                    "{:.6g}",
                    most_at_home, named_coordinates(setting_->mover.system(), setting_->start), setting_->level));
  if (since_crossing_ > most_of_path)
    throw SolverError(
        fmt::format("splitting: a path has stayed around {} for {} steps, neither back where it began nor in the "
                    "target: the reaction coordinate should be no larger there than on the way",
                    named_coordinates(setting_->mover.system(), x_), most_of_path));
  if (steps_ > most_steps || (weight_ < least_weight && !survivors_.empty()))
    throw SolverError(fmt::format("splitting: no path gets beyond {} (after {} steps, with a probability below {:.1g})",
                                  named_coordinates(setting_->mover.system(), x_), steps_,
                                  std::max(weight_, least_weight)));
}

bool move_runs(const ParticleMover& mover, const ExitSurface& surface, const ReactionCoordinate& coordinate,
               std::vector<SplittingRun>& runs, const std::function<bool()>& go_on) {
  ParticleBlock block(mover);
  SurfaceWatch watch(mover, surface);
  double value[ParticleBlock::lanes];
  bool arrived[ParticleBlock::lanes];
  std::vector<std::size_t> in_lane(runs.size());
  for (std::size_t k = 0; k < runs.size(); ++k) {
    in_lane[k] = k;
    runs[k].begin(block, watch, static_cast<Index>(k));
  }
  constexpr int rounds_between_looks = 256;
  for (int round = 0; !in_lane.empty(); ++round) {
    if (round % rounds_between_looks == 0 && !go_on()) return false;
    block.begin_round(static_cast<Index>(in_lane.size()));
    for (int s = 0; s < block.steps_a_round(); ++s) {
      block.step(s);
      std::fill(std::begin(arrived), std::end(arrived), false);
      for (const auto& exit : watch.exits(block, static_cast<Index>(in_lane.size()), s)) arrived[exit.lane] = true;
      coordinate(block.coordinates(), value, block.whole_lanes(), ParticleBlock::lanes);
      for (std::size_t lane = 0; lane < in_lane.size(); ++lane)
        runs[in_lane[lane]].look(block, watch, static_cast<Index>(lane), arrived[lane], value[lane]);
    }
    block.end_round();
    for (std::size_t lane = in_lane.size(); lane-- > 0;)
      if (runs[in_lane[lane]].finished()) {
        const auto last = static_cast<Index>(in_lane.size()) - 1;
        block.copy(last, static_cast<Index>(lane));
        watch.copy(last, static_cast<Index>(lane));
        in_lane[lane] = in_lane.back();
        in_lane.pop_back();
      }
  }
  return true;
}

}  // namespace valleyflux
