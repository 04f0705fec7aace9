#include "solver/discretisation/line_edge.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace valleyflux {

namespace {

/// All of a hat to the side that holds the middle of it.
LogEdge::Parts on_one_side(double log_mass, double middle, double division) {
  if (middle < division) return {log_mass, LineIntegral::nothing};
  return {LineIntegral::nothing, log_mass};
}

[[noreturn]] void fail_at_trap(double place, const std::string& how) {
  constexpr double round_off = 1e-14;
  if (std::abs(place) < round_off) place = 0.0;
  throw SolverError(
      fmt::format("x = {:.8g}, where the noise vanishes, is a trap: {}. In the end all probability is there: end the "
                  "axis there with an absorbing wall, and rates are those of reaching it",
                  place, how));
}

double finite_at(double log_value, double place) {
  if (!std::isfinite(log_value)) fail_at_trap(place, "what comes near it never gets away");
  return log_value;
}

LineIntegral to_wall(const LineIntegrator& integrate, double x, double wall, const Axis& axis) {
  constexpr double part = 0.25;  // of the axis
  return integrate.to_wall(x, wall, part * (axis.max() - axis.min()));
}

double finite_at_wall(double log_mass, double wall) {
  if (!std::isfinite(log_mass))
    throw SolverError(
        fmt::format("probability piles up at the wall x = {:.8g}, where the noise vanishes: make it absorbing", wall));
  return log_mass;
}

}  // namespace

LogEdge edge_over(const LineIntegral& before, const LineIntegral& after) {
  const LineIntegral whole = joined(before, after);
  const double after_mass = after.log_mass - before.rise, after_resistance = before.rise + after.log_resistance;
  const double r = whole.log_resistance;
  return {r,
          r - whole.rise,
          {log_sum(before.log_down, before.log_mass + after_resistance) - r, after.log_down - r},
          {before.log_up - r + whole.rise, log_sum(before.log_resistance + after_mass, after.log_up) - r + whole.rise}};
}

LogEdge gate_edge(const LineIntegrator& integrate, double node, double gate, bool out_of_gate, double division) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const LineIntegral to_gate = integrate.to_zero(node, gate);
  const double middle = 0.5 * (node + gate);
  const double log_from_node = out_of_gate ? infinity : finite_at(to_gate.log_resistance, gate);
  const double log_from_gate = out_of_gate ? finite_at(to_gate.log_up, gate) : infinity;
  const LogEdge::Parts of_node = on_one_side(
      finite_at(out_of_gate ? to_gate.log_mass : to_gate.log_down - to_gate.log_resistance, gate), middle, division);
  const LogEdge::Parts of_gate = on_one_side(out_of_gate ? 0.0 : LineIntegral::nothing, middle, division);
  if (node < gate) return {log_from_node, log_from_gate, of_node, of_gate};
  return {log_from_gate, log_from_node, of_gate, of_node};
}

LogEdge closed_edge(const LineIntegrator& integrate, double x, double zero, double beyond, double division) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto side = [&](double node) {
    return on_one_side(finite_at(integrate.to_zero(node, zero).log_mass, zero), 0.5 * (node + zero), division);
  };
  return {infinity, infinity, side(x), side(beyond)};
}

LineIntegral past_zero(const LineIntegrator& integrate, double from, double to, double zero, const Axis& axis) {
  if (zero < from || zero > to) return integrate(from, to);
  constexpr double cells = 4.0;
  const auto room = [&](double wall) {
    const double farthest = cells * (axis.max() - axis.min()) / static_cast<double>(axis.cells());
    return axis.periodic() ? farthest : std::min(farthest, std::abs(wall - zero));
  };
  return joined(integrate.to_passable_zero(from, zero, room(axis.min())),
                reversed(integrate.to_passable_zero(to, zero, room(axis.max()))));
}

WallEdge wall_edge(const LineIntegrator& integrate, double x, double wall, const Axis& axis, Boundary boundary) {
  if (x == wall) return {};
  const LineIntegral rest = to_wall(integrate, x, wall, axis);
  if (boundary == Boundary::absorbing && std::isfinite(rest.log_resistance))
    return {rest.log_resistance, rest.log_down - rest.log_resistance};
  return {std::numeric_limits<double>::infinity(), finite_at_wall(rest.log_mass, wall)};
}

void require_no_trap(const Dynamics& dynamics, double zero, double room, double time) {
  constexpr double close = 1e-6, to_round_off = 1e-3;
  const double y = close * room, alpha = alpha_of(dynamics.interpretation);
  const Eigen::RowVector4d points = zero + Eigen::Array4d(y, 2.0 * y, -y, -2.0 * y).transpose();
  DiffusionSamples noise;
  dynamics.diffusion->sample(points, false, noise, time);
  Eigen::MatrixXd force;
  dynamics.drift.sample(points, force, nullptr, time);
  // A drift that leads across takes along what has come so close.
  constexpr double least_growth = 1.5;
  if (force(0, 0) * force(0, 2) > 0 && std::abs(force(0, 1)) < least_growth * std::abs(force(0, 0))) return;
  for (const Index near : {0, 2}) {
    const double D = noise.tensor(0, near), p = std::log2(noise.tensor(0, near + 1) / D);
    const double s = (near == 0 ? 1.0 : -1.0) * force(0, near) * y / D;  // outward
    const double a = 1.0 + p * (alpha - 1.0) + s;
    if (a <= to_round_off)
      fail_at_trap(zero, 1.0 - p * alpha - s + a > to_round_off
                             ? "what reaches it stays, for the drift vanishes as well"
                             : "what is beside it comes ever closer, and never gets away");
  }
}

void require_regular_walls(const LineIntegrator& integrate, const Axis& axis, const std::vector<double>& nodes) {
  const auto require = [&](Boundary boundary, double wall, double centre, double outermost) {
    if (boundary != Boundary::reflecting) return;
    const LineIntegral rest = to_wall(integrate, centre, wall, axis);
    finite_at_wall(rest.log_mass, wall);
    if (outermost == wall && !std::isfinite(rest.log_resistance))
      throw SolverError(
          fmt::format("nothing reaches the wall x = {:.8g}, where the noise vanishes: no valley may have "
                      "its minimum or its surface on it",
                      wall));
  };
  require(axis.lower(), axis.min(), axis.centre(0), nodes.front());
  require(axis.upper(), axis.max(), axis.centre(axis.cells() - 1), nodes.back());
}

}  // namespace valleyflux
