#pragma once

#include "solver/discretisation/panel_sampler.hpp"

#include <functional>
#include <optional>

namespace valleyflux {

/// What drift and noise come to towards a wall at which D vanishes: y^-slope_power y dPhi/dy and log D - power log y as
/// series in y.
struct SingularEnd {
  double reach;  // distance from the wall that the series hold for
  double power;
  double slope_power;                       // 0, or 1 - power where F does not vanish with D
  Collocation::Nodes log_slope, log_noise;  // coefficients of shifted Legendre polynomials of y / reach

  /// Panel from distance `far` to `near` of the wall, going to it.
  PanelSample samples(double far, double near) const;
  double limit_slope() const;
  double log_noise_at(double y) const;
};

/// Whether what series say is what there is, closer to the wall than their nodes as well. roughness: what they leave
/// out.
using FitsSamples = std::function<bool(const SingularEnd&, double roughness)>;

/// Throws SolverError: near a zero of the noise no single power is followed.
[[noreturn]] void fail_at_powers(double zero);

/// side: +1 for a wall below, -1 for one above. reach: how far from the wall the coefficients may be asked for. Nothing
/// where they follow no such powers. Throws SolverError where they seem to, but closer to the wall never fit.
std::optional<SingularEnd> singular_end(const PanelSampler& sampler, double wall, double side, double reach,
                                        const FitsSamples& fits);

/// The same where D goes like a power below 1 of the distance, such as |x - a|^(1/2): 1 / D and the densities of scale
/// and speed are integrable then, and what comes there passes.
std::optional<SingularEnd> passable_end(const PanelSampler& sampler, double zero, double side, double reach,
                                        const FitsSamples& fits);

}  // namespace valleyflux
