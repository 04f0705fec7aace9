#pragma once

#include "problems/dynamics/block_coefficients.hpp"
#include "solver/discretisation/collocation.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// What a panel is integrated from: d Phi / dt over it (t in [0, 1]), log D and the relative error of D by round-off.
struct PanelSample {
  Collocation::Nodes slope, log_noise;
  double uncertainty = 0.0;
  double missed = 0.0;  // between the outermost nodes and the ends, relative: what a kink there would do to integrals
};

/// Samples of several panels, one column each.
struct PanelSamples {
  Eigen::Array<double, Collocation::order, Eigen::Dynamic> slope, log_noise;
  Eigen::Array<double, 1, Eigen::Dynamic> uncertainty, missed;

  PanelSample operator[](Index panel) const {
    return {slope.col(panel), log_noise.col(panel), uncertainty[panel], missed[panel]};
  }
};

/// How far slope and noise are from the polynomials through their values, relative.
double roughness(const Collocation::Nodes& slope, const Collocation::Nodes& log_noise);
double roughness(const PanelSample& at);

/// The roughness of what the panel's nodes hold all digits of.
inline constexpr double smooth_tail = 1e-11;

/// Drift and noise at the nodes of panels, and just inside their ends: what lies between them and the outermost nodes
/// is seen by no node. (At an end itself a piecewise drift may have the value of the other side.)
class PanelSampler {
 public:
  static constexpr double least_noise = 1e-14;

  PanelSampler(const BlockCoefficients& coefficients, double largest)
      : coefficients_(coefficients), largest_(largest) {}

  /// Panels that start at `start` and are `widths` long (signed), D not taken below `least` of the largest.
  /// Throws SolverError where drift or noise is not finite, unless least is 0.
  PanelSamples operator()(const Eigen::ArrayXd& start, const Eigen::ArrayXd& widths, double least = least_noise) const;

  /// Without a floor of D a wall may have 0 / 0.
  PanelSample one(double a, double b, double least = least_noise) const {
    return (*this)(Eigen::ArrayXd::Constant(1, a), Eigen::ArrayXd::Constant(1, b - a), least)[0];
  }

 private:
  const BlockCoefficients& coefficients_;
  double largest_;
};

}  // namespace valleyflux
