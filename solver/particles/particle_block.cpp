#include "solver/particles/particle_block.hpp"

#include "grids/wide.hpp"
#include "problems/require_coefficients.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace valleyflux {

namespace {

using Size = std::ptrdiff_t;
constexpr Size stride = ParticleBlock::lanes;

/// One step of all lanes; arrays are rows of `stride` entries.
struct Move {
  int dimension;
  Size lanes;
  double step;
  const double* x;
  const double* drift;
  const double* normal;           // numbers, or the noise itself
  const double* constant_factor;  // d x d by columns, with the root of the step; null: `factor`
  const double* factor;           // d^2 rows, to be multiplied by `root_step`; null: the noise is `normal` itself
  double root_step;
  const double* low;  // d: the box
  const double* high;
  double* next;
};

enum class Noise { constant, varying, ready };

/// Moves the lanes and says whether any of them has left the box (or is not a number). Dim 0: any dimension.
template <int Dim, Noise noise>
struct MoveLoop {
  template <Size>
  static VALLEYFLUX_INLINE bool run(const Move* move) {
    const int d = Dim > 0 ? Dim : move->dimension;
    std::uint64_t outside = 0;
    for (int i = 0; i < d; ++i) {
      if (noise == Noise::ready || i == 0) {
        outside |= add_column<true, true>(*move, i, i);
      } else {
        add_column<true, false>(*move, i, 0);
        for (int j = 1; j < i; ++j) add_column<false, false>(*move, i, j);
        outside |= add_column<false, true>(*move, i, i);
      }
    }
    return outside != 0;
  }

  /// Adds what column j of the noise gives to coordinate i: the first one to the drift; with the last one the step is
  /// made, and not zero comes back if it leads outside.
  template <bool first, bool last>
  static VALLEYFLUX_INLINE std::uint64_t add_column(const Move& move, int i, int j) {
    const double step = move.step, root_step = move.root_step;
    const double* x = move.x + i * stride;
    const double* drift = move.drift + i * stride;
    const double* normal = move.normal + j * stride;
    const double constant = noise == Noise::constant ? move.constant_factor[i + move.dimension * j] : 0.0;
    const double* factor = noise == Noise::varying ? move.factor + (i + move.dimension * j) * stride : nullptr;
    double* next = move.next + i * stride;
    const double low = move.low[i], high = move.high[i];
    std::uint64_t outside = 0;
    VALLEYFLUX_INDEPENDENT
    for (Size p = 0; p < move.lanes; ++p) {
      double way;
      if constexpr (noise == Noise::ready)
        way = fused(step, drift[p], normal[p]);
      else
        way = fused(noise == Noise::constant ? constant : root_step * factor[p], normal[p],
                    first ? step * drift[p] : next[p]);
      if constexpr (last) {
        way = x[p] + way;
        outside |= ((way >= low) & (way < high)) ? std::uint64_t{0} : std::uint64_t{1};
      }
      next[p] = way;
    }
    return outside;
  }
};

template <Noise noise>
bool move_lanes(const Move& move) {
  return move.dimension == 1 ? run_widest<MoveLoop<1, noise>>(&move) : run_widest<MoveLoop<0, noise>>(&move);
}

}  // namespace

void require_step(double step) {
  if (!(step > 0) || !std::isfinite(step))
    throw std::invalid_argument(fmt::format("langevin.step must be positive and finite (got {})", step));
}

ParticleMover::ParticleMover(const ParticleSystem& system, const ParticleOptions& options)
    : system_(system),
      options_(options),
      coefficients_(system.dynamics, options.dynamics == ParticleDynamics::sgd),
      random_(options.seed) {
  require_autonomous(system.dynamics);
  require_step(options.step);
  if (coefficients_.constant_factor()) constant_noise_ = std::sqrt(options.step) * *coefficients_.constant_factor();
  if (options.minibatch != Minibatch::gaussian) {
    const auto& landscape = system.dynamics.drift.landscape();
    terms_ = landscape ? landscape->terms() : nullptr;
    if (!terms_) throw std::invalid_argument("langevin.minibatch needs a landscape that is an average over data");
    if (options.dynamics != ParticleDynamics::sgd)
      throw std::invalid_argument("langevin.minibatch is of the dynamics sgd alone");
    require_minibatch(options.minibatch, static_cast<std::uint64_t>(terms_->rows.cols()), options.batch_size);
  }
  for (const BoxSide& side : system_.box) {
    low_.push_back(side.min);
    high_.push_back(side.max);
  }
}

ParticleBlock::ParticleBlock(const ParticleMover& mover) : mover_(mover), d_(mover.dimension()) {
  // Whole draws of random numbers; several steps where that keeps the noise of a round in the fast cache.
  const int together = normals_per_draw(mover.options().noise);
  constexpr int most_dimensions = 4;
  steps_a_round_ = d_ <= most_dimensions || d_ % 2 != 0 ? 4 : d_ % together == 0 ? 1 : 2;
  draws_a_round_ = steps_a_round_ * d_ / together;
  const auto rows = [&](int count) { return AlignedVector(at(count, 0), 0.0); };
  x_ = next_ = drift_ = rows(d_);
  normal_ = rows(steps_a_round_ * d_);
  const bool varying = !mover.constant_noise();
  if (varying) factor_ = rows(d_ * d_);
  if (mover.options().scheme == ParticleScheme::platen) {
    support_ = other_drift_ = unused_drift_ = noise_ = rows(d_);
    if (varying) other_factor_ = third_factor_ = rows(d_ * d_);
  }
  if (const DataTerms* terms = mover.terms()) {
    noise_ = forces_ = rows(d_);
    arguments_ = rows(terms->force.variables());
    const ParticleOptions& options = mover.options();
    draws_.emplace(options.seed, options.minibatch, static_cast<std::uint64_t>(terms->rows.cols()), options.batch_size);
  }
  std::fill(std::begin(particle_), std::end(particle_), 0u);
  std::fill(std::begin(begun_), std::end(begun_), std::uint64_t{0});
  std::fill(std::begin(first_draw_), std::end(first_draw_), std::uint64_t{0});
}

void ParticleBlock::put(Index lane, std::uint32_t particle, const std::vector<double>& x, std::uint64_t rounds) {
  particle_[lane] = particle;
  begun_[lane] = rounds_ - rounds;
  first_draw_[lane] = -begun_[lane] * static_cast<std::uint64_t>(draws_a_round_);
  set_position(lane, x);
}

void ParticleBlock::copy(Index from, Index to) {
  particle_[to] = particle_[from];
  begun_[to] = begun_[from];
  first_draw_[to] = first_draw_[from];
  for (int k = 0; k < d_; ++k) x_[at(k, to)] = x_[at(k, from)];
}

std::vector<double> ParticleBlock::position(Index lane) const {
  std::vector<double> x;
  position(lane, x);
  return x;
}

void ParticleBlock::position(Index lane, std::vector<double>& x) const {
  x.clear();
  for (int k = 0; k < d_; ++k) x.push_back(x_[at(k, lane)]);
}

void ParticleBlock::set_position(Index lane, const std::vector<double>& x) {
  for (int k = 0; k < d_; ++k) x_[at(k, lane)] = x[static_cast<std::size_t>(k)];
}

void ParticleBlock::begin_round(Index active) {
  active_ = active;
  whole_ = (active + program_block - 1) / program_block * program_block;
  for (Index lane = active; lane < whole_; ++lane) copy(0, lane);
  const NoisePrecision precision = mover_.options().noise;
  const std::uint64_t before = rounds_ * static_cast<std::uint64_t>(draws_a_round_);
  for (int k = 0; k < draws_a_round_; ++k)
    mover_.random().normals(precision, RandomStream::noise, particle_, first_draw_, whole_,
                            normal_.data() + at(k * normals_per_draw(precision), 0), lanes,
                            before + static_cast<std::uint64_t>(k));
}

void ParticleBlock::end_round() {
  ++rounds_;
}

void ParticleBlock::step(int s) {
  if (mover_.terms())
    minibatch(s);
  else if (mover_.options().scheme == ParticleScheme::euler_maruyama)
    euler_maruyama(s);
  else
    platen(s);
}

void ParticleBlock::sample(const AlignedVector& x, AlignedVector& drift, AlignedVector& factor) const {
  mover_.coefficients().sample(x.data(), drift.data(), factor.data(), whole_, lanes);
}

void ParticleBlock::euler_maruyama(int s) {
  sample(x_, drift_, factor_);
  const auto& constant = mover_.constant_noise();
  const double step = mover_.options().step;
  const Move move{d_,
                  whole_,
                  step,
                  x_.data(),
                  drift_.data(),
                  normal(s),
                  constant ? constant->data() : nullptr,
                  constant ? nullptr : factor_.data(),
                  std::sqrt(step),
                  mover_.low(),
                  mover_.high(),
                  next_.data()};
  const bool outside = constant ? move_lanes<Noise::constant>(move) : move_lanes<Noise::varying>(move);
  if (outside || mover_.system().domain) land();
  std::swap(x_, next_);
}

void ParticleBlock::arrive() {
  const Move move{d_,      whole_, mover_.options().step, x_.data(),     drift_.data(), noise_.data(), nullptr,
                  nullptr, 0.0,    mover_.low(),          mover_.high(), next_.data()};
  if (move_lanes<Noise::ready>(move) || mover_.system().domain) land();
  std::swap(x_, next_);
}

void ParticleBlock::minibatch(int s) {
  const DataTerms& terms = *mover_.terms();
  const auto d = static_cast<std::size_t>(d_), columns = static_cast<std::size_t>(terms.rows.rows());
  constexpr auto width = static_cast<std::size_t>(lanes);
  const double weight = 1.0 / mover_.options().batch_size;
  std::fill(drift_.begin(), drift_.end(), 0.0);
  std::size_t filled = 0;
  Index lane_of[lanes];
  const auto evaluate = [&] {
    if (filled == 0) return;
    for (std::size_t k = 0; k < d + columns; ++k)  // to whole blocks, by copies of the last pair
      std::fill_n(arguments_.begin() + static_cast<std::ptrdiff_t>(k * width + filled), width - filled,
                  arguments_[k * width + filled - 1]);
    terms.force.run(arguments_.data(), forces_.data(), lanes, lanes);
    for (std::size_t k = 0; k < d; ++k)
      for (std::size_t n = 0; n < filled; ++n)
        drift_[at(static_cast<int>(k), lane_of[n])] += weight * forces_[k * width + n];
    filled = 0;
  };
  for (Index lane = 0; lane < active_; ++lane) {
    const std::uint64_t n = steps(lane) + static_cast<std::uint64_t>(s);
    for (const std::uint32_t row : draws_->draw(particle_[lane], n)) {
      for (std::size_t k = 0; k < d; ++k) arguments_[k * width + filled] = x_[at(static_cast<int>(k), lane)];
      for (std::size_t k = 0; k < columns; ++k)
        arguments_[(d + k) * width + filled] = terms.rows(static_cast<Index>(k), row);
      lane_of[filled] = lane;
      if (++filled == width) evaluate();
    }
  }
  evaluate();
  arrive();
}

void ParticleBlock::platen(int s) {
  const double step = mover_.options().step, root = std::sqrt(step);
  const auto& constant = mover_.constant_noise();
  sample(x_, drift_, factor_);
  for (int i = 0; i < d_; ++i)
    for (Index p = 0; p < whole_; ++p) {
      double sum = 0.0;
      for (int j = 0; j <= i; ++j) {
        const double number = normal(s)[at(j, p)];
        sum += constant ? (*constant)(i, j) * number : factor_[at(i + d_ * j, p)] * (root * number);
      }
      noise_[at(i, p)] = sum;
      support_[at(i, p)] = folded(i, x_[at(i, p)] + step * drift_[at(i, p)] + sum);
    }
  sample(support_, other_drift_, other_factor_);
  if (!constant) correct_noise(s);
  for (std::size_t n = 0; n < drift_.size(); ++n) drift_[n] = 0.5 * (drift_[n] + other_drift_[n]);
  arrive();
}

void ParticleBlock::correct_noise(int s) {
  const double step = mover_.options().step, root = std::sqrt(step);
  const auto entry = [this](int i, int j, Index p) { return at(i + d_ * j, p); };
  const auto increment = [&](int j, Index p) { return root * normal(s)[at(j, p)]; };
  // Noise columns at points off the path: along the drift and column r for column r itself, along column r alone for
  // the other ones.
  const auto sample_at = [&](double drift_part, int r, double sign, AlignedVector& factor) {
    for (int i = 0; i < d_; ++i)
      for (Index p = 0; p < whole_; ++p) {
        const double along = i >= r ? factor_[entry(i, r, p)] : 0.0;
        support_[at(i, p)] = folded(i, x_[at(i, p)] + drift_part * drift_[at(i, p)] + sign * root * along);
      }
    sample(support_, unused_drift_, factor);
  };
  for (int r = 0; r < d_; ++r) {
    sample_at(step, r, 1.0, other_factor_);
    sample_at(step, r, -1.0, third_factor_);
    for (int i = r; i < d_; ++i)
      for (Index p = 0; p < whole_; ++p) {
        const double w = increment(r, p), plus = other_factor_[entry(i, r, p)], minus = third_factor_[entry(i, r, p)];
        noise_[at(i, p)] +=
            0.25 * ((plus + minus - 2.0 * factor_[entry(i, r, p)]) * w + (plus - minus) * (w * w - step) / root);
      }
    if (d_ == 1) continue;
    sample_at(0.0, r, 1.0, other_factor_);
    sample_at(0.0, r, -1.0, third_factor_);
    for (int j = 0; j < d_; ++j) {
      if (j == r) continue;
      for (Index p = 0; p < whole_; ++p) {
        const double w = increment(j, p), v = step * sign_of_pair(r, j, p, s);
        for (int i = j; i < d_; ++i) {
          const double plus = other_factor_[entry(i, j, p)], minus = third_factor_[entry(i, j, p)];
          noise_[at(i, p)] += 0.25 * ((plus + minus - 2.0 * factor_[entry(i, j, p)]) * w +
                                      (plus - minus) * (w * increment(r, p) + v) / root);
        }
      }
    }
  }
}

double ParticleBlock::sign_of_pair(int r, int j, Index lane, int s) const {
  const int low = std::min(r, j), high = std::max(r, j), number = high * (high - 1) / 2 + low;
  constexpr int signs_a_draw = 128;
  const auto draws = static_cast<std::uint64_t>(d_ * (d_ - 1) / 2 / signs_a_draw) + 1;
  const std::uint64_t n = steps(lane) + static_cast<std::uint64_t>(s);
  const auto bits = mover_.random().bits(RandomStream::sign, particle_[lane],
                                         n * draws + static_cast<std::uint64_t>(number / signs_a_draw));
  const int bit = number % signs_a_draw;
  const bool positive = (bit < 64 ? bits.low >> bit : bits.high >> (bit - 64)) & 1u;
  return positive == (j < r) ? 1.0 : -1.0;
}

double ParticleBlock::folded(int k, double x) const {
  const BoxSide& side = mover_.system().box[static_cast<std::size_t>(k)];
  if (x >= side.min && x < side.max) return x;
  if (side.periodic()) {
    const double length = side.max - side.min;
    return x < side.min ? x + length : x - length;
  }
  if (x < side.min) return side.lower == Boundary::reflecting ? 2.0 * side.min - x : side.min;
  if (x >= side.max) return side.upper == Boundary::reflecting ? 2.0 * side.max - x : side.max;
  return x;
}

void ParticleBlock::land() {
  for (int k = 0; k < d_; ++k) {
    const BoxSide& side = mover_.system().box[static_cast<std::size_t>(k)];
    for (Index lane = 0; lane < active_; ++lane) {
      double& to = next_[at(k, lane)];
      if (to >= side.min && to < side.max) continue;
      if (!(std::abs(to - x_[at(k, lane)]) < side.max - side.min)) fail(lane);
      // What has crossed an absorbing wall stays beyond it, where the exit is found.
      const bool absorbed = to < side.min ? side.lower == Boundary::absorbing : side.upper == Boundary::absorbing;
      if (!absorbed) to = folded(k, to);
    }
  }
  const auto& domain = mover_.system().domain;
  if (!domain) return;
  std::vector<double> place(static_cast<std::size_t>(d_));
  for (Index lane = 0; lane < active_; ++lane) {
    for (int k = 0; k < d_; ++k) place[static_cast<std::size_t>(k)] = next_[at(k, lane)];
    if (domain(place)) continue;
    for (int k = 0; k < d_; ++k) next_[at(k, lane)] = x_[at(k, lane)];
  }
}

void ParticleBlock::fail(Index lane) const {
  throw SolverError(
      fmt::format("langevin.step = {:.3g} is too large: a particle at {} is thrown out of the box; {:.2g} should do",
                  mover_.options().step, named_coordinates(mover_.system(), position(lane)),
                  std::min(mover_.system().safe_step, 0.5 * mover_.options().step)));
}

double ParticleBlock::whole_variance(Index lane) const {
  if (const auto& constant = mover_.constant_noise()) return constant->squaredNorm();
  double variance = 0.0;
  for (int entry = 0; entry < d_ * d_; ++entry) variance += factor_[at(entry, lane)] * factor_[at(entry, lane)];
  return variance * mover_.options().step;
}

double ParticleBlock::variance_along(Index lane, const std::vector<double>& normal) const {
  const auto& constant = mover_.constant_noise();
  double variance = 0.0;
  for (int j = 0; j < d_; ++j) {
    double sum = 0.0;
    for (int i = j; i < d_; ++i)
      sum += (constant ? (*constant)(i, j) : factor_[at(i + d_ * j, lane)]) * normal[static_cast<std::size_t>(i)];
    variance += sum * sum;
  }
  return constant ? variance : variance * mover_.options().step;
}

}  // namespace valleyflux
