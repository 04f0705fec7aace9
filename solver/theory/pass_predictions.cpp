#include "solver/theory/pass_predictions.hpp"

#include "solver/paths/string_method.hpp"
#include "solver/solver_error.hpp"
#include "solver/theory/assumptions.hpp"
#include "solver/theory/closed_forms.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

/// A critical point with its height and the noise there.
struct Pass {
  PassPoint point;
  double height;
  Eigen::MatrixXd noise;
};

Pass pass_at(const Dynamics& dynamics, const Eigen::VectorXd& x) {
  const Eigen::Index d = x.size();
  FieldSamples field;
  dynamics.drift.landscape()->sample(x, 2, field);
  DiffusionSamples noise;
  dynamics.diffusion->sample(x, false, noise);
  return {{x, field.hessian.reshaped(d, d)}, field.value[0], noise.tensor.reshaped(d, d)};
}

bool isotropic(const Eigen::MatrixXd& noise) {
  return noise == noise(0, 0) * Eigen::MatrixXd::Identity(noise.rows(), noise.cols());
}

}  // namespace

std::vector<Prediction> pass_predictions(const Dynamics& dynamics, const Eigen::VectorXd& a, const Eigen::VectorXd& b,
                                         const TheoryOptions& options) {
  const bool white = dynamics.diffusion->constant() && isotropic(pass_at(dynamics, a).noise);
  std::vector<Prediction> predictions;
  const auto none = [&](const std::string& why) {
    return std::vector<Prediction>{{white ? "theory:kramers" : "theory:two_temperature", std::nullopt, why, {}}};
  };
  std::string over;
  Pass minimum, saddle;
  try {
    const MinimumEnergyPath path = minimum_energy_path(*dynamics.drift.landscape(), a, b);
    if (!path.top.refined || path.top.index != 1)
      return none("the highest point of the minimum-energy path is no saddle with one unstable direction");
    minimum = pass_at(dynamics, a);
    saddle = pass_at(dynamics, path.top.position);
    over = fmt::format("transition over ({:.6g}), low-noise limit", fmt::join(path.top.position, ", "));
    const auto passes = std::count_if(path.extrema.begin(), path.extrema.end(),
                                      [](const PathExtremum& extremum) { return extremum.maximum; });
    if (passes > 1) over += fmt::format("; the highest of {} passes on the way (Rule 2 would add their times)", passes);
  } catch (const SolverError& error) {
    return none(error.what());
  } catch (const std::invalid_argument& error) {
    return none(error.what());
  }
  const double barrier = saddle.height - minimum.height;
  const auto add = [&](const std::string& method, const std::string& what, const Assumptions& assumed, double s,
                       auto log_rate_of) {
    Prediction prediction{method, std::nullopt, what + over, {}};
    try {
      prediction.log_rate = log_rate_of(barrier);
      prediction.failing = failing_assumptions(assumed, dynamics, minimum.point, saddle.point,
                                               log_rate_of(0.0) - *prediction.log_rate, minimum.height + s * barrier);
    } catch (const std::invalid_argument& error) {
      prediction.note = error.what();
    }
    predictions.push_back(std::move(prediction));
  };
  Assumptions of_theorem{.flat_noise = true, .two_levels = true, .aligned_exit = true, .isothermal = true};
  if (options.sgd)
    add("theory:sgd", fmt::format("Theorem 3.2 at s = {}: ", options.s), of_theorem, options.s, [&](double height) {
      return log_sgd_rate(minimum.point.hessian, saddle.point.hessian, height, options.sgd->eta,
                          options.sgd->batch_size, options.s);
    });
  if (white) {
    add("theory:kramers", "Eq. 44: ", {}, 0.0, [&](double height) {
      return log_kramers_rate(minimum.point.hessian, saddle.point.hessian, height, minimum.noise(0, 0));
    });
    return predictions;
  }
  const double s = options.two_temperature
                       ? std::clamp((options.two_temperature->height - minimum.height) / barrier, 0.0, 1.0)
                       : options.s;
  of_theorem.two_levels = !options.two_temperature;
  of_theorem.aligned_noise = true;
  add("theory:two_temperature", fmt::format("Eq. 83 at s = {:.4g}: ", s), of_theorem, s, [&](double height) {
    return log_two_temperature_rate(minimum.point.hessian, saddle.point.hessian, minimum.noise, saddle.noise, height,
                                    s);
  });
  return predictions;
}

}  // namespace valleyflux
