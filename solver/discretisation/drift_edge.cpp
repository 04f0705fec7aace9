#include "solver/discretisation/drift_edge.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

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

LogEdge drift_edge(const LineIntegrator& integrate, const Dynamics& dynamics, double x, double border, double end,
                   double division, double time) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const bool still_below = without_noise(dynamics, x, time), still_above = without_noise(dynamics, end, time);
  if (!still_below && !still_above)
    throw SolverError(
        fmt::format("near x = {:.8g} a stretch without noise begins beside a zero of the noise: other cells may tell "
                    "them apart",
                    border));
  const double low = still_below ? x : border, high = still_above ? end : border;
  const bool up = leads_up(dynamics, low, high, time);
  const double start = up ? x : end, target = up ? end : x;
  // int dx / F, by cell.
  const auto log_time_over = [&](double from, double to) {
    if (!(from < to)) return LineIntegral::nothing;
    const LineIntegral carried = integrate(from, to);
    return up ? carried.log_down : carried.log_up;
  };
  const LogEdge::Parts log_times{log_time_over(low, std::min(high, division)),
                                 log_time_over(std::max(low, division), high)};

  double log_resistance = log_sum(log_times[0], log_times[1]);
  LogEdge::Parts of_start = log_times, of_target{LineIntegral::nothing, LineIntegral::nothing};
  const auto add = [&](LogEdge::Parts& parts, double log_mass, double middle) {
    double& part = parts[middle < division ? 0 : 1];
    part = log_sum(part, log_mass);
  };
  if (!(up ? still_below : still_above)) {
    const LineIntegral to_border = integrate.to_passable_zero(start, border, 0.0);
    log_resistance = to_border.log_resistance;
    add(of_start, to_border.log_down, 0.5 * (start + border));
  } else if (!(up ? still_above : still_below)) {
    const LineIntegral from_border = integrate.to_passable_zero(target, border, 0.0);
    const double force = std::abs(drift_to_border(dynamics, start, border, time));
    const double log_held =
        dynamics.interpretation == Interpretation::ito ? -std::log(force) - from_border.rise : LineIntegral::nothing;
    add(of_target, from_border.log_mass, 0.5 * (target + border));
    add(of_target, log_held, border);
    const double log_held_on_the_way = log_held + from_border.log_resistance;
    add(of_start, from_border.log_up, 0.5 * (target + border));
    add(of_start, log_held_on_the_way, border);
    log_resistance = log_sum(of_start[0], of_start[1]);
  }
  for (double& log_mass : of_start) log_mass -= log_resistance;
  if (up) return {log_resistance, infinity, of_start, of_target};
  return {infinity, log_resistance, of_target, of_start};
}

}  // namespace valleyflux
