#pragma once

#include "solver/theory/assumptions.hpp"
#include "solver/theory/predictions.hpp"

#include <Eigen/Core>

#include <optional>

namespace valleyflux {

/// A minimum or a saddle of a landscape with its height and the noise there, in any dimension.
struct Pass {
  PassPoint point;
  double height;
  Eigen::MatrixXd noise;
};

/// What a closed form says of the way from one such point over another.
struct PassRate {
  double log_rate;
  double exponent;     // what the formula raises e to
  double level = 0.0;  // height at which the noise may change
};

/// Eq. 44 (isotropic noise), Eq. 84 and Eq. 83, see closed_forms.hpp, which they throw like.
PassRate kramers_rate(const Pass& minimum, const Pass& saddle);
PassRate sgd_rate(const Pass& minimum, const Pass& saddle, const EscapeWay& way, const SgdDiffusionOptions& sgd,
                  double s);
PassRate two_temperature_rate(const Pass& minimum, const Pass& saddle, const EscapeWay& way, double s);

/// What the latter two take for granted.
Assumptions sgd_assumptions(const SgdDiffusionOptions& sgd);
Assumptions two_temperature_assumptions(const TheoryOptions& options);

/// The share s of the barrier at which the noise of two temperatures changes, 0 to 1; options.s for other noise.
double share_of_change(const Pass& minimum, const Pass& saddle, const TheoryOptions& options);

/// The strength of noise that is a multiple of the identity; nothing for other noise.
std::optional<double> isotropic_noise(const Eigen::MatrixXd& noise);

}  // namespace valleyflux
