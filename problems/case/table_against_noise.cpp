#include "problems/case/table_against_noise.hpp"

#include "problems/case/case_reader.hpp"
#include "problems/dynamics/diffusion_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace valleyflux {

namespace {

double noise_on_lattice(const Dynamics& dynamics, const LandscapeDomain& domain) {
  if (const auto& mobility = dynamics.drift.mobility()) return mobility->kT;
  constexpr Index along = 32;
  const auto dimension = static_cast<Index>(domain.axes.size());
  Eigen::MatrixXd points(dimension, dimension == 2 ? along * along : along);
  for (Index p = 0; p < points.cols(); ++p)
    for (Index k = 0, place = p; k < dimension; ++k, place /= along) {
      const LandscapeDomain::Side& side = domain.axes[static_cast<std::size_t>(k)];
      points(k, p) = side.min + (static_cast<double>(place % along) + 0.5) / along * (side.max - side.min);
    }
  DiffusionSamples noise;
  dynamics.diffusion->sample(points, false, noise);
  double level = 0.0;
  for (Index p = 0; p < points.cols(); ++p)
    level = std::max(level, noise.tensor.col(p).reshaped(dimension, dimension).trace() / dimension);
  return level;
}

}  // namespace

void require_above_round_off(const Dynamics& dynamics, const LandscapeDomain& domain,
                             const TabulatedLandscape::Largest& largest, const std::string& place) {
  const double last_digit = std::numeric_limits<double>::epsilon() * largest.size,
               noise = noise_on_lattice(dynamics, domain);
  if (!(noise > 0.0) || last_digit <= noise) return;
  throw CaseError(fmt::format(
      "{}: error: {} is beyond reason: its last digit, about {:.2g}, is above the noise level, {:.6g}; landscape.scale "
      "puts values into the unit of the noise, landscape.clip_above bends over what does not matter",
      place, largest.said, last_digit, noise));
}

std::optional<std::string> doubt_of_zero(const DiffusionModel& diffusion, const TableFunction& entry) {
  const auto& zero = entry.zero();
  if (!zero) return std::nullopt;
  DiffusionSamples noise;
  diffusion.sample(zero->point, false, noise);
  const auto dimension = zero->point.size();
  if ((noise.tensor.col(0).reshaped(dimension, dimension).diagonal().array() != 0.0).all()) return std::nullopt;
  return zero->said + ": the noise vanishes there";
}

}  // namespace valleyflux
