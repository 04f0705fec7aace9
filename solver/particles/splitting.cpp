#include "solver/particles/splitting.hpp"

#include "grids/interpolated_field.hpp"
#include "solver/escape/core_process.hpp"
#include "solver/particles/shared_work.hpp"
#include "solver/particles/surface_watch.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace valleyflux {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// What all runs share.
struct SplitSetting {
  const ParticleMover& mover;
  const ExitSurface& surface;
  const std::vector<double>& start;
  double origin;  // at or below it the set that paths return to
  double level;   // above it the excursions that count
  std::uint32_t replicas;
};

/// States of a path at which it got farther than ever before (others are no places to branch at), or the target.
struct Path {
  std::vector<double> reached;  // the coordinate: ascending; infinity in the target
  std::vector<double> time;     // since the path began
  std::vector<double> x;        // d for each
  double top() const { return reached.back(); }
};

/// One repetition of the whole algorithm, in one lane: excursions first, then their splitting.
class Run {
  static constexpr int loops_to_forget_the_start = 3;

 public:
  Run(const SplitSetting& setting, std::uint32_t number, bool excursions_only)
      : setting_(&setting), number_(number), excursions_only_(excursions_only) {}

  std::uint32_t number() const { return number_; }
  bool finished() const { return finished_; }
  const std::vector<Path>& paths() const { return paths_; }
  double weight() const { return weight_; }
  double loop_time() const { return loop_time_ / static_cast<double>(loops_); }
  bool has_loops() const { return loops_ > 0; }
  double first_time() const { return first_time_ / static_cast<double>(starts_); }
  double path_time() const {
    double sum = 0.0;
    for (const Path& path : paths_) sum += path.time.back();
    return sum / static_cast<double>(paths_.size());
  }
  std::uint64_t steps() const { return steps_; }

  void begin(ParticleBlock& block, SurfaceWatch& watch, Index lane) {
    block.put(lane, number_, setting_->start);
    restart(block, watch, lane);
  }

  /// Looks where a step has led the lane, to which value of the coordinate, and puts it elsewhere where its path has
  /// ended.
  void look(ParticleBlock& block, SurfaceWatch& watch, Index lane, double coordinate) {
    if (finished_) return;
    ++steps_;
    ++since_crossing_;
    block.position(lane, x_);
    const bool arrived = watch.exit_part(block, lane, steps_) >= 0.0;
    if (!arrived && !std::isfinite(coordinate))
      throw SolverError(fmt::format("splitting: the reaction coordinate is {} at {}", coordinate,
                                    named_coordinates(setting_->mover.system(), x_)));
    const double reached = arrived ? infinity : coordinate;
    if (branching_)
      follow_branch(block, watch, lane, reached);
    else
      follow_loop(block, watch, lane, reached);
    require_progress();
  }

 private:
  double step() const { return setting_->mover.options().step; }

  void place(ParticleBlock& block, SurfaceWatch& watch, Index lane, const double* x) {
    x_.assign(x, x + setting_->start.size());
    block.set_position(lane, x_);
    watch.put(lane, x_);
  }

  /// Back to the start, to find its way into the recurrent loops anew.
  void restart(ParticleBlock& block, SurfaceWatch& watch, Index lane) {
    place(block, watch, lane, setting_->start.data());
    at_home_ = true;
    since_crossing_ = 0;
    to_forget_ = loops_to_forget_the_start;
    ++restarts_;
  }

  void record(Path& path, double reached, double time) const {
    path.reached.push_back(reached);
    path.time.push_back(time);
    path.x.insert(path.x.end(), x_.begin(), x_.end());
  }

  double time() const { return static_cast<double>(since_crossing_) * step(); }

  void follow_loop(ParticleBlock& block, SurfaceWatch& watch, Index lane, double reached) {
    if (at_home_) {
      if (!(reached > setting_->level)) return;
      at_home_ = false;
      if (to_forget_ > 0) {
        if (to_forget_ == loops_to_forget_the_start) {
          first_time_ += time();
          ++starts_;
        }
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
    if (to_forget_ == 0) paths_.push_back(std::move(path_));
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

  /// Replaces the paths that got least far until one of the new ones has to be followed, or all are in the target.
  void split(ParticleBlock& block, SurfaceWatch& watch, Index lane) {
    for (;;) {
      while (!killed_.empty()) {
        const std::size_t replica = killed_.back();
        killed_.pop_back();
        if (branch(block, watch, lane, replica)) return;
      }
      lowest_ = infinity;
      for (const Path& path : paths_) lowest_ = std::min(lowest_, path.top());
      if (lowest_ == infinity) break;
      survivors_.clear();
      for (std::size_t k = 0; k < paths_.size(); ++k) (paths_[k].top() > lowest_ ? survivors_ : killed_).push_back(k);
      weight_ *= static_cast<double>(survivors_.size()) / static_cast<double>(paths_.size());
      if (survivors_.empty()) break;
    }
    finished_ = true;
  }

  /// A path that follows another one beyond the lowest level and goes its own way from there; false if that is the
  /// target already.
  bool branch(ParticleBlock& block, SurfaceWatch& watch, Index lane, std::size_t replica) {
    const auto bits = setting_->mover.random().bits(RandomStream::splitting, number_, choices_++);
    const Path& parent = paths_[survivors_[bits.low % survivors_.size()]];
    const auto at = static_cast<std::size_t>(std::upper_bound(parent.reached.begin(), parent.reached.end(), lowest_) -
                                             parent.reached.begin());
    const std::size_t d = setting_->start.size();
    const auto x = parent.x.begin() + static_cast<std::ptrdiff_t>(at * d);
    paths_[replica] = Path{{parent.reached[at]}, {parent.time[at]}, {x, x + static_cast<std::ptrdiff_t>(d)}};
    if (paths_[replica].top() == infinity) return false;
    branching_ = true;
    replica_ = replica;
    begun_at_ = paths_[replica].time[0];
    since_crossing_ = 0;
    place(block, watch, lane, paths_[replica].x.data());
    return true;
  }

  void follow_branch(ParticleBlock& block, SurfaceWatch& watch, Index lane, double reached) {
    Path& path = paths_[replica_];
    if (reached > path.top()) record(path, reached, begun_at_ + time());
    if (reached < infinity && reached > setting_->origin) return;
    split(block, watch, lane);
  }

  void require_progress() const {
    constexpr std::uint64_t most_steps = 1000000000, most_at_home = 20000000, most_of_path = 100000000;
    constexpr std::uint64_t most_before_loops = 3000000, few_restarts = 300;
    constexpr double least_weight = 1e-300;
    if (paths_.empty() && restarts_ > few_restarts && steps_ > most_before_loops)
      throw SolverError(fmt::format(
          "splitting: the reaction coordinate does not grow on the way: {} paths from {} were in the target "
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
      throw SolverError(
          fmt::format("splitting: no path gets beyond {} (after {} steps, with a probability below {:.1g})",
                      named_coordinates(setting_->mover.system(), x_), steps_, std::max(weight_, least_weight)));
  }

  const SplitSetting* setting_;
  std::uint32_t number_;
  bool excursions_only_, finished_ = false;
  std::vector<Path> paths_;
  double weight_ = 1.0;
  std::uint64_t steps_ = 0, since_crossing_ = 0, choices_ = 0, restarts_ = 0;
  std::vector<double> x_;
  // Excursions.
  bool at_home_ = true, fell_back_ = false;
  int to_forget_ = 0;
  Path path_;
  double loop_time_ = 0.0, first_time_ = 0.0;
  std::uint64_t loops_ = 0, starts_ = 0;
  // Branches.
  bool branching_ = false;
  double lowest_ = 0.0, begun_at_ = 0.0;
  std::size_t replica_ = 0;
  std::vector<std::size_t> killed_, survivors_;
};

/// Moves runs side by side until all have finished; false if `go_on` ended it.
template <typename GoOn>
bool move_runs(const ParticleMover& mover, const ExitSurface& surface, const ReactionCoordinate& coordinate,
               std::vector<Run>& runs, const GoOn& go_on) {
  ParticleBlock block(mover);
  SurfaceWatch watch(mover, surface);
  double value[ParticleBlock::lanes];
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
      watch.look(block, static_cast<Index>(in_lane.size()));
      coordinate(block.coordinates(), value, block.whole_lanes(), ParticleBlock::lanes);
      for (std::size_t lane = 0; lane < in_lane.size(); ++lane)
        runs[in_lane[lane]].look(block, watch, static_cast<Index>(lane), value[lane]);
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

/// Where a tenth of the excursions from the origin get to: a level so close by that all loops pass it, and so far that
/// one forgets the one before.
double first_level(const ParticleMover& mover, const ReactionCoordinate& coordinate, SplitSetting setting,
                   const SplittingObserver& observer) {
  constexpr std::uint32_t runs = 64, excursions = 20, pilot = 0x80000000u;
  constexpr double part = 0.9;
  setting.level = setting.origin;
  setting.replicas = excursions;
  std::vector<Run> pilots;
  for (std::uint32_t k = 0; k < runs; ++k) pilots.emplace_back(setting, pilot + k, true);
  move_runs(mover, setting.surface, coordinate, pilots, [&] { return !observer || observer(0); });
  std::vector<double> tops;
  for (const Run& run : pilots)
    for (const Path& path : run.paths())
      if (path.top() < infinity) tops.push_back(path.top());
  if (tops.empty()) return setting.origin;
  std::sort(tops.begin(), tops.end());
  return tops[static_cast<std::size_t>(part * static_cast<double>(tops.size() - 1))];
}

struct MeanAndError {
  double mean = 0.0, error = 0.0;
};
MeanAndError mean_and_error(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  MeanAndError result;
  for (const double value : values) result.mean += value / n;
  double sum = 0.0;
  for (const double value : values) sum += (value - result.mean) * (value - result.mean);
  result.error = std::sqrt(sum / (n * (n - 1.0)));
  return result;
}

void evaluate(const std::vector<Run>& runs, SplittingEstimate& estimate) {
  std::vector<double> probability, loop_time, first_time;
  double path_time = 0.0;
  for (const Run& run : runs) {
    estimate.steps += static_cast<double>(run.steps());
    if (!run.finished()) continue;
    ++estimate.runs;
    probability.push_back(run.weight());
    first_time.push_back(run.first_time());
    if (run.has_loops()) loop_time.push_back(run.loop_time());
    if (run.weight() > 0)
      path_time += run.weight() * run.path_time();
    else
      ++estimate.extinct;
  }
  constexpr std::size_t fewest = 2;
  if (probability.size() < fewest) return;
  const MeanAndError p = mean_and_error(probability);
  const MeanAndError loop = loop_time.size() >= fewest ? mean_and_error(loop_time) : MeanAndError{};
  estimate.probability = p.mean;
  estimate.loop_time = loop.mean;
  const MeanAndError first = mean_and_error(first_time);
  estimate.first_time = first.mean;
  if (!(p.mean > 0)) return;
  estimate.path_time = path_time / (p.mean * static_cast<double>(probability.size()));
  const double failed = (1.0 / p.mean - 1.0) * loop.mean, time = first.mean + failed + estimate.path_time;
  estimate.rate = 1.0 / time;
  const double by_probability = loop.mean / p.mean / time * (p.error / p.mean);
  const double by_loops = loop.mean > 0 ? failed / time * (loop.error / loop.mean) : 0.0;
  estimate.relative_error = std::hypot(by_probability, by_loops, first.error / time);
  const boost::math::students_t student(static_cast<double>(probability.size() - 1));
  const double factor = std::exp(boost::math::quantile(student, 0.975) * estimate.relative_error);
  estimate.low = *estimate.rate / factor;
  estimate.high = *estimate.rate * factor;
}

}  // namespace

SplittingEstimate adaptive_splitting(const ParticleSystem& system, const std::vector<double>& start,
                                     const ReactionCoordinate& coordinate, double origin, const ExitSurface& surface,
                                     const ParticleOptions& options, const SplittingOptions& splitting,
                                     const SplittingObserver& observer) {
  if (splitting.replicas < 2 || splitting.runs < 2)
    throw std::invalid_argument(fmt::format("splitting needs at least 2 replicas and 2 runs (got {} and {})",
                                            splitting.replicas, splitting.runs));
  const double at_start = value_at(coordinate, start);
  if (!(at_start <= origin))
    throw std::invalid_argument(
        fmt::format("splitting: the reaction coordinate is {:.4g} at the start, above {:.4g} of the set that paths "
                    "return to",
                    at_start, origin));
  if (!(surface.distance(start) > 0)) throw std::invalid_argument("the start of the particles lies in their target");
  const ParticleMover mover(system, options);
  SplitSetting setting{mover, surface, start, origin, origin, splitting.replicas};
  setting.level = first_level(mover, coordinate, setting, observer);

  // Shares of the runs, side by side in one block each; what a run does does not depend on its neighbours.
  constexpr std::uint32_t share = 32;
  const auto shares = static_cast<std::ptrdiff_t>((splitting.runs + share - 1) / share);
  std::vector<std::vector<Run>> runs(static_cast<std::size_t>(shares));
  SharedWork work;
  std::uint32_t finished = 0;  // touched in reports alone
  work.run(shares, [&](std::ptrdiff_t k) {
    std::vector<Run>& mine = runs[static_cast<std::size_t>(k)];
    const auto first = static_cast<std::uint32_t>(k) * share;
    for (std::uint32_t n = first; n < std::min(first + share, splitting.runs); ++n)
      mine.emplace_back(setting, n, false);
    std::uint32_t counted = 0;
    const auto look = [&] {
      const auto now = static_cast<std::uint32_t>(
          std::count_if(mine.begin(), mine.end(), [](const Run& run) { return run.finished(); }));
      return work.report([&] {
        finished += now - std::exchange(counted, now);
        return !observer || observer(finished);
      });
    };
    move_runs(mover, setting.surface, coordinate, mine, look);
    look();
  });
  std::vector<Run> all;
  for (std::vector<Run>& some : runs)
    all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  SplittingEstimate estimate;
  evaluate(all, estimate);
  estimate.complete = estimate.runs == splitting.runs;
  return estimate;
}

double value_at(const ReactionCoordinate& coordinate, const std::vector<double>& x) {
  double value[program_block];
  coordinate(block_of(x).data(), value, program_block, program_block);
  return value[0];
}

ReactionCoordinate expression_coordinate(const Expression& expression) {
  ExpressionGraph graph(expression.dimension());
  return [program = BlockProgram(graph, {expression.append_to(graph)})](const double* x, double* value,
                                                                        std::ptrdiff_t count, std::ptrdiff_t stride) {
    program.run(x, value, count, stride);
  };
}

template <int Dim>
ReactionCoordinate committor_coordinate(const Problem<Dim>& problem, const Discretisation<Dim>& discretisation,
                                        const Escape& escape) {
  const Region<Dim>& core = problem.valleys[static_cast<std::size_t>(escape.from)].core;
  constexpr std::size_t target = 1;
  Eigen::VectorXd logarithm = discretisation.space.at_cells(
      CoreProcess<Dim>(problem, discretisation, {core, escape_target<Dim>(problem, escape)}).committor(target));
  double least = 1.0;
  for (const double q : logarithm)
    if (q > 0) least = std::min(least, q);
  // In the core below all others, but not so far that the cells around would take on its value.
  const double in_core = std::log(least) - 1.0;
  for (double& q : logarithm) q = q > 0 ? std::log(q) : in_core;
  return [field = InterpolatedField<Dim>(problem.grid, logarithm)](const double* x, double* value, std::ptrdiff_t count,
                                                                   std::ptrdiff_t stride) {
    for (std::ptrdiff_t p = 0; p < count; ++p) {
      Point<Dim> at;
      for (int k = 0; k < Dim; ++k) at[k] = x[k * stride + p];
      value[p] = field(at);
    }
  };
}

template <int Dim>
double largest_in_core(const Problem<Dim>& problem, int valley, const ReactionCoordinate& coordinate) {
  const Valley<Dim>& of = problem.valleys[static_cast<std::size_t>(valley)];
  const auto value = [&](const Point<Dim>& x) { return value_at(coordinate, {x.data(), x.data() + Dim}); };
  double largest = of.minimum ? value(of.minimum->position) : -infinity;
  const std::vector<char> inside = of.core.cells(problem.grid);
  for (std::size_t cell = 0; cell < inside.size(); ++cell)
    if (inside[cell]) largest = std::max(largest, value(problem.grid.centre(static_cast<Index>(cell))));
  return largest;
}

template ReactionCoordinate committor_coordinate(const Problem<1>&, const Discretisation<1>&, const Escape&);
template ReactionCoordinate committor_coordinate(const Problem<2>&, const Discretisation<2>&, const Escape&);
template double largest_in_core(const Problem<1>&, int, const ReactionCoordinate&);
template double largest_in_core(const Problem<2>&, int, const ReactionCoordinate&);

}  // namespace valleyflux
