#pragma once

#include "problems/dynamics/block_coefficients.hpp"
#include "solver/discretisation/collocation.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// What a panel is integrated from: d Phi / dt over it (t in [0, 1]), log D and the relative error of D by round-off.
struct PanelSample {
  Collocation::Nodes slope, log_noise;
  double uncertainty = 0.0;
  double roughness = 0.0;  // how far slope and noise are from the polynomials through their values, relative
};

/// Panels that are worked on together at the most.
inline constexpr Index panel_block = 64;

/// Samples of some panels, one column each: at the nodes of a rule, and just inside the ends.
struct PanelSamples {
  Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> slope, log_noise;
  Eigen::Array<double, 1, Eigen::Dynamic> largest_slope, uncertainty, roughness;

  void resize(Index points, Index panels);
  /// Of a sample by Collocation.
  PanelSample operator[](Index panel) const {
    return {slope.col(panel).head<Collocation::order>(), log_noise.col(panel).head<Collocation::order>(),
            uncertainty[panel], roughness[panel]};
  }
};

/// From the values at the nodes alone.
double roughness(const Collocation::Nodes& slope, const Collocation::Nodes& log_noise);

/// The roughness of what the panel's nodes hold all digits of.
inline constexpr double smooth_tail = 1e-11;

/// Drift and noise at the nodes of panels, and just inside their ends: what lies between them and the outermost nodes
/// is seen by no node. (At an end itself a piecewise drift may have the value of the other side.)
class PanelSampler {
 public:
  static constexpr double least_noise = 1e-14;

  PanelSampler(const BlockCoefficients& coefficients, double largest)
      : coefficients_(coefficients), largest_(largest) {}

  /// Panels (panel_block at the most) that start at `start` and are `widths` long (signed), at the nodes of
  /// CollocationOf<Order>, D not taken below `least` of the largest. Throws SolverError where drift or noise is not
  /// finite, unless least is 0.
  template <int Order>
  void sample(const Eigen::ArrayXd& start, const Eigen::ArrayXd& widths, PanelSamples& samples,
              double least = least_noise) const;

  /// Without a floor of D a wall may have 0 / 0.
  PanelSample one(double a, double b, double least = least_noise) const {
    PanelSamples samples;
    sample<Collocation::order>(Eigen::ArrayXd::Constant(1, a), Eigen::ArrayXd::Constant(1, b - a), samples, least);
    return samples[0];
  }

 private:
  const BlockCoefficients& coefficients_;
  double largest_;
};

}  // namespace valleyflux
