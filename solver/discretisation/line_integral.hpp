#pragma once

#include "problems/dynamics/block_coefficients.hpp"
#include "problems/dynamics/coefficients.hpp"
#include "solver/discretisation/collocated_panels.hpp"
#include "solver/discretisation/line_breaks.hpp"
#include "solver/discretisation/singular_end.hpp"
#include "solver/discretisation/stepped_heights.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <optional>

namespace valleyflux {

/// D at a wall is zero where it is less than this of its largest value: its place is known to round-off only.
inline constexpr double vanishing_noise = 1e-12;

/// Integrates a one-dimensional problem's drift and noise to about 1e-12 relative: the zero-flux density is
/// D^(alpha-1) exp(-Phi), the current J = -(1/s') d/dx [D s' p]. Gauss-Legendre collocation of order 16 on panels along
/// which Phi varies by 2 at the most, by its slow manifold where it is steep and smooth (the inner integral then
/// follows the integrand), bisected elsewhere; none reaches over a break. Thread-safe.
class LineIntegrator {
 public:
  /// largest_diffusion > 0: the scale of D, which is taken to be known to round-off of it. Inside the domain D is not
  /// taken below 1e-14 of it (both integrals diverge at an inner zero of D). time: of drift and noise. breaks: of these
  /// dynamics; where they are not complete, steps are looked for by the heights at the ends of panels.
  LineIntegrator(const Dynamics& dynamics, double largest_diffusion, double time = 0.0, LineBreaks breaks = {});
  /// Throws SolverError where F or D is not finite, and where more than `panel_budget` panels would be needed, or more
  /// than `whole_budget` for all that is asked of this integrator.
  /// Requires a <= b.
  LineIntegral operator()(double a, double b) const;
  /// Stretches from `start` to `end` (panel_block at the most) together, a panel each. False where that does not do:
  /// `integrals` are no good there.
  std::array<bool, panel_block> together(const Eigen::ArrayXd& start, const Eigen::ArrayXd& end,
                                         PanelIntegrals& integrals) const;
  /// From x to a wall, the stretch starting at x, whichever side the wall is. Where D falls to zero at the wall like
  /// an integer power of the distance y and F / D like 1 / y (CIR, Wright-Fisher, Jacobi), the densities' powers of y
  /// are integrated to their end. They are told from the coefficients within `room` of the wall, or up to x if that is
  /// farther: close to a wall other than 0 the distance is known to round-off of the wall's place only.
  LineIntegral to_wall(double x, double wall, double room = 0.0) const;
  /// The same to a place where D is known to vanish, however far its round-off lets it get there.
  LineIntegral to_zero(double x, double zero, double room = 0.0) const;
  /// The same where D goes like a power below 1 of the distance from the zero, so that nothing diverges there; where it
  /// does not, as anywhere.
  LineIntegral to_passable_zero(double x, double zero, double room) const;

  static constexpr long panel_budget = 200000, whole_budget = 1000000;  // of one stretch, and of all

 private:
  /// From a to b, across zeros of the noise like powers below 1 of the distance, but for one that is an end.
  LineIntegral over(double a, double b, std::optional<double> known_zero) const;
  /// The same where no break is between.
  LineIntegral without_break(double a, double b, std::optional<double> known_zero) const;
  /// The zero of the noise beside a place that bisection does not resolve, if there is one.
  std::optional<double> zero_near(double x) const;
  /// From x to a place between it and the zero, or the zero.
  LineIntegral to_passable_zero(double x, double zero, double room, double stop) const;
  /// Whether drift, noise and heights are as the series say all the way to the zero, as far as its place is known.
  bool fits(const SingularEnd& end, double roughness, double zero, double side) const;
  /// A landscape that steps at a zero of the noise lets nothing climb. Throws SolverError.
  void require_no_step(double zero) const;
  LineIntegral along(const SingularEnd& end, double x, double zero, double stop) const;

  BlockCoefficients coefficients_;
  std::shared_ptr<const DiffusionModel> diffusion_;
  LineBreaks breaks_;
  std::optional<SteppedHeights> heights_;
  double alpha_;
  double largest_diffusion_;
  double time_;
  mutable std::atomic<long> panels_{0};
};

}  // namespace valleyflux
