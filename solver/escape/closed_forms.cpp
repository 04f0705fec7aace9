#include "solver/escape/closed_forms.hpp"

#include "problems/valleys/eigen_decomposition.hpp"

#include <fmt/format.h>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace valleyflux {

namespace {

/// Spectra of the two Hessians, checked.
struct Curvatures {
  double log_determinant_ratio;  // log(det H_a / |det H_b|)
  double unstable;               // |H_be|
  double along;                  // H_ae = e^T H_a e
};

Curvatures curvatures(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  const Eigen::VectorXd valley = symmetric_eigen(a).values;
  const EigenDecomposition at_saddle = symmetric_eigen(b);
  const Eigen::VectorXd& pass = at_saddle.values;
  if (!(valley[0] > 0)) throw std::invalid_argument("the Hessian at the minimum is not positive definite");
  if (!(pass[0] < 0) || (pass.size() > 1 && !(pass[1] > 0)))
    throw std::invalid_argument("the Hessian at the saddle must have exactly one negative eigenvalue");
  const Eigen::VectorXd e = at_saddle.vectors.col(0);
  return {valley.array().log().sum() - pass.array().abs().log().sum(), -pass[0], e.dot(a * e)};
}

}  // namespace

double log_kramers_rate(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b, double barrier, double diffusion) {
  const Curvatures c = curvatures(a, b);
  return std::log(c.unstable / (2.0 * std::numbers::pi)) + 0.5 * c.log_determinant_ratio - barrier / diffusion;
}

double log_sgd_rate(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b, double barrier, double eta, double batch_size,
                    double s) {
  const Curvatures c = curvatures(a, b);
  return std::log(c.unstable / (2.0 * std::numbers::pi)) -
         2.0 * batch_size * barrier / eta * (s / c.along + (1.0 - s) / c.unstable);
}

double log_laplace_rate(const Dynamics& dynamics, double a, double b) {
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
    constexpr double round_off = 1e-12;
    if (!(noise.tensor(0, 0) > round_off * beside)) refuse(high);
    return high;
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
  return -log_time;
}

template <int Dim>
std::vector<ClosedForm> closed_forms(const Problem<Dim>& problem, const std::vector<Passage>& passages, int from,
                                     int to, const std::optional<SgdDiffusionOptions>& sgd, double theorem_s) {
  std::vector<ClosedForm> forms;
  const auto& dynamics = problem.dynamics;
  const auto& minimum = problem.valleys.at(static_cast<std::size_t>(from)).minimum;
  if (!minimum) return forms;

  // On a periodic axis the landscape itself may not be periodic (a tilted washboard): the barrier is that of the
  // saddle's image next to the minimum.
  const auto barrier = [&](const CriticalPoint<Dim>& saddle) {
    FieldSamples at;
    dynamics.drift.landscape()->sample(minimum->position + problem.grid.difference(saddle.position, minimum->position),
                                       0, at);
    return at.value[0] - minimum->height;
  };
  std::vector<std::size_t> saddles;
  for (const Passage& passage : passages)
    if (passage.from == from && (to < 0 || passage.to == to)) saddles.push_back(passage.saddle);

  const auto add = [&](const std::string& method, auto log_rate_of, std::string note) {
    ClosedForm form{method, std::nullopt, std::move(note)};
    if (saddles.empty()) {
      form.note = to < 0 ? "no saddle leads out of the valley" : "no saddle joins the two valleys directly";
    } else if (minimum->degenerate) {
      form.note = "the Hessian at the minimum is singular";
    } else {
      try {
        std::vector<double> logs;
        for (const std::size_t s : saddles) logs.push_back(log_rate_of(problem.critical_points[s]));
        const double highest = *std::max_element(logs.begin(), logs.end());
        double sum = 0.0;
        for (const double log_rate : logs) sum += std::exp(log_rate - highest);
        form.log_rate = highest + std::log(sum) + (to < 0 ? std::numbers::ln2 : 0.0);
        if (saddles.size() > 1) form.note += fmt::format("; rates over {} saddles added", saddles.size());
      } catch (const std::invalid_argument& error) {
        form.note = error.what();
      }
    }
    forms.push_back(std::move(form));
  };
  // Where D is constant that is Kramers' formula.
  if (Dim == 1 && !dynamics.diffusion->constant())
    add(
        "theory:laplace",
        [&](const CriticalPoint<Dim>& saddle) {
          return log_laplace_rate(
              dynamics, minimum->position[0],
              minimum->position[0] + problem.grid.difference(saddle.position, minimum->position)[0]);
        },
        fmt::format("{}, {}, low-noise limit", to < 0 ? "first exit: twice the transition rate" : "transition",
                    name_of(dynamics.interpretation)));
  if (!dynamics.drift.landscape()) return forms;  // no barrier, no formula
  const std::string kind =
      to < 0 ? "first exit: twice the transition rate, low-noise limit" : "transition, low-noise limit";
  if (sgd) {
    std::string note = fmt::format("Theorem 3.2 at s = {}: {}", theorem_s, kind);
    if (sgd->injected > 0) note += "; it knows nothing of the injected noise";
    add(
        "theory:sgd",
        [&](const CriticalPoint<Dim>& saddle) {
          return log_sgd_rate(minimum->hessian, saddle.hessian, barrier(saddle), sgd->eta, sgd->batch_size, theorem_s);
        },
        note);
    return forms;
  }
  if (!dynamics.diffusion->constant()) {
    // An expression may be a constant all the same; the formula asks for the noise at the minimum and at each saddle.
    DiffusionSamples samples;
    Eigen::MatrixXd points(Dim, static_cast<Index>(saddles.size()) + 1);
    points.col(0) = minimum->position;
    for (std::size_t k = 0; k < saddles.size(); ++k)
      points.col(static_cast<Index>(k) + 1) = problem.critical_points[saddles[k]].position;
    dynamics.diffusion->sample(points, true, samples);
    const bool varies = samples.gradient.cwiseAbs().maxCoeff() > 0 ||
                        (samples.tensor.colwise() - samples.tensor.col(0)).cwiseAbs().maxCoeff() > 0;
    if (varies) return forms;
  }
  DiffusionSamples samples;
  dynamics.diffusion->sample(minimum->position, false, samples);
  const Tensor<Dim> tensor = Eigen::Map<const Tensor<Dim>>(samples.tensor.data());
  if (tensor != Tensor<Dim>(tensor(0, 0) * Tensor<Dim>::Identity())) {
    forms.push_back(
        {"theory:kramers", std::nullopt, "the formula is for isotropic noise, D is not a multiple of the identity"});
    return forms;
  }
  add(
      "theory:kramers",
      [&](const CriticalPoint<Dim>& saddle) {
        return log_kramers_rate(minimum->hessian, saddle.hessian, barrier(saddle), tensor(0, 0));
      },
      (Dim == 1 ? "Eq. 34: " : "Eq. 44: ") + kind);
  return forms;
}

template std::vector<ClosedForm> closed_forms(const Problem<1>&, const std::vector<Passage>&, int, int,
                                              const std::optional<SgdDiffusionOptions>&, double);
template std::vector<ClosedForm> closed_forms(const Problem<2>&, const std::vector<Passage>&, int, int,
                                              const std::optional<SgdDiffusionOptions>&, double);

}  // namespace valleyflux
