#include "solver/losses/loss_exits.hpp"

#include "solver/particles/minibatch.hpp"
#include "solver/particles/shared_work.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <vector>

namespace valleyflux {

namespace {

constexpr auto lanes = static_cast<std::size_t>(loss_lanes);

/// Everything that the threads share.
struct Setting {
  const LossEscape& escape;
  const ParticleOptions& options;
  std::uint64_t step_limit;            // steps of one repetition
  std::atomic<std::uint32_t> next{0};  // repetition that nobody has begun
};

/// Repetitions in the lanes of a block, the next one taking the lane of one that is done.
class Watch {
 public:
  explicit Watch(Setting& setting)
      : setting_(setting),
        loss_(*setting.escape.loss),
        d_(static_cast<std::size_t>(loss_.dimension())),
        random_(setting.options.seed),
        draws_(setting.options.seed, setting.options.minibatch, static_cast<std::uint64_t>(loss_.samples()),
               setting.options.batch_size),
        theta_(d_ * lanes),
        gradient_(d_ * lanes),
        rows_(setting.options.batch_size * lanes, 0),
        workspace_(loss_.workspace()) {
    if (setting.escape.injected > 0) {
      const std::size_t pairs = (d_ + 1) / 2 * lanes;
      normal_.resize(2 * pairs);
      particles_.resize(pairs);
      draw_.resize(pairs);
    }
    for (std::size_t lane = 0; lane < lanes; ++lane) take_in(lane);
  }

  bool busy() const { return busy_ > 0; }
  std::uint64_t steps_since_asked() { return std::exchange(steps_, 0); }
  std::uint32_t done_since_asked() { return std::exchange(done_, 0); }
  std::uint32_t escapes_since_asked() { return std::exchange(escapes_, 0); }

  void step(FirstExits& exits) {
    const ParticleOptions& options = setting_.options;
    const std::size_t batch = options.batch_size;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      if (!active_[lane]) continue;  // goes on with its last samples: nobody looks
      const auto& drawn = draws_.draw(particle_[lane], made_[lane]);
      for (std::size_t b = 0; b < batch; ++b) rows_[b * lanes + lane] = drawn[b];
    }
    loss_.minibatch_gradients(theta_.data(), rows_.data(), static_cast<Index>(batch), gradient_.data(),
                              workspace_.data());
    for (std::size_t n = 0; n < theta_.size(); ++n) theta_[n] -= options.step * gradient_[n];
    if (setting_.escape.injected > 0) add_noise();
    for (std::size_t lane = 0; lane < lanes; ++lane)
      if (active_[lane]) look(lane, exits);
  }

  /// Writes down those that are still on their way.
  void cut_off(FirstExits& exits) const {
    for (std::size_t lane = 0; lane < lanes; ++lane)
      if (active_[lane]) exits.time[particle_[lane]] = static_cast<double>(made_[lane]) * setting_.options.step;
  }

 private:
  void take_in(std::size_t lane) {
    const std::uint32_t particle = setting_.next++;
    active_[lane] = particle < setting_.options.particles;
    for (std::size_t k = 0; k < d_; ++k) theta_[k * lanes + lane] = setting_.escape.start[static_cast<Index>(k)];
    if (!active_[lane]) return;
    ++busy_;
    particle_[lane] = particle;
    made_[lane] = 0;
  }

  void add_noise() {
    const std::size_t pairs = particles_.size(), half = pairs / lanes;
    for (std::size_t j = 0; j < half; ++j)
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        particles_[j * lanes + lane] = particle_[lane];
        draw_[j * lanes + lane] = made_[lane] * half + j;
      }
    random_.normals(NoisePrecision::full, RandomStream::noise, particles_.data(), draw_.data(),
                    static_cast<std::ptrdiff_t>(pairs), normal_.data(), static_cast<std::ptrdiff_t>(pairs));
    const double size = std::sqrt(2.0 * setting_.options.step * setting_.escape.injected);
    for (std::size_t n = 0; n < theta_.size(); ++n) theta_[n] += size * normal_[n];
  }

  void look(std::size_t lane, FirstExits& exits) {
    ++made_[lane];
    ++steps_;
    bool outside = false;
    for (std::size_t k = 0; k < d_; ++k) {
      const double x = theta_[k * lanes + lane];
      const auto i = static_cast<Index>(k);
      if (std::isnan(x))
        throw SolverError(
            fmt::format("after {} iterations parameter {} is no number any more: diffusion.eta = {:.3g} "
                        "is too large",
                        made_[lane], k, setting_.options.step));
      outside |= x < setting_.escape.low[i] || x > setting_.escape.high[i];
    }
    if (!outside && made_[lane] < setting_.step_limit) return;
    exits.time[particle_[lane]] = static_cast<double>(made_[lane]) * setting_.options.step;
    exits.escaped[particle_[lane]] = outside ? 1 : 0;
    escapes_ += outside ? 1 : 0;
    ++done_;
    --busy_;
    take_in(lane);
  }

  Setting& setting_;
  const Loss& loss_;
  std::size_t d_;
  RandomNumbers random_;
  MinibatchDraws draws_;
  std::vector<double> theta_, gradient_;
  std::vector<std::uint32_t> rows_;
  std::vector<double> workspace_, normal_;
  std::vector<std::uint32_t> particles_;  // of the noise's draws
  std::vector<std::uint64_t> draw_;
  std::uint32_t particle_[lanes] = {};
  std::uint64_t made_[lanes] = {};  // iterations
  bool active_[lanes] = {};
  int busy_ = 0;
  std::uint64_t steps_ = 0;
  std::uint32_t done_ = 0, escapes_ = 0;
};

void require_valid(const LossEscape& escape, const ParticleOptions& options) {
  require_step(options.step);
  if (options.particles < 1) throw std::invalid_argument("langevin.particles must be at least 1 (got 0)");
  if (!(options.time_limit >= options.step))
    throw std::invalid_argument(fmt::format("langevin.time_limit must be no less than a step of {} (got {})",
                                            options.step, options.time_limit));
  if (options.minibatch == Minibatch::gaussian)
    throw std::invalid_argument("langevin.minibatch of a loss must be with_replacement or without_replacement");
  require_minibatch(options.minibatch, static_cast<std::uint64_t>(escape.loss->samples()), options.batch_size);
  const Index d = escape.loss->dimension();
  if (escape.start.size() != d || escape.low.size() != d || escape.high.size() != d)
    throw std::invalid_argument(fmt::format("start and box of a loss of {0} parameters must have {0} coordinates", d));
  for (Index k = 0; k < d; ++k)
    if (!(escape.start[k] >= escape.low[k] && escape.start[k] <= escape.high[k]))
      throw std::invalid_argument(
          fmt::format("the start lies outside the valley: parameter {} is {:.6g}, not between "
                      "{:.6g} and {:.6g}",
                      k, escape.start[k], escape.low[k], escape.high[k]));
}

}  // namespace

FirstExits loss_exits(const LossEscape& escape, const ParticleOptions& options, const ParticleObserver& observer) {
  require_valid(escape, options);
  const double most = std::floor(options.time_limit / options.step + 1e-9);
  constexpr double longest = 1e18;
  Setting setting{escape, options, static_cast<std::uint64_t>(std::min(most, longest))};
  FirstExits exits;
  exits.time.assign(options.particles, 0.0);
  exits.escaped.assign(options.particles, 0);
  SharedWork work;
  std::uint32_t done = 0, escapes = 0;               // touched in reports alone, as exits.steps is
  constexpr std::uint64_t steps_between_looks = 16;  // at the clock: those of small losses take less time than that
  work.run(omp_get_max_threads(), [&](std::ptrdiff_t) {
    Watch watch(setting);
    Pace pace;
    for (std::uint64_t n = 0; watch.busy() && work.goes_on(); ++n) {
      watch.step(exits);
      if (watch.busy() && (n % steps_between_looks != 0 || !pace.due())) continue;
      work.report([&] {
        done += watch.done_since_asked();
        escapes += watch.escapes_since_asked();
        exits.steps += static_cast<double>(watch.steps_since_asked());
        return !observer || observer(done, escapes, exits.steps * options.step);
      });
    }
    watch.cut_off(exits);
  });
  exits.complete = work.goes_on();
  return exits;
}

}  // namespace valleyflux
