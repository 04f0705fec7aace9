#include "solver/theory/pass_predictions.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "solver/methods/estimator.hpp"
#include "solver/paths/path.hpp"
#include "solver/paths/string_method.hpp"
#include "solver/solver_error.hpp"
#include "solver/theory/pass_rates.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

Pass pass_at(const Dynamics& dynamics, const Eigen::VectorXd& x) {
  const Eigen::Index d = x.size();
  FieldSamples field;
  dynamics.drift.landscape()->sample(x, 2, field);
  DiffusionSamples noise;
  dynamics.diffusion->sample(x, false, noise);
  return {{x, field.hessian.reshaped(d, d)}, field.value[0], noise.tensor.reshaped(d, d)};
}

/// The part of a path (d x n) before a point on it, ending there.
Eigen::MatrixXd up_to(const Eigen::MatrixXd& path, const Eigen::VectorXd& end) {
  Eigen::Index nearest = 0;
  (path.colwise() - end).colwise().norm().minCoeff(&nearest);
  Eigen::MatrixXd part(path.rows(), nearest + 1);
  part << path.leftCols(nearest), end;
  return evenly_spaced(part, path.cols());
}

}  // namespace

std::vector<Prediction> pass_predictions(const Dynamics& dynamics, const Eigen::VectorXd& a, const Eigen::VectorXd& b,
                                         const TheoryOptions& options) {
  const bool white = dynamics.diffusion->constant() && isotropic_noise(pass_at(dynamics, a).noise);
  std::vector<const Estimator*> suitable;
  for (const Estimator& estimator : estimators())
    if (estimator.closed_form && estimator.closed_form->at_pass && estimator.closed_form->suits_pass(options, white))
      suitable.push_back(&estimator);
  const auto none = [&](const std::string& why) {
    return std::vector<Prediction>{{suitable.back()->method, std::nullopt, why, {}}};
  };
  std::string over;
  PassEscape pass{dynamics, options, {}, {}, {}};
  try {
    const MinimumEnergyPath path = minimum_energy_path(*dynamics.drift.landscape(), a, b);
    if (!path.top.refined || path.top.index != 1)
      return none("the highest point of the minimum-energy path is no saddle with one unstable direction");
    pass.minimum = pass_at(dynamics, a);
    pass.saddle = pass_at(dynamics, path.top.position);
    pass.way = escape_way(up_to(path.points, path.top.position), pass.minimum.point.hessian, pass.saddle.point.hessian);
    over = fmt::format("transition over ({:.6g}), low-noise limit", fmt::join(path.top.position, ", "));
    const auto passes = std::count_if(path.extrema.begin(), path.extrema.end(),
                                      [](const PathExtremum& extremum) { return extremum.maximum; });
    if (passes > 1) over += fmt::format("; the highest of {} passes on the way (Rule 2 would add their times)", passes);
  } catch (const SolverError& error) {
    return none(error.what());
  } catch (const std::invalid_argument& error) {
    return none(error.what());
  }
  std::vector<Prediction> predictions;
  for (const Estimator* estimator : suitable) {
    const PassForm form = estimator->closed_form->at_pass(pass);
    Prediction prediction{estimator->method, std::nullopt, form.name + ": " + over, {}};
    try {
      const PassRate rate = form.rate();
      prediction.log_rate = rate.log_rate;
      prediction.failing = failing_assumptions(form.assumed, dynamics, pass.minimum.point, pass.saddle.point, pass.way,
                                               rate.exponent, rate.level);
    } catch (const std::invalid_argument& error) {
      prediction.note = error.what();
    }
    predictions.push_back(std::move(prediction));
  }
  return predictions;
}

}  // namespace valleyflux
