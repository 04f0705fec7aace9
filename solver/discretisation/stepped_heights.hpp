#pragma once

#include "problems/dynamics/coefficients.hpp"
#include "solver/discretisation/panel_sampler.hpp"

#include <Eigen/Core>

#include <memory>
#include <optional>
#include <utility>

namespace valleyflux {

/// Heights of a landscape of the line that may have steps or very steep ramps (where(), comparisons, min, max, abs),
/// which no slope at a few nodes shows, for where its breaks are not all known: Phi rises by (L(b) - L(a)) / T all the
/// same, with T = D at the step, or kT of a mobility.
class SteppedHeights {
 public:
  /// Nothing where there is no such landscape.
  static std::optional<SteppedHeights> of(const Dynamics& dynamics);

  Eigen::VectorXd at(const Eigen::RowVectorXd& places) const;
  double at(double place) const { return at(Eigen::RowVectorXd::Constant(1, place))[0]; }

  /// What the slopes of a panel from height `start` to `end` miss of the rise of Phi; 0 to round-off.
  double missed(const PanelSample& panel, double start, double end) const;

 private:
  SteppedHeights(std::shared_ptr<const Landscape> landscape, std::optional<double> kT)
      : landscape_(std::move(landscape)), kT_(kT) {}

  std::shared_ptr<const Landscape> landscape_;
  std::optional<double> kT_;
};

}  // namespace valleyflux
