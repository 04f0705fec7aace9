#pragma once

#include "grids/axis.hpp"
#include "problems/dynamics/coefficients.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

/// Steps of stochastic gradient descent with learning rate eta and Gaussian noise (Xie, Sato & Sugiyama 2020, Eq. 1) on
/// a line,
///   x' = x + eta F(x) + [2 eta D(x)]^(1/2) zeta,   zeta ~ N(0, 1),
/// from n points: x' has the mean and the standard deviation given here (n each; units of x) as long as it meets no
/// wall. (D = eta C / 2 where C is the covariance of the gradient's noise.)
struct SgdSteps {
  Eigen::ArrayXd mean, deviation;
};

/// Throws std::invalid_argument where F or D is not finite.
SgdSteps sgd_steps(const Dynamics& dynamics, double eta, const Eigen::Ref<const Eigen::VectorXd>& x);

/// Where one Gaussian step lands on an axis with walls: it is folded back at reflecting ends, lost beyond absorbing
/// ones and wrapped round a periodic axis. Probabilities of far tails keep their relative accuracy.
class StepLaw {
 public:
  /// deviation >= 0.
  StepLaw(const Axis& axis, double mean, double deviation);

  /// Means of the Gaussians whose sum, inside the box, is the law; those that are too far away to be felt are left out.
  const std::vector<double>& images() const { return images_; }
  double deviation() const { return deviation_; }

  /// Probability of landing between low and high (inside the box), and of being lost.
  double probability(double low, double high) const;
  double lost() const;
  /// Probability density at points of the box (n).
  Eigen::ArrayXd density(const Eigen::Ref<const Eigen::ArrayXd>& x) const;
  /// Divides probability(low, high) between both ends, so that its mean stays where it is; adds the parts to what is
  /// there. Exact however narrow the law may be.
  void share_out(double low, double high, double& at_low, double& at_high) const;

 private:
  double mean_, deviation_;
  double lost_below_, lost_above_;  // limits of the step before it is folded
  std::vector<double> images_;
};

}  // namespace valleyflux
