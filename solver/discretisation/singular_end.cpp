#include "solver/discretisation/singular_end.hpp"

#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <cmath>

namespace valleyflux {

PanelSample SingularEnd::samples(double far, double near) const {
  const Collocation& rule = collocation();
  PanelSample at;
  for (int q = 0; q < Collocation::order; ++q) {
    const double y = far + (near - far) * rule.nodes[q];
    const Collocation::Nodes values = Collocation::polynomials(y / reach);
    at.slope[q] = (log_slope * values).sum() * std::pow(y, slope_power) * (near - far) / y;
    at.log_noise[q] = (log_noise * values).sum() + power * std::log(y);
  }
  at.roughness = roughness(at.slope, at.log_noise);
  return at;
}

double SingularEnd::limit_slope() const {
  return slope_power > 0.0 ? 0.0 : (log_slope * Collocation::polynomials(0.0)).sum();
}

double SingularEnd::log_noise_at(double y) const {
  return (log_noise * Collocation::polynomials(y / reach)).sum() + power * std::log(y);
}

void fail_at_powers(double zero) {
  throw SolverError(
      fmt::format("near x = {:.8g}, where the noise vanishes, drift and noise follow no single powers of the distance: "
                  "their integrals are not known there",
                  zero));
}

std::optional<SingularEnd> singular_end(const PanelSampler& sampler, double wall, double side, double reach,
                                        const FitsSamples& fits) {
  const Collocation& rule = collocation();
  constexpr int halvings = 40;
  // Closer to the wall round-off of the coefficients grows, that of a spline's second derivatives first of all: where
  // nothing smoother is found, the smoothest is as smooth as they are known.
  constexpr double round_off = 1e-7;
  std::optional<SingularEnd> smoothest;
  bool misfit = false;
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
    SingularEnd found{reach, power, 0.0, (rule.legendre * log_slope.matrix()).array(),
                      (rule.legendre * log_noise.matrix()).array()};
    misfit = !fits(found, rough);
    if (misfit) continue;
    least = rough;
    smoothest = found;
    if (rough <= smooth_tail) break;
  }
  if (!smoothest && misfit) fail_at_powers(wall);
  return smoothest;
}

std::optional<SingularEnd> passable_end(const PanelSampler& sampler, double zero, double side, double reach,
                                        const FitsSamples& fits) {
  const Collocation& rule = collocation();
  constexpr int halvings = 40, rough_terms = 2;
  constexpr double round_off = 1e-7, least_power = 0.02, most_power = 0.995;
  std::optional<SingularEnd> smoothest;
  bool misfit = false;
  double least = round_off;
  for (int k = 0; k < halvings; ++k, reach *= 0.5) {
    const PanelSample at = sampler.one(zero, zero + side * reach, 0.0);
    if (!at.slope.allFinite() || !at.log_noise.allFinite()) break;
    const Collocation::Nodes log_y = (reach * rule.nodes).log();
    // The power is that of the roughest terms: the other factor of D is smooth.
    const auto rough_part = [&](const Collocation::Nodes& values) {
      return Eigen::Array<double, rough_terms, 1>((rule.legendre.bottomRows<rough_terms>() * values.matrix()).array());
    };
    const Eigen::Array<double, rough_terms, 1> of_power = rough_part(log_y);
    const double power = (rough_part(at.log_noise) * of_power).sum() / of_power.square().sum();
    if (!(power > least_power && power < most_power)) continue;
    const Collocation::Nodes log_noise = at.log_noise - power * log_y;
    for (const double slope_power : {1.0 - power, 0.0}) {
      const Collocation::Nodes log_slope = at.slope * rule.nodes * (-slope_power * log_y).exp();
      const double rough = roughness(log_slope, log_noise);
      if (!(rough < least)) continue;
      SingularEnd found{reach, power, slope_power, (rule.legendre * log_slope.matrix()).array(),
                        (rule.legendre * log_noise.matrix()).array()};
      misfit = !fits(found, rough);
      if (misfit) continue;
      least = rough;
      smoothest = found;
    }
    if (least <= smooth_tail) break;
  }
  if (!smoothest && misfit) fail_at_powers(zero);
  return smoothest;
}

}  // namespace valleyflux
