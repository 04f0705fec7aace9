#include "solver/particles/surface_watch.hpp"

#include "grids/wide.hpp"
#include "grids/wide_functions.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace valleyflux {

namespace {

constexpr double impossible = 40.0;  // exp(-40) is below the spacing of uniform numbers

/// Which lanes may have come near the surface: a lane's distance at its anchor, less how far it has gone from there (at
/// most the sum over the coordinates), lies within reach. Rows of ParticleBlock::lanes entries.
struct MayBeNear {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(const double* x, const double* anchor, const double* distance, double reach,
                                    int dimension, std::ptrdiff_t count, double* left, std::uint8_t* suspect) {
    for (std::ptrdiff_t p = 0; p < count; ++p) left[p] = distance[p] - std::abs(x[p] - anchor[p]);
    for (int k = 1; k < dimension; ++k) {
      const double* to = x + k * ParticleBlock::lanes;
      const double* from = anchor + k * ParticleBlock::lanes;
      for (std::ptrdiff_t p = 0; p < count; ++p) left[p] -= std::abs(to[p] - from[p]);
    }
    for (std::ptrdiff_t p = 0; p < count; ++p) suspect[p] = left[p] >= reach ? 0 : 1;
  }
};

/// Which lanes may have left: distances before and after the step, whose product decides.
struct MayHaveLeft {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(const double* before, const double* after, double reach, double largest_product,
                                    std::ptrdiff_t count, std::uint8_t* suspect) {
    for (std::ptrdiff_t p = 0; p < count; ++p) {
      const double known = before[p] < reach ? before[p] : reach;
      suspect[p] = static_cast<std::uint8_t>((after[p] < reach) & (known * after[p] <= largest_product));
    }
  }
};

/// exp(-x)
struct Chances {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(double* x, std::ptrdiff_t count) {
    VALLEYFLUX_INDEPENDENT
    for (std::ptrdiff_t p = 0; p < count; ++p) x[p] = wide_exp(-x[p]);
  }
};

/// Calls told(lane) for each lane that is marked.
template <typename Told>
void for_each_marked(const std::uint8_t* marks, Index count, const Told& told) {
  std::uint64_t eight;
  for (Index first = 0; first < count; first += static_cast<Index>(sizeof eight)) {
    std::memcpy(&eight, marks + first, sizeof eight);
    if (eight == 0) continue;
    for (Index lane = first; lane < std::min<Index>(first + sizeof eight, count); ++lane)
      if (marks[lane]) told(lane);
  }
}

}  // namespace

double bridge_reach(double step, double largest) {
  constexpr double standard_deviations = 9.0;
  return standard_deviations * std::sqrt(2.0 * step * largest);
}

SurfaceWatch::SurfaceWatch(const ParticleMover& mover, const ExitSurface& surface)
    : mover_(mover),
      surface_(surface),
      chain_(mover.options().dynamics == ParticleDynamics::sgd),
      anchor_(static_cast<std::size_t>(lanes * mover.dimension()), 0.0),
      away_(mover.dimension() > 1 ? anchor_.size() : 0, 0.0),
      distance_(lanes, 0.0),
      left_(lanes, 0.0) {
  const auto& constant = mover.constant_noise();
  largest_product_ = chain_     ? 0.0
                     : constant ? 0.5 * impossible * constant->squaredNorm()
                                : std::numeric_limits<double>::infinity();
  by_blocks_ = surface.distances(anchor_.data(), left_.data(), nullptr, lanes, lanes);
  std::fill(std::begin(suspect_), std::end(suspect_), std::uint8_t{0});
}

void SurfaceWatch::put(Index lane, const std::vector<double>& x) {
  const auto at = static_cast<std::size_t>(lane);
  for (std::size_t k = 0; k < x.size(); ++k) anchor_[k * lanes + at] = x[k];
  distance_[at] = left_[at] = surface_.distance(x);
}

void SurfaceWatch::copy(Index from, Index to) {
  for (auto* rows : {&anchor_, &away_, &distance_, &left_})
    for (std::size_t row = 0; row < rows->size(); row += lanes)
      (*rows)[row + static_cast<std::size_t>(to)] = (*rows)[row + static_cast<std::size_t>(from)];
}

const std::vector<SurfaceWatch::Exit>& SurfaceWatch::exits(const ParticleBlock& block, Index active, int s) {
  exits_.clear();
  bridges_.clear();
  if (by_blocks_) {
    std::swap(distance_, left_);
    surface_.distances(block.coordinates(), left_.data(), away_.empty() ? nullptr : away_.data(), block.whole_lanes(),
                       lanes);
    run_widest<MayHaveLeft>(distance_.data(), left_.data(), surface_.reach(), largest_product_, active, &suspect_[0]);
    for_each_marked(suspect_, active, [&](Index lane) {
      judge(block, lane, distance_[static_cast<std::size_t>(lane)], left_[static_cast<std::size_t>(lane)]);
    });
  } else {
    run_widest<MayBeNear>(block.coordinates(), anchor_.data(), distance_.data(), surface_.reach(), mover_.dimension(),
                          active, left_.data(), &suspect_[0]);
    // Near lanes are asked after every step; of others it is known that they were beyond the reach before this one.
    for_each_marked(suspect_, active, [&](Index lane) {
      const double before = distance_[static_cast<std::size_t>(lane)];
      block.position(lane, x_);
      put(lane, x_);
      judge(block, lane, before, left_[static_cast<std::size_t>(lane)]);
    });
  }
  if (!bridges_.empty()) draw_touches(block, s);
  return exits_;
}

void SurfaceWatch::judge(const ParticleBlock& block, Index lane, double distance, double after) {
  const double reach = surface_.reach(), before = std::min(distance, reach);
  if (after <= 0.0) {
    exits_.push_back({lane, chain_ ? 1.0 : before / (before - after)});
  } else if (!chain_ && before < reach && after < reach) {
    const double exponent = 2.0 * before * after / block.whole_variance(lane);
    if (exponent <= impossible) bridges_.push_back({lane, before, after, exponent});
  }
}

void SurfaceWatch::draw_touches(const ParticleBlock& block, int s) {
  std::uint32_t particle[lanes];
  std::uint64_t draw[lanes];
  double number[lanes], chance[lanes];
  std::size_t count = 0;
  for (const Bridge& bridge : bridges_) {
    particle[count] = block.particle(bridge.lane);
    draw[count] = block.steps(bridge.lane) + static_cast<std::uint64_t>(s) + 1;
    chance[count++] = bridge.exponent;
  }
  mover_.random().uniforms(RandomStream::crossing, particle, draw, static_cast<Index>(count), number);
  run_widest<Chances>(&chance[0], static_cast<Index>(count));
  for (std::size_t k = 0; k < count; ++k) {
    // In many dimensions the variance along the normal is a small part of the whole: most draws decide without it.
    if (!(number[k] < chance[k])) continue;
    const Bridge& bridge = bridges_[k];
    const double exponent =
        2.0 * bridge.before * bridge.after / block.variance_along(bridge.lane, normal_at(block, bridge.lane));
    if (number[k] < std::exp(-exponent))
      exits_.push_back({bridge.lane, bridge.before / (bridge.before + bridge.after)});
  }
}

const std::vector<double>& SurfaceWatch::normal_at(const ParticleBlock& block, Index lane) {
  if (mover_.dimension() == 1) return normal_ = {1.0};
  if (!by_blocks_) {
    block.position(lane, x_);
    return normal_ = surface_.normal(x_);
  }
  normal_.clear();
  for (std::size_t row = 0; row < away_.size(); row += lanes)
    normal_.push_back(away_[row + static_cast<std::size_t>(lane)]);
  normalise(normal_);
  return normal_;
}

}  // namespace valleyflux
