#pragma once

#include "grids/point.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace valleyflux {

/// Repetitions whose minibatch gradients are worked out together.
inline constexpr Index loss_lanes = 8;

/// One coordinate of a loss that is a sum over its coordinates, as polynomials of theta_i whose coefficients come
/// constant first: its part of L, and the variance of one sample's slope along it.
struct CoordinatePolynomials {
  std::vector<double> loss, noise;
};

/// A loss L(theta) = 1/m sum_i l_i(theta) that is an average over m samples, theta in R^d, d of any size. Safe to call
/// from several threads at once.
class Loss {
 public:
  virtual ~Loss() = default;
  virtual Index dimension() const = 0;  // d
  virtual Index samples() const = 0;    // m
  virtual double value(const Eigen::VectorXd& theta) const = 0;
  virtual Eigen::VectorXd gradient(const Eigen::VectorXd& theta) const = 0;  // d
  /// Gradients of the samples first, ..., first + count - 1: d x count.
  virtual Eigen::MatrixXd sample_gradients(const Eigen::VectorXd& theta, Index first, Index count) const = 0;
  /// The Hessian of L times each column of `directions` (d x n): d x n, exact.
  virtual Eigen::MatrixXd hessian_product(const Eigen::VectorXd& theta, const Eigen::MatrixXd& directions) const = 0;
  /// Coordinate i by itself, where L is a sum of polynomials of one coordinate each; nothing for other losses.
  virtual std::optional<CoordinatePolynomials> coordinate(Index) const { return std::nullopt; }
  /// Numbers of working space that minibatch_gradients needs.
  virtual std::size_t workspace() const = 0;
  /// The gradients over minibatches of `batch` samples, of loss_lanes repetitions side by side, each at parameters of
  /// its own: theta[k loss_lanes + lane], rows[b loss_lanes + lane] (below m), gradient[k loss_lanes + lane]. The same
  /// bits whatever the processor's vectors.
  virtual void minibatch_gradients(const double* theta, const std::uint32_t* rows, Index batch, double* gradient,
                                   double* workspace) const = 0;
};

/// The Hessian of L, d x d.
Eigen::MatrixXd hessian(const Loss& loss, const Eigen::VectorXd& theta);

/// Covariance of the gradient of one sample, 1/m sum g_i g_i^T - g g^T (d x d): B times the covariance of a
/// minibatch gradient (Xie et al. 2020, Eq. 5).
Eigen::MatrixXd gradient_covariance(const Loss& loss, const Eigen::VectorXd& theta);

/// L(sqrt(k) theta), whose Hessian is k times that of L at sqrt(k) theta. Throws std::invalid_argument unless k > 0.
std::shared_ptr<const Loss> scaled_loss(std::shared_ptr<const Loss> loss, double k);

}  // namespace valleyflux
