#include "solver/particles/first_exits.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "solver/particles/shared_work.hpp"
#include "solver/particles/surface_watch.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

namespace valleyflux {

namespace {

constexpr Index lanes = ParticleBlock::lanes;

/// Everything that the threads share.
struct Setting {
  const ParticleMover& mover;
  const ParticleOptions& options;
  const ExitSurface& surface;
  const ParticleStart& start;
  std::uint64_t step_limit;   // steps of one particle
  Index most_lanes;           // of a thread
  std::vector<double>* ends;  // null: nobody asks
};

/// Lets particles live in the lanes of a block, the next one of all that the threads share taking the lane of one that
/// has finished. What becomes of a particle depends on its number alone, not on lane and thread.
class Watch {
 public:
  Watch(const Setting& setting, std::atomic<std::uint64_t>& next)
      : setting_(setting), block_(setting.mover), watch_(setting.mover, setting.surface), next_(next) {
    while (active_ < setting.most_lanes && take_in(active_)) ++active_;
  }

  bool busy() const { return active_ > 0; }
  /// What happened since this was last asked.
  struct Progress {
    std::uint32_t done = 0, escapes = 0;
    std::uint64_t steps = 0;
  };
  Progress progress() { return std::exchange(progress_, {}); }

  /// Moves all lanes on by a round.
  void advance(FirstExits& exits) {
    block_.begin_round(active_);
    bool any_finished = false;
    for (int s = 0; s < block_.steps_a_round(); ++s) {
      block_.step(s);
      progress_.steps += static_cast<std::uint64_t>(active_);
      any_finished |= find_exits(s, exits);
    }
    block_.end_round();
    if (quiet_rounds_-- == 0) any_finished |= end_watching(exits);
    if (!any_finished) return;
    for (Index lane = active_; lane-- > 0;)
      if (finished_[lane]) replace(lane);
  }

  /// Writes down those that are still on their way.
  void cut_off(FirstExits& exits) const {
    for (Index lane = 0; lane < active_; ++lane)
      exits.time[block_.particle(lane)] = static_cast<double>(block_.steps(lane)) * setting_.options.step;
  }

 private:
  /// False: there are no more.
  bool take_in(Index lane) {
    const std::uint64_t next = next_++;
    if (next >= setting_.options.particles) return false;
    const auto particle = static_cast<std::uint32_t>(next);
    x_ = setting_.start(particle);
    block_.put(lane, particle, x_);
    watch_.put(lane, x_);
    finished_[lane] = 0;
    return true;
  }

  /// The lane's particle is done: another one comes, or the last lane moves here.
  void replace(Index lane) {
    if (take_in(lane)) return;
    const Index last = --active_;
    if (last == lane) return;
    block_.copy(last, lane);
    watch_.copy(last, lane);
    finished_[lane] = finished_[last];
  }

  bool find_exits(int s, FirstExits& exits) {
    bool any = false;
    for (const auto& [lane, part] : watch_.exits(block_, active_, s)) {
      const std::uint64_t steps = block_.steps(lane) + static_cast<std::uint64_t>(s) + 1;
      if (finished_[lane] || steps > setting_.step_limit) continue;
      exits.time[block_.particle(lane)] = (static_cast<double>(steps - 1) + part) * setting_.options.step;
      exits.escaped[block_.particle(lane)] = 1;
      finish(lane);
      ++progress_.escapes;
      any = true;
    }
    return any;
  }

  bool end_watching(FirstExits& exits) {
    bool any = false;
    std::uint64_t oldest = 0;
    for (Index lane = 0; lane < active_; ++lane) {
      if (finished_[lane]) continue;
      if (block_.steps(lane) < setting_.step_limit) {
        oldest = std::max(oldest, block_.steps(lane));
        continue;
      }
      exits.time[block_.particle(lane)] = static_cast<double>(setting_.step_limit) * setting_.options.step;
      if (setting_.ends) {
        block_.position(lane, x_);
        std::copy(x_.begin(), x_.end(),
                  setting_.ends->begin() + static_cast<std::ptrdiff_t>(block_.particle(lane) * x_.size()));
      }
      finish(lane);
      any = true;
    }
    quiet_rounds_ = (setting_.step_limit - oldest - 1) / static_cast<std::uint64_t>(block_.steps_a_round());
    return any;
  }

  /// What happens to the particle until the end of the round does not matter: it waits where it started.
  void finish(Index lane) {
    finished_[lane] = 1;
    x_ = setting_.start(block_.particle(lane));
    block_.set_position(lane, x_);
    watch_.put(lane, x_);
    ++progress_.done;
  }

  const Setting& setting_;
  ParticleBlock block_;
  SurfaceWatch watch_;
  std::atomic<std::uint64_t>& next_;
  Index active_ = 0;
  Progress progress_;
  std::uint64_t quiet_rounds_ = 0;  // before another one can have been watched for long enough
  std::vector<double> x_;
  char finished_[lanes];
};

void require_options(const ParticleOptions& options) {
  if (options.particles < 1) throw std::invalid_argument("langevin.particles must be at least 1 (got 0)");
  if (!(options.time_limit >= options.step))
    throw std::invalid_argument(fmt::format("langevin.time_limit must be no less than a step of {} (got {})",
                                            options.step, options.time_limit));
}

/// The largest eigenvalue of D in the cells.
template <int Dim>
double largest_noise(const Problem<Dim>& problem) {
  Eigen::MatrixXd centres(Dim, problem.grid.cells());
  for (Index cell = 0; cell < problem.grid.cells(); ++cell) centres.col(cell) = problem.grid.centre(cell);
  DiffusionSamples samples;
  problem.dynamics.diffusion->sample(centres, false, samples);
  double largest = 0.0;
  for (Index cell = 0; cell < centres.cols(); ++cell)
    if (problem.grid.holds(cell)) {
      const auto tensor = samples.tensor.col(cell);
      const double mean = 0.5 * (tensor[0] + tensor[Dim * Dim - 1]);
      largest = std::max(largest, mean + std::hypot(mean - tensor[0], Dim > 1 ? tensor[1] : 0.0));
    }
  return largest;
}

}  // namespace

FirstExits first_exits(const ParticleSystem& system, const std::vector<double>& start, const ExitSurface& surface,
                       const ParticleOptions& options, const ParticleObserver& observer) {
  if (!(surface.distance(start) > 0)) throw std::invalid_argument("the start of the particles lies in their target");
  return first_exits(
      system, [&start](std::uint32_t) { return start; }, surface, options, observer, nullptr);
}

FirstExits first_exits(const ParticleSystem& system, const ParticleStart& start, const ExitSurface& surface,
                       const ParticleOptions& options, const ParticleObserver& observer, std::vector<double>* ends) {
  const ParticleMover mover(system, options);
  require_options(options);
  Setting setting{mover, options, surface, start, 0, 0, ends};
  if (ends) ends->assign(options.particles * static_cast<std::size_t>(system.dimension()), 0.0);
  const double most = std::floor(options.time_limit / options.step + 1e-9);
  setting.step_limit = most < 1e18 ? static_cast<std::uint64_t>(most) : std::uint64_t{1000000000000000000};

  FirstExits exits;
  exits.time.assign(options.particles, 0.0);
  exits.escaped.assign(options.particles, 0);
  const std::ptrdiff_t threads = omp_get_max_threads();
  setting.most_lanes = std::min<Index>(lanes, (options.particles + threads - 1) / threads);
  SharedWork work;
  std::atomic<std::uint64_t> next = 0;
  std::uint32_t done = 0, escapes = 0;  // touched in reports alone, as exits.steps is
  work.run(threads, [&](std::ptrdiff_t) {
    Watch watch(setting, next);
    Pace pace;
    while (watch.busy() && work.goes_on()) {
      watch.advance(exits);
      if (watch.busy() && !pace.due()) continue;
      work.report([&] {
        const auto progress = watch.progress();
        done += progress.done;
        escapes += progress.escapes;
        exits.steps += static_cast<double>(progress.steps);
        return !observer || observer(done, escapes, exits.steps * options.step);
      });
    }
    watch.cut_off(exits);
  });
  exits.complete = work.goes_on();
  return exits;
}

template <int Dim>
GridExitSurface<Dim> exit_surface(const Problem<Dim>& problem, const Escape& escape, double step) {
  return surface_of<Dim>(escape_problem<Dim>(problem, escape), escape_target<Dim>(problem, escape), step);
}

template <int Dim>
GridExitSurface<Dim> surface_of(const Problem<Dim>& problem, const Region<Dim>& target, double step) {
  require_step(step);
  return {problem.grid, target, bridge_reach(step, largest_noise<Dim>(problem))};
}

template <int Dim>
FirstExits first_exits(const Problem<Dim>& problem, const Escape& escape, const ParticleOptions& options,
                       const ParticleObserver& observer) {
  const Point<Dim> start = escape_start<Dim>(problem, escape);
  return first_exits(particle_system<Dim>(escape_problem<Dim>(problem, escape)), {start.data(), start.data() + Dim},
                     exit_surface<Dim>(problem, escape, options.step), options, observer);
}

template FirstExits first_exits(const Problem<1>&, const Escape&, const ParticleOptions&, const ParticleObserver&);
template FirstExits first_exits(const Problem<2>&, const Escape&, const ParticleOptions&, const ParticleObserver&);
template GridExitSurface<1> surface_of(const Problem<1>&, const Region<1>&, double);
template GridExitSurface<2> surface_of(const Problem<2>&, const Region<2>&, double);
template GridExitSurface<1> exit_surface(const Problem<1>&, const Escape&, double);
template GridExitSurface<2> exit_surface(const Problem<2>&, const Escape&, double);

}  // namespace valleyflux
