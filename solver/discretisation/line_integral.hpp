#pragma once

#include "problems/dynamics/coefficients.hpp"

namespace valleyflux {

/// Integrals over a stretch [a, b] of the line, Phi(x) = -int_a^x F / D (dimensionless), alpha the interpretation:
struct LineIntegral {
  double rise = 0.0;            // Phi(b) - Phi(a)
  double log_resistance = 0.0;  // log int_a^b D^-alpha exp(Phi - Phi(a)) dx;  -inf for a = b
  double log_mass = 0.0;        // log int_a^b D^(alpha-1) exp(-(Phi - Phi(a))) dx
};

/// Two stretches one after the other.
LineIntegral joined(const LineIntegral& first, const LineIntegral& second);

/// Integrates a one-dimensional problem's drift and noise by adaptive Gauss-Legendre collocation to 1e-13 relative:
/// the zero-flux density is D^(alpha-1) exp(-Phi), the current J = -D^alpha exp(-Phi) d/dx [D^(1-alpha) exp(Phi) p].
/// Thread-safe.
class LineIntegrator {
 public:
  /// largest_diffusion > 0: the scale of D. D is not taken below 1e-14 of it (a zero of D makes both integrals
  /// diverge), and D is taken to be known to round-off of it.
  LineIntegrator(const Dynamics& dynamics, double largest_diffusion);
  /// Throws SolverError where F or D is not finite. Requires a <= b.
  LineIntegral operator()(double a, double b) const;

 private:
  struct Panel {
    LineIntegral integral;
    double uncertainty;  // relative error of D by round-off, where it is smallest
  };
  Panel panel(double a, double b) const;
  LineIntegral refine(double a, double b, const Panel& whole, double last_change, int depth) const;

  Drift drift_;
  std::shared_ptr<const DiffusionModel> diffusion_;
  double alpha_;
  double largest_diffusion_;
};

}  // namespace valleyflux
