#include "solver/discretisation/singular_end.hpp"

#include <cmath>

namespace valleyflux {

PanelSample SingularEnd::samples(double far, double near) const {
  const Collocation& rule = collocation();
  PanelSample at;
  for (int q = 0; q < Collocation::order; ++q) {
    const double y = far + (near - far) * rule.nodes[q];
    const Collocation::Nodes values = Collocation::polynomials(y / reach);
    at.slope[q] = (log_slope * values).sum() * (near - far) / y;
    at.log_noise[q] = (log_noise * values).sum() + power * std::log(y);
  }
  return at;
}

double SingularEnd::limit_slope() const {
  return (log_slope * Collocation::polynomials(0.0)).sum();
}

double SingularEnd::log_noise_at(double y) const {
  return (log_noise * Collocation::polynomials(y / reach)).sum() + power * std::log(y);
}

std::optional<SingularEnd> singular_end(const PanelSampler& sampler, double wall, double side, double reach) {
  const Collocation& rule = collocation();
  constexpr int halvings = 40;
  // Closer to the wall round-off of the coefficients grows, that of a spline's second derivatives first of all: where
  // nothing smoother is found, the smoothest is as smooth as they are known.
  constexpr double round_off = 1e-7;
  std::optional<SingularEnd> smoothest;
  double least = round_off;
  for (int k = 0; k < halvings; ++k, reach *= 0.5) {
    const PanelSample at = sampler.one(wall, wall + side * reach, 0.0);
    if (!at.slope.allFinite() || !at.log_noise.allFinite()) break;
    const Collocation::Nodes y = reach * rule.nodes;
    const Collocation::Nodes log_slope = at.slope * rule.nodes;  // y dPhi/dy
    // The power with which D vanishes, from the two innermost nodes.
    const double power = std::round((at.log_noise[1] - at.log_noise[0]) / std::log(y[1] / y[0]));
    if (!(power >= 1 && power <= 2)) continue;
    const Collocation::Nodes log_noise = at.log_noise - power * y.log();
    const double rough = roughness(log_slope, log_noise);
    if (!(rough < least)) continue;
    least = rough;
    smoothest = SingularEnd{reach, static_cast<int>(power), (rule.legendre * log_slope.matrix()).array(),
                            (rule.legendre * log_noise.matrix()).array()};
    if (rough <= smooth_tail) break;
  }
  return smoothest;
}

}  // namespace valleyflux
