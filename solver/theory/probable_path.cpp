#include "solver/theory/probable_path.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "solver/paths/path.hpp"
#include "solver/paths/string_method.hpp"
#include "solver/solver_error.hpp"
#include "solver/theory/pass_rates.hpp"

#include <algorithm>
#include <stdexcept>

namespace valleyflux {

namespace {

constexpr Index shown_points = 257;

/// The strength of the noise where it is white.
std::optional<double> white_noise(const Dynamics& dynamics, const Point<2>& x) {
  if (!dynamics.diffusion->constant()) return std::nullopt;
  DiffusionSamples noise;
  dynamics.diffusion->sample(x, false, noise);
  return isotropic_noise(noise.tensor.reshaped(2, 2));
}

void add_note(PathResult& result, const std::string& note) {
  if (!result.note.empty()) result.note += "; ";
  result.note += note;
}

Eigen::MatrixXd joined(const Eigen::MatrixXd& up, const Eigen::MatrixXd& down) {
  Eigen::MatrixXd whole(up.rows(), up.cols() + down.cols() - 1);
  whole << up, down.rightCols(down.cols() - 1);
  return whole;
}

}  // namespace

PathResult probable_path(const Problem<2>& problem, const Passage& passage, SaddleLimits<2>& limits) {
  const auto& from = problem.valleys.at(static_cast<std::size_t>(passage.from));
  const auto& to = problem.valleys.at(static_cast<std::size_t>(passage.to));
  const Dynamics& dynamics = problem.dynamics;
  PathResult result;
  result.from = from.name;
  result.to = to.name;
  // Images of both ends next to the minimum, where axes wrap.
  const Point<2> start = from.minimum->position;
  const Point<2> saddle = start + problem.grid.difference(problem.critical_points.at(passage.saddle).position, start);
  const Point<2> end = saddle + problem.grid.difference(to.minimum->position, saddle);
  result.saddle.assign(saddle.data(), saddle.data() + 2);
  const auto noise = white_noise(dynamics, start);
  result.method = noise && dynamics.drift.landscape() ? "string" : "minimum_action";
  try {
    if (result.method == "string") {
      StringOptions options;
      // To begin with, straight lines will do.
      const Eigen::MatrixXd down = relaxation_path(dynamics, end, saddle).rowwise().reverse();
      options.path = evenly_spaced(joined(relaxation_path(dynamics, start, saddle), down), options.images);
      const MinimumEnergyPath path = minimum_energy_path(*dynamics.drift.landscape(), start, end, options);
      result.points = evenly_spaced(path.points, shown_points);
      result.exponent = path.barrier / *noise;
      result.error = path.barrier_error / *noise;
      FieldSamples heights;
      dynamics.drift.landscape()->sample(result.points, 0, heights);
      // What has been climbed so far.
      result.action = Eigen::VectorXd::Zero(shown_points);
      for (Index k = 1; k < shown_points; ++k)
        result.action[k] = result.action[k - 1] + std::max(heights.value[k] - heights.value[k - 1], 0.0) / *noise;
      if (path.extrema.size() > 1)
        add_note(result, "it passes more than one critical point: the exponent is that of the highest");
    } else {
      const SaddleLimit& limit = limits.of(passage.from, passage.saddle);
      result.exponent = limit.exponent;
      result.error = limit.error;
      if (limit.paths.empty()) throw SolverError(limit.failure);
      const ActionPath& path = limit.paths.front();
      Eigen::MatrixXd down = saddle;
      if (const auto relaxation = relaxation_between(dynamics, end, saddle))
        down = relaxation->rowwise().reverse();
      else
        add_note(result, "it is known up to the saddle, which relaxes into another minimum, one that was merged");
      result.points = joined(path.points, down);
      const double top = path.exponent;
      Eigen::VectorXd action = Eigen::VectorXd::Constant(result.points.cols(), top);
      action.head(path.action.size()) = path.action;
      const Eigen::VectorXd length = cumulative_lengths(result.points);
      result.points = evenly_spaced(result.points, shown_points);
      result.action.resize(shown_points);
      Index at = 0;
      for (Index k = 0; k < shown_points; ++k) {
        const double wanted = length[length.size() - 1] * static_cast<double>(k) / (shown_points - 1);
        while (at + 2 < length.size() && length[at + 1] < wanted) ++at;
        const double share = std::clamp((wanted - length[at]) / (length[at + 1] - length[at]), 0.0, 1.0);
        result.action[k] = action[at] + share * (action[at + 1] - action[at]);
      }
      if (limit.paths.size() > 1) add_note(result, "there are two equal paths: their rates add");
      if (!limit.failure.empty()) add_note(result, limit.failure);
    }
  } catch (const std::invalid_argument& error) {
    add_note(result, error.what());
  } catch (const SolverError& error) {
    add_note(result, error.what());
  }
  return result;
}

}  // namespace valleyflux
