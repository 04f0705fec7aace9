#pragma once

#include "problems/coefficients.hpp"

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
  /// smallest_diffusion > 0: D is not taken below it (a zero of D makes both integrals diverge).
  LineIntegrator(const Dynamics& dynamics, double smallest_diffusion);
  /// Throws SolverError where F or D is not finite. Requires a <= b.
  LineIntegral operator()(double a, double b) const;

 private:
  LineIntegral panel(double a, double b) const;
  LineIntegral refine(double a, double b, const LineIntegral& whole, double last_change, int depth) const;

  Drift drift_;
  std::shared_ptr<const DiffusionModel> diffusion_;
  double alpha_;
  double smallest_diffusion_;
};

}  // namespace valleyflux
