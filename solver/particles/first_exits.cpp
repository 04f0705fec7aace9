#include "solver/particles/first_exits.hpp"

#include "problems/valleys/eigen_decomposition.hpp"
#include "solver/particles/exit_surface.hpp"
#include "solver/particles/random_numbers.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

namespace valleyflux {

namespace {

constexpr Index lanes = 256;  // particles moved together

/// S with S S^T = M, lower triangular, for a positive semidefinite matrix: a pivot that is zero to round-off gives a
/// column of zeros.
template <int Dim>
Tensor<Dim> cholesky_factor(const Tensor<Dim>& m) {
  constexpr double round_off = 1e-14;
  Tensor<Dim> s = Tensor<Dim>::Zero();
  for (int j = 0; j < Dim; ++j) {
    double pivot = m(j, j);
    for (int k = 0; k < j; ++k) pivot -= s(j, k) * s(j, k);
    if (pivot <= round_off * m(j, j)) continue;
    s(j, j) = std::sqrt(pivot);
    for (int i = j + 1; i < Dim; ++i) {
      double sum = m(i, j);
      for (int k = 0; k < j; ++k) sum -= s(i, k) * s(j, k);
      s(i, j) = sum / s(j, j);
    }
  }
  return s;
}

/// Everything that the threads share.
template <int Dim>
struct Setting {
  const Problem<Dim>& problem;
  const ParticleOptions& options;
  const ExitSurface<Dim>& surface;
  RandomNumbers random;
  Point<Dim> start;
  double start_distance;
  std::uint64_t step_limit;          // steps of one particle
  std::optional<Tensor<Dim>> noise;  // sqrt(2 step D) where D is constant
  double safe_step;
};

template <int Dim>
class Block {
 public:
  /// Lets the particles first ... first + count - 1 live one after the other in the lanes of the block, the next one
  /// taking the lane of one that has finished.
  Block(const Setting<Dim>& setting, std::uint32_t first, std::uint32_t count)
      : setting_(setting), next_(first), end_(first + count) {
    const Index room = std::min<Index>(lanes, count);
    x_.resize(Dim, room);
    distance_.resize(room);
    made_.resize(room);
    for (Index lane = 0; lane < room; ++lane) take_in(lane);
    active_ = room;
  }

  bool busy() const { return active_ > 0; }
  /// What happened since this was last asked.
  struct Progress {
    std::uint32_t done = 0, escapes = 0;
    std::uint64_t steps = 0;
  };
  Progress progress() { return std::exchange(progress_, {}); }

  /// Moves all lanes on by `steps_a_round` steps.
  void advance(FirstExits& exits) {
    draw_noise();
    for (int s = 0; s < steps_a_round; ++s) step(s, exits);
    for (Index lane = active_; lane-- > 0;)
      if (finished_[static_cast<std::size_t>(lane)]) replace(lane);
  }

  /// Writes down those that are still on their way.
  void cut_off(FirstExits& exits) {
    for (Index lane = 0; lane < active_; ++lane) {
      const auto l = static_cast<std::size_t>(lane);
      exits.time[particle_[l]] = static_cast<double>(made_[lane]) * setting_.options.step;
    }
  }

 private:
  /// A round takes whole pairs of normal numbers.
  static constexpr int steps_a_round = Dim % 2 == 0 ? 1 : 2;
  static constexpr int pairs_a_round = Dim * steps_a_round / 2;

  void take_in(Index lane) {
    const auto l = static_cast<std::size_t>(lane);
    x_.col(lane) = setting_.start;
    distance_[lane] = setting_.start_distance;
    particle_[l] = next_++;
    made_[lane] = 0;
    finished_[l] = 0;
  }

  /// The lane's particle is done: another one comes, or the last lane moves here.
  void replace(Index lane) {
    if (next_ < end_) {
      take_in(lane);
      return;
    }
    const Index last = --active_;
    if (last == lane) return;
    const auto l = static_cast<std::size_t>(lane), from = static_cast<std::size_t>(last);
    x_.col(lane) = x_.col(last);
    distance_[lane] = distance_[last];
    particle_[l] = particle_[from];
    made_[lane] = made_[last];
    finished_[l] = finished_[from];
  }

  void draw_noise() {
    std::uint64_t draw[lanes];
    normal_.resize(2 * pairs_a_round, active_);
    for (int pair = 0; pair < pairs_a_round; ++pair) {
      for (Index lane = 0; lane < active_; ++lane)
        draw[lane] = made_[lane] / steps_a_round * pairs_a_round + static_cast<std::uint64_t>(pair);
      setting_.random.normals(RandomStream::noise, particle_, draw, active_, normal_.row(2 * pair).data(),
                              normal_.row(2 * pair + 1).data());
    }
  }

  void step(int number, FirstExits& exits) {
    sample(x_.leftCols(active_));
    make_moves(number);
    if (everything_stays_inside())
      x_.leftCols(active_) += move_;
    else
      for (Index lane = 0; lane < active_; ++lane) x_.col(lane) = landing(x_.col(lane), move_.col(lane));
    // No point comes nearer to the surface by more than it moves: most need not be asked how far away they are.
    before_ = distance_.head(active_);
    if constexpr (Dim == 1)
      distance_.head(active_) -= move_.row(0).transpose().array().abs();
    else
      distance_.head(active_) -= move_.colwise().norm().transpose().array();
    made_.head(active_) += 1;
    progress_.steps += static_cast<std::uint64_t>(active_);
    if (distance_.head(active_).minCoeff() < setting_.surface.reach()) find_exits(exits);
    if (made_.head(active_).maxCoeff() >= setting_.step_limit) end_watching(exits);
  }

  void find_exits(FirstExits& exits) {
    const double dt = setting_.options.step;
    for (Index lane = 0; lane < active_; ++lane) {
      const auto l = static_cast<std::size_t>(lane);
      if (finished_[l] || distance_[lane] >= setting_.surface.reach()) continue;
      distance_[lane] = setting_.surface.distance(x_.col(lane));
      const double part = exit_part(lane, before_[lane]);
      if (part < 0.0) continue;
      exits.time[particle_[l]] = (static_cast<double>(made_[lane] - 1) + part) * dt;
      exits.escaped[particle_[l]] = 1;
      finished_[l] = 1;
      ++progress_.escapes;
      ++progress_.done;
    }
  }

  void end_watching(FirstExits& exits) {
    for (Index lane = 0; lane < active_; ++lane) {
      const auto l = static_cast<std::size_t>(lane);
      if (finished_[l] || made_[lane] < setting_.step_limit) continue;
      exits.time[particle_[l]] = static_cast<double>(made_[lane]) * setting_.options.step;
      finished_[l] = 1;
      ++progress_.done;
    }
  }

  /// drift * dt + sqrt(2 D dt) zeta of every lane.
  void make_moves(int number) {
    const double dt = setting_.options.step;
    const auto zeta = normal_.middleRows<Dim>(number * Dim);
    if (setting_.noise) {
      move_.noalias() = *setting_.noise * zeta;
    } else {
      factor_.resize(Dim * Dim, active_);
      move_.resize(Dim, active_);
      for (Index lane = 0; lane < active_; ++lane) {
        const Tensor<Dim> noise = cholesky_factor<Dim>(2.0 * dt * tensor_.col(lane).reshaped(Dim, Dim));
        factor_.col(lane) = noise.reshaped();
        move_.col(lane) = noise * zeta.col(lane);
      }
    }
    move_ += dt * drift_;
  }

  /// Whether no move leads across a wall (and none is too long or not finite).
  bool everything_stays_inside() const {
    if (!((move_.array() * 0.0).sum() == 0.0)) return false;
    for (int k = 0; k < Dim; ++k) {
      const Axis& axis = setting_.problem.grid.axis(k);
      const auto step = move_.row(k).array();
      const auto end = x_.row(k).head(active_).array() + step;
      if (!(step.abs().maxCoeff() < axis.max() - axis.min()) || !(end.minCoeff() >= axis.min()) ||
          !(end.maxCoeff() < axis.max()))
        return false;
    }
    return true;
  }

  /// Drift and noise at the lanes' places. The chain's drift is F itself, the equation's that of Ito's form.
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& here) {
    const Dynamics& dynamics = setting_.problem.dynamics;
    if (setting_.noise || setting_.options.dynamics == ParticleDynamics::sgd) {
      dynamics.drift.sample(here, drift_);
      if (setting_.noise) return;
      DiffusionSamples samples;
      dynamics.diffusion->sample(here, false, samples);
      tensor_ = std::move(samples.tensor);
      return;
    }
    Coefficients coefficients;
    sample_coefficients(dynamics, here, coefficients);
    drift_ = std::move(coefficients.ito_drift);
    tensor_ = std::move(coefficients.tensor);
  }

  /// Where a move ends: mirrored at reflecting walls, wrapped at periodic ends.
  Point<Dim> landing(const Point<Dim>& from, const Point<Dim>& move) const {
    Point<Dim> x = from + move;
    for (int k = 0; k < Dim; ++k) {
      const Axis& axis = setting_.problem.grid.axis(k);
      const double box = axis.max() - axis.min();
      if (!(std::abs(move[k]) < box))
        throw SolverError(fmt::format(
            "langevin.step = {:.3g} is too large: a particle at {} is thrown out of the box; {:.2g} should do",
            setting_.options.step, named_coordinates<Dim>(setting_.problem.grid, from), setting_.safe_step));
      if (axis.periodic()) {
        if (x[k] >= axis.max()) x[k] -= box;
        if (x[k] < axis.min()) x[k] += box;
        continue;
      }
      if (x[k] < axis.min() && axis.lower() == Boundary::reflecting) x[k] = 2.0 * axis.min() - x[k];
      if (x[k] > axis.max() && axis.upper() == Boundary::reflecting) x[k] = 2.0 * axis.max() - x[k];
    }
    return x;
  }

  /// The part of the last step at whose end the particle has left, or -1.
  double exit_part(Index lane, double before) const {
    const auto l = static_cast<std::size_t>(lane);
    const double after = distance_[lane];
    const bool chain = setting_.options.dynamics == ParticleDynamics::sgd;
    if (after <= 0.0) return chain ? 1.0 : before / (before - after);
    if (chain || std::max(before, after) >= setting_.surface.reach()) return -1.0;
    const Point<Dim> normal = setting_.surface.normal(x_.col(lane));
    const Tensor<Dim> noise = setting_.noise ? *setting_.noise : Tensor<Dim>(factor_.col(lane).reshaped(Dim, Dim));
    const double variance = (noise.transpose() * normal).squaredNorm();
    constexpr double impossible = 40.0;  // exp(-40) is below the spacing of uniform numbers
    const double exponent = 2.0 * before * after / variance;
    if (!(exponent < impossible)) return -1.0;
    const double touched = setting_.random.uniform(RandomStream::crossing, particle_[l], made_[lane]);
    return touched < std::exp(-exponent) ? before / (before + after) : -1.0;
  }

  const Setting<Dim>& setting_;
  std::uint32_t next_, end_;
  Index active_ = 0;
  Progress progress_;
  Eigen::MatrixXd x_, move_, drift_, tensor_, factor_;  // by lane; factor_: of the noise, where that varies
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> normal_;  // of a round x lanes
  Eigen::ArrayXd distance_;  // to the surface; a lower bound where that is beyond its reach
  Eigen::ArrayXd before_;    // the same before the last step
  std::uint32_t particle_[lanes];
  Eigen::Array<std::uint64_t, Eigen::Dynamic, 1> made_;  // steps
  char finished_[lanes];
};

/// A step that resolves the fastest relaxation at the stable points.
template <int Dim>
double safe_step(const Problem<Dim>& problem) {
  double fastest = 0.0;
  for (const auto& point : problem.critical_points)
    fastest = std::max(fastest, real_eigen(point.hessian).values.cwiseAbs().maxCoeff());
  constexpr double fraction = 0.02;
  return fastest > 0 ? fraction / fastest : fraction;
}

template <int Dim>
double largest_noise(const Problem<Dim>& problem) {
  Eigen::MatrixXd centres(Dim, problem.grid.cells());
  for (Index cell = 0; cell < problem.grid.cells(); ++cell) centres.col(cell) = problem.grid.centre(cell);
  DiffusionSamples samples;
  problem.dynamics.diffusion->sample(centres, false, samples);
  double largest = 0.0;  // the trace is no smaller than the largest eigenvalue
  for (Index cell = 0; cell < centres.cols(); ++cell)
    largest = std::max(largest, samples.tensor.col(cell).reshaped(Dim, Dim).trace());
  return largest;
}

void require_options(const ParticleOptions& options) {
  if (options.particles < 1) throw std::invalid_argument("langevin.particles must be at least 1 (got 0)");
  if (!(options.step > 0) || !std::isfinite(options.step))
    throw std::invalid_argument(fmt::format("langevin.step must be positive and finite (got {})", options.step));
  if (!(options.time_limit >= options.step))
    throw std::invalid_argument(fmt::format("langevin.time_limit must be no less than a step of {} (got {})",
                                            options.step, options.time_limit));
}

}  // namespace

template <int Dim>
FirstExits first_exits(const Problem<Dim>& problem, const Escape& escape, const ParticleOptions& options,
                       const ParticleObserver& observer) {
  require_options(options);
  const Point<Dim> start = escape_start<Dim>(problem, escape);
  constexpr double standard_deviations = 9.0;  // beyond, a bridge touches the surface with a chance below exp(-40)
  const ExitSurface<Dim> surface(problem.grid, escape_target<Dim>(problem, escape),
                                 standard_deviations * std::sqrt(2.0 * options.step * largest_noise<Dim>(problem)));
  Setting<Dim> setting{problem,
                       options,
                       surface,
                       RandomNumbers(options.seed),
                       start,
                       surface.distance(start),
                       0,
                       std::nullopt,
                       safe_step<Dim>(problem)};
  if (!(setting.start_distance > 0)) throw std::invalid_argument("the start of the particles lies in their target");
  const double most = std::floor(options.time_limit / options.step + 1e-9);
  setting.step_limit = most < 1e18 ? static_cast<std::uint64_t>(most) : std::uint64_t{1000000000000000000};
  if (problem.dynamics.diffusion->constant()) {
    DiffusionSamples samples;
    problem.dynamics.diffusion->sample(start, false, samples);
    const Tensor<Dim> tensor = samples.tensor.col(0).reshaped(Dim, Dim);
    setting.noise = cholesky_factor<Dim>(2.0 * options.step * tensor);
  }

  FirstExits exits;
  exits.time.assign(options.particles, 0.0);
  exits.escaped.assign(options.particles, 0);
  // Shares of the particles, whose number does not depend on that of the threads.
  constexpr std::uint32_t share = 2048;
  const auto shares = static_cast<std::ptrdiff_t>((options.particles + share - 1) / share);
  std::atomic<bool> go_on{true};
  std::mutex lock;
  std::exception_ptr failure;
  std::uint32_t done = 0, escapes = 0;  // guarded by the lock, as exits.steps is
#pragma omp parallel for schedule(dynamic, 1)
  for (std::ptrdiff_t k = 0; k < shares; ++k) {
    const auto first = static_cast<std::uint32_t>(k) * share, count = std::min(share, options.particles - first);
    try {
      Block<Dim> block(setting, first, count);
      constexpr int rounds_between_looks = 4096;
      for (int round = 0; block.busy() && go_on; ++round) {
        block.advance(exits);
        if (block.busy() && round % rounds_between_looks != 0) continue;
        const auto progress = block.progress();
        const std::lock_guard guard(lock);
        done += progress.done;
        escapes += progress.escapes;
        exits.steps += static_cast<double>(progress.steps);
        if (observer && !observer(done, escapes, exits.steps * options.step)) go_on = false;
      }
      block.cut_off(exits);
    } catch (...) {
      const std::lock_guard guard(lock);
      if (!failure) failure = std::current_exception();
      go_on = false;
    }
  }
  if (failure) std::rethrow_exception(failure);
  exits.complete = go_on;
  return exits;
}

template FirstExits first_exits(const Problem<1>&, const Escape&, const ParticleOptions&, const ParticleObserver&);
template FirstExits first_exits(const Problem<2>&, const Escape&, const ParticleOptions&, const ParticleObserver&);

}  // namespace valleyflux
