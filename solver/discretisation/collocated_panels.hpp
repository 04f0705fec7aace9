#pragma once

#include "solver/discretisation/panel_sampler.hpp"

#include <Eigen/Core>

#include <limits>

namespace valleyflux {

/// Integrals over a stretch [a, b] of the line. Phi(x) = -int_a^x F / D (dimensionless), alpha the interpretation;
/// s' = D^-alpha exp(Phi) is the scale density and 1 / (D s') = D^(alpha-1) exp(-Phi) the speed density, both relative
/// to a. Logarithms, -inf for a = b; +inf where an integral diverges at a wall.
struct LineIntegral {
  static constexpr double nothing = -std::numeric_limits<double>::infinity();
  double rise = 0.0;                // Phi(b) - Phi(a)
  double log_resistance = nothing;  // log int_a^b s' dx
  double log_mass = nothing;        // log int_a^b dx / (D s')
  double log_up = nothing;          // log int_a^b dx / (D s') int_a^x s' dy
  double log_down = nothing;        // log int_a^b dx / (D s') int_x^b s' dy;  up + down = mass * resistance
};

/// Two stretches one after the other.
LineIntegral joined(const LineIntegral& first, const LineIntegral& second);

/// The same stretch from b to a.
LineIntegral reversed(const LineIntegral& integral);

/// log(exp(a) + exp(b)).
double log_sum(double a, double b);

/// Numbers, not their logarithms, for panels along which Phi varies little.
struct PanelIntegrals {
  Eigen::ArrayXd rise, resistance, mass, up, down;

  LineIntegral operator[](Index panel) const;
};

/// Integrals over panels (panel_block at the most) by collocation with `Order` nodes, which are right where a panel is
/// smooth and Phi varies by no more than gentle_range<Order> along it.
template <int Order>
void collocate(const PanelSamples& samples, const Eigen::ArrayXd& widths, double alpha, PanelIntegrals& integrals);

/// So that all digits of exp(Phi) are kept.
template <int Order>
inline constexpr double gentle_range = Order < Collocation::order ? 0.2 : 2.0;

LineIntegral collocated(const PanelSample& at, double width, double alpha);

}  // namespace valleyflux
