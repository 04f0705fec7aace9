#include "solver/theory/pass_rates.hpp"

#include "problems/dynamics/sgd_diffusion.hpp"
#include "solver/theory/closed_forms.hpp"

#include <algorithm>

namespace valleyflux {

namespace {

/// A formula's rate at the barrier; its exponent is what a barrier of no height would add.
template <class LogRateOf>
PassRate rate_over(const Pass& minimum, const Pass& saddle, double s, LogRateOf log_rate_of) {
  const double barrier = saddle.height - minimum.height, log_rate = log_rate_of(barrier);
  return {log_rate, log_rate_of(0.0) - log_rate, minimum.height + s * barrier};
}

}  // namespace

PassRate kramers_rate(const Pass& minimum, const Pass& saddle) {
  const double barrier = saddle.height - minimum.height, noise = minimum.noise(0, 0);
  return {log_kramers_rate(minimum.point.hessian, saddle.point.hessian, barrier, noise), barrier / noise};
}

PassRate sgd_rate(const Pass& minimum, const Pass& saddle, const EscapeWay& way, const SgdDiffusionOptions& sgd,
                  double s) {
  return rate_over(minimum, saddle, s, [&](double barrier) {
    return log_sgd_rate(minimum.point.hessian, saddle.point.hessian, way, barrier, sgd.eta, sgd.batch_size, s);
  });
}

PassRate two_temperature_rate(const Pass& minimum, const Pass& saddle, const EscapeWay& way, double s) {
  return rate_over(minimum, saddle, s, [&](double barrier) {
    return log_two_temperature_rate(minimum.point.hessian, saddle.point.hessian, minimum.noise, saddle.noise, way,
                                    barrier, s);
  });
}

Assumptions sgd_assumptions(const SgdDiffusionOptions& sgd) {
  return {.flat_noise = true, .two_levels = true, .aligned_exit = true, .isothermal = true, .hessian_noise = sgd};
}

Assumptions two_temperature_assumptions(const TheoryOptions& options) {
  return {.flat_noise = true,
          .two_levels = !options.two_temperature,
          .aligned_noise = true,
          .aligned_exit = true,
          .isothermal = true};
}

double share_of_change(const Pass& minimum, const Pass& saddle, const TheoryOptions& options) {
  if (!options.two_temperature) return options.s;
  return std::clamp((options.two_temperature->height - minimum.height) / (saddle.height - minimum.height), 0.0, 1.0);
}

std::optional<double> isotropic_noise(const Eigen::MatrixXd& noise) {
  const bool isotropic = noise == noise(0, 0) * Eigen::MatrixXd::Identity(noise.rows(), noise.cols());
  return isotropic ? std::optional(noise(0, 0)) : std::nullopt;
}

}  // namespace valleyflux
