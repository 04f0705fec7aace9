#include "solver/theory/closed_forms.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/valleys/eigen_decomposition.hpp"

#include <fmt/format.h>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace valleyflux {

namespace {

/// Spectra of the two Hessians, checked.
struct Curvatures {
  double log_determinant_ratio;  // log(det H_a / |det H_b|)
  double unstable;               // |H_be|
};

Curvatures curvatures(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  const Eigen::VectorXd valley = symmetric_eigen(a).values;
  const Eigen::VectorXd pass = symmetric_eigen(b).values;
  if (!(valley[0] > 0)) throw std::invalid_argument("the Hessian at the minimum is not positive definite");
  if (!(pass[0] < 0) || (pass.size() > 1 && !(pass[1] > 0)))
    throw std::invalid_argument("the Hessian at the saddle must have exactly one negative eigenvalue");
  return {valley.array().log().sum() - pass.array().abs().log().sum(), -pass[0]};
}

}  // namespace

double log_kramers_rate(const Eigen::MatrixXd& minimum_hessian, const Eigen::MatrixXd& saddle_hessian, double barrier,
                        double diffusion) {
  const Curvatures c = curvatures(minimum_hessian, saddle_hessian);
  return std::log(c.unstable / (2.0 * std::numbers::pi)) + 0.5 * c.log_determinant_ratio - barrier / diffusion;
}

double log_sgd_rate(const Eigen::MatrixXd& minimum_hessian, const Eigen::MatrixXd& saddle_hessian, const EscapeWay& way,
                    double barrier, double eta, double batch_size, double s) {
  const Curvatures c = curvatures(minimum_hessian, saddle_hessian);
  const double along = way.at_minimum.dot(minimum_hessian * way.at_minimum);
  return std::log(c.unstable / (2.0 * std::numbers::pi)) -
         2.0 * batch_size * barrier / eta * (s / along + (1.0 - s) / c.unstable);
}

double log_two_temperature_rate(const Eigen::MatrixXd& minimum_hessian, const Eigen::MatrixXd& saddle_hessian,
                                const Eigen::MatrixXd& minimum_diffusion, const Eigen::MatrixXd& saddle_diffusion,
                                const EscapeWay& way, double barrier, double s) {
  const Curvatures c = curvatures(minimum_hessian, saddle_hessian);
  const auto log_determinant = [](const Eigen::MatrixXd& noise, const char* where) {
    const Eigen::VectorXd values = symmetric_eigen(noise).values;
    if (!(values[0] > 0)) throw std::invalid_argument(fmt::format("the noise is singular at the {}", where));
    return values.array().log().sum();
  };
  const double log_noise_ratio =
      log_determinant(saddle_diffusion, "saddle") - log_determinant(minimum_diffusion, "minimum");
  const double T_a = way.at_minimum.dot(minimum_diffusion * way.at_minimum),
               T_b = way.at_saddle.dot(saddle_diffusion * way.at_saddle);
  return std::log(c.unstable / (2.0 * std::numbers::pi)) + 0.5 * (c.log_determinant_ratio + log_noise_ratio) -
         barrier * (s / T_a + (1.0 - s) / T_b);
}

LaplaceRate laplace_rate(const Dynamics& dynamics, double a, double b) {
  if (dynamics.drift.dimension() != 1) throw std::invalid_argument("the Laplace limit is known on the line alone");
  DiffusionSamples noise;
  Eigen::MatrixXd force, jacobian;
  const auto at = [](double x) { return Eigen::MatrixXd::Constant(1, 1, x); };
  const auto refuse = [](double x) {
    throw std::invalid_argument(
        fmt::format("the noise vanishes at x = {:.6g}: the exponent of the low-noise limit is infinite", x));
  };
  const auto noise_at = [&](double x) {
    dynamics.diffusion->sample(at(x), false, noise);
    const double d = noise.tensor(0, 0);
    if (!(d > 0)) refuse(x);
    return d;
  };
  const auto curvature_at = [&](double x) {
    dynamics.drift.sample(at(x), force, &jacobian);
    return -jacobian(0, 0);
  };
  const double valley = curvature_at(a), top = curvature_at(b);
  if (!(valley > 0)) throw std::invalid_argument("the curvature at the minimum is not positive");
  if (!(top < 0)) throw std::invalid_argument("the curvature at the barrier's top is not negative");
  // Where D is smallest its slope changes sign: found there to round-off, between the points of any rule.
  const auto slope_at = [&](double x) {
    dynamics.diffusion->sample(at(x), true, noise);
    return noise.gradient(0, 0) * (b - a);
  };
  const auto least_noise_between = [&](double from, double to) {
    if (!(slope_at(from) < 0 && slope_at(to) > 0)) return to;
    const double beside = std::max(noise_at(from), noise_at(to));
    constexpr int halvings = 60;
    double low = from, high = to;
    for (int k = 0; k < halvings; ++k) (slope_at(0.5 * (low + high)) < 0 ? low : high) = 0.5 * (low + high);
    dynamics.diffusion->sample(at(high), false, noise);
    constexpr double round_off = 1e-12, shallow = 0.9;
    if (!(noise.tensor(0, 0) > round_off * beside)) refuse(high);
    return noise.tensor(0, 0) > shallow * beside ? to : high;
  };
  const auto slope_of_exponent = [&](double x) {
    const double d = noise_at(x);
    dynamics.drift.sample(at(x), force);
    return -force(0, 0) / d;
  };
  // Phi(b) - Phi(a) over pieces of the way. Noise that nearly vanishes makes a peak: such a piece is cut there, and its
  // parts are taken by a rule whose points crowd at the ends.
  constexpr int pieces = 256;
  constexpr unsigned deepest = 10;
  constexpr double tolerance = 1e-10;
  boost::math::quadrature::tanh_sinh<double> crowded;
  double exponent = 0.0;
  for (int k = 0; k < pieces; ++k) {
    const double from = a + (b - a) * k / pieces, to = a + (b - a) * (k + 1) / pieces;
    const double middle = least_noise_between(from, to);
    exponent += middle == to ? boost::math::quadrature::gauss_kronrod<double, 15>::integrate(slope_of_exponent, from,
                                                                                             to, deepest, tolerance)
                             : crowded.integrate(slope_of_exponent, from, middle, tolerance) +
                                   crowded.integrate(slope_of_exponent, middle, to, tolerance);
  }
  const double alpha = dynamics.interpretation == Interpretation::ito            ? 0.0
                       : dynamics.interpretation == Interpretation::stratonovich ? 0.5
                                                                                 : 1.0;
  const double log_time = std::log(2.0 * std::numbers::pi) + (0.5 - alpha) * std::log(noise_at(b) / noise_at(a)) -
                          0.5 * std::log(valley * -top) + exponent;
  if (!std::isfinite(log_time)) throw std::invalid_argument("the exponent of the low-noise limit is infinite");
  return {-log_time, exponent};
}

}  // namespace valleyflux
