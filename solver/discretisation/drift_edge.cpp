#include "solver/discretisation/drift_edge.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <cmath>

namespace valleyflux {

namespace {

bool without_noise(const Dynamics& dynamics, double x, double time) {
  DiffusionSamples noise;
  dynamics.diffusion->sample(Eigen::MatrixXd::Constant(1, 1, x), false, noise, time);
  constexpr double none = 1e-200;
  return noise.tensor(0, 0) <= none;
}

Eigen::ArrayXd drift_at(const Dynamics& dynamics, const Eigen::ArrayXd& places, double time) {
  Eigen::MatrixXd force;
  dynamics.drift.sample(places.matrix().transpose(), force, nullptr, time);
  return force.row(0).transpose().array();
}

/// The drift at the border as it is in the stretch, up to its other end; that of the side beside may be another.
double drift_to_border(const Dynamics& dynamics, double inside, double border, double time) {
  constexpr double near = 1e-3;
  const Eigen::Array4d steps(1.0, 2.0, 3.0, 4.0), weights(4.0, -6.0, 4.0, -1.0);
  return (weights * drift_at(dynamics, border + near * (inside - border) * steps, time)).sum();
}

/// Whether the drift leads up through the stretch.
bool leads_up(const Dynamics& dynamics, double from, double to, double time) {
  constexpr int places = 32;
  const Eigen::ArrayXd x = Eigen::ArrayXd::LinSpaced(places, 1.0, places) * ((to - from) / (places + 1)) + from;
  const Eigen::ArrayXd force = drift_at(dynamics, x, time);
  if (!(force > 0).all() && !(force < 0).all())
    throw SolverError(fmt::format(
        "between x = {:.8g} and {:.8g} there is no noise, and the drift turns: what comes there stays", from, to));
  return force[0] > 0;
}

}  // namespace

LineEdge drift_edge(const LineIntegrator& integrate, const Dynamics& dynamics, double x, double border, double end,
                    double boundary, std::array<Index, 2> cells, double time) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const bool still_below = without_noise(dynamics, x, time), still_above = without_noise(dynamics, end, time);
  const double low = still_below ? x : border, high = still_above ? end : border;
  const bool up = leads_up(dynamics, low, high, time);
  const LineIntegral carried = integrate(low, high);
  const double log_time = up ? carried.log_down : carried.log_up, middle = 0.5 * (low + high);
  const double start = up ? x : end, target = up ? end : x;

  double log_resistance = log_time;
  HatParts of_start = in_one_cell(0.0, middle, boundary), of_target;
  if (!(up ? still_below : still_above)) {
    const LineIntegral to_border = integrate.to_passable_zero(start, border, 0.0);
    log_resistance = to_border.log_resistance;
    of_start = in_one_cell(to_border.log_down - log_resistance, 0.5 * (start + border), boundary);
    double& passing = of_start.log_mass[middle < boundary ? 0 : 1];
    passing = log_sum(passing, log_time - log_resistance);
  } else if (!(up ? still_above : still_below)) {
    const LineIntegral from_border = integrate.to_passable_zero(target, border, 0.0);
    const double force = std::abs(drift_to_border(dynamics, up ? x : end, border, time));
    const double log_held =
        dynamics.interpretation == Interpretation::ito ? -std::log(force) - from_border.rise : LineIntegral::nothing;
    log_resistance = log_sum(log_time, log_sum(from_border.log_up, log_held + from_border.log_resistance));
    of_target = in_one_cell(from_border.log_mass, 0.5 * (target + border), boundary);
    double& held = of_target.log_mass[border < boundary ? 0 : 1];
    held = log_sum(held, log_held);
  }
  if (up) return {log_resistance, infinity, cells, of_start, of_target};
  return {infinity, log_resistance, cells, of_target, of_start};
}

}  // namespace valleyflux
