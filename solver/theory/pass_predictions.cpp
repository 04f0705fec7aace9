#include "solver/theory/pass_predictions.hpp"

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
  std::vector<Prediction> predictions;
  const auto none = [&](const std::string& why) {
    return std::vector<Prediction>{{white ? "theory:kramers" : "theory:two_temperature", std::nullopt, why, {}}};
  };
  std::string over;
  Pass minimum, saddle;
  EscapeWay way;
  try {
    const MinimumEnergyPath path = minimum_energy_path(*dynamics.drift.landscape(), a, b);
    if (!path.top.refined || path.top.index != 1)
      return none("the highest point of the minimum-energy path is no saddle with one unstable direction");
    minimum = pass_at(dynamics, a);
    saddle = pass_at(dynamics, path.top.position);
    way = escape_way(up_to(path.points, path.top.position), minimum.point.hessian, saddle.point.hessian);
    over = fmt::format("transition over ({:.6g}), low-noise limit", fmt::join(path.top.position, ", "));
    const auto passes = std::count_if(path.extrema.begin(), path.extrema.end(),
                                      [](const PathExtremum& extremum) { return extremum.maximum; });
    if (passes > 1) over += fmt::format("; the highest of {} passes on the way (Rule 2 would add their times)", passes);
  } catch (const SolverError& error) {
    return none(error.what());
  } catch (const std::invalid_argument& error) {
    return none(error.what());
  }
  const auto add = [&](const std::string& method, const std::string& what, const Assumptions& assumed, auto rate_of) {
    Prediction prediction{method, std::nullopt, what + over, {}};
    try {
      const PassRate rate = rate_of();
      prediction.log_rate = rate.log_rate;
      prediction.failing =
          failing_assumptions(assumed, dynamics, minimum.point, saddle.point, way, rate.exponent, rate.level);
    } catch (const std::invalid_argument& error) {
      prediction.note = error.what();
    }
    predictions.push_back(std::move(prediction));
  };
  if (options.sgd)
    add("theory:sgd", fmt::format("Theorem 3.2 at s = {}: ", options.s), sgd_assumptions(*options.sgd),
        [&] { return sgd_rate(minimum, saddle, way, *options.sgd, options.s); });
  if (white) {
    add("theory:kramers", "Eq. 44: ", {}, [&] { return kramers_rate(minimum, saddle); });
    return predictions;
  }
  const double s = share_of_change(minimum, saddle, options);
  add("theory:two_temperature", fmt::format("Eq. 83 at s = {:.4g}: ", s), two_temperature_assumptions(options),
      [&] { return two_temperature_rate(minimum, saddle, way, s); });
  return predictions;
}

}  // namespace valleyflux
