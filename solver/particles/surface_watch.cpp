#include "solver/particles/surface_watch.hpp"

#include "grids/wide.hpp"

#include <algorithm>
#include <cmath>

namespace valleyflux {

namespace {

/// Whether one of the lanes may have come near the surface: its distance at its anchor, less how far it has gone from
/// there (at most the sum over the coordinates), lies within reach. Rows of
/// ParticleBlock::lanes entries.
struct MayBeNear {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE bool run(const double* x, const double* anchor, const double* distance, double reach,
                                    int dimension, std::ptrdiff_t count, double* left) {
    std::uint64_t near = 0;
    for (std::ptrdiff_t p = 0; p < count; ++p) left[p] = distance[p] - std::abs(x[p] - anchor[p]);
    for (int k = 1; k < dimension; ++k) {
      const double* to = x + k * ParticleBlock::lanes;
      const double* from = anchor + k * ParticleBlock::lanes;
      for (std::ptrdiff_t p = 0; p < count; ++p) left[p] -= std::abs(to[p] - from[p]);
    }
    for (std::ptrdiff_t p = 0; p < count; ++p) near |= left[p] >= reach ? std::uint64_t{0} : std::uint64_t{1};
    return near != 0;
  }
};

}  // namespace

double bridge_reach(double step, double trace) {
  constexpr double standard_deviations = 9.0;
  return standard_deviations * std::sqrt(2.0 * step * trace);
}

SurfaceWatch::SurfaceWatch(const ParticleMover& mover, const ExitSurface& surface) : mover_(mover), surface_(surface) {
  anchor_.resize(static_cast<std::size_t>(lanes * mover.dimension()), 0.0);
  std::fill(std::begin(distance_), std::end(distance_), 0.0);
  away_.resize(anchor_.size());
  by_blocks_ = surface.distances(anchor_.data(), left_, away_.data(), lanes, lanes);
}

void SurfaceWatch::put(Index lane, const std::vector<double>& x) {
  for (std::size_t k = 0; k < x.size(); ++k) anchor_[k * lanes + static_cast<std::size_t>(lane)] = x[k];
  distance_[lane] = left_[lane] = surface_.distance(x);
}

void SurfaceWatch::copy(Index from, Index to) {
  for (auto* rows : {&anchor_, &away_})
    for (Index row = 0; row < mover_.dimension(); ++row)
      (*rows)[static_cast<std::size_t>(row * lanes + to)] = (*rows)[static_cast<std::size_t>(row * lanes + from)];
  distance_[to] = distance_[from];
  left_[to] = left_[from];
}

bool SurfaceWatch::look(const ParticleBlock& block, Index active) {
  if (!by_blocks_)
    return run_wide<MayBeNear>(block.coordinates(), anchor_.data(), &distance_[0], surface_.reach(), mover_.dimension(),
                               active, &left_[0]);
  std::copy_n(left_, active, distance_);
  surface_.distances(block.coordinates(), left_, away_.data(), block.whole_lanes(), lanes);
  return std::any_of(left_, left_ + active, [&](double left) { return !(left >= surface_.reach()); });
}

const std::vector<double>& SurfaceWatch::normal_at(Index lane) {
  if (!by_blocks_) return normal_ = surface_.normal(x_);
  normal_.resize(x_.size());
  for (std::size_t k = 0; k < x_.size(); ++k) normal_[k] = away_[k * lanes + static_cast<std::size_t>(lane)];
  normalise(normal_);
  return normal_;
}

double SurfaceWatch::exit_part(const ParticleBlock& block, Index lane, std::uint64_t draw) {
  const double reach = surface_.reach();
  if (left_[lane] >= reach) return -1.0;
  // Near lanes are asked after every step; of others it is known that they were beyond the reach before this one.
  const double before = std::min(distance_[lane], reach);
  block.position(lane, x_);
  if (!by_blocks_) put(lane, x_);
  const double after = left_[lane];
  const bool chain = mover_.options().dynamics == ParticleDynamics::sgd;
  if (after <= 0.0) return chain ? 1.0 : before / (before - after);
  if (chain || std::max(before, after) >= reach) return -1.0;
  constexpr double impossible = 40.0;  // exp(-40) is below the spacing of uniform numbers
  const double least_exponent = 2.0 * before * after / block.whole_variance(lane);
  if (least_exponent > impossible) return -1.0;
  // In many dimensions the variance along the normal is a small part of the whole: most draws decide without it.
  const double touched = mover_.random().uniform(RandomStream::crossing, block.particle(lane), draw);
  if (!(touched < std::exp(-least_exponent))) return -1.0;
  const double exponent = 2.0 * before * after / block.variance_along(lane, normal_at(lane));
  return touched < std::exp(-exponent) ? before / (before + after) : -1.0;
}

}  // namespace valleyflux
