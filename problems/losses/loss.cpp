#include "problems/losses/loss.hpp"

#include "grids/first_failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace valleyflux {

namespace {

class ScaledLoss final : public Loss {
 public:
  ScaledLoss(std::shared_ptr<const Loss> loss, double k) : loss_(std::move(loss)), root_(std::sqrt(k)) {}

  Index dimension() const override { return loss_->dimension(); }
  Index samples() const override { return loss_->samples(); }
  double value(const Eigen::VectorXd& theta) const override { return loss_->value(root_ * theta); }
  Eigen::VectorXd gradient(const Eigen::VectorXd& theta) const override {
    return root_ * loss_->gradient(root_ * theta);
  }
  Eigen::MatrixXd sample_gradients(const Eigen::VectorXd& theta, Index first, Index count) const override {
    return root_ * loss_->sample_gradients(root_ * theta, first, count);
  }
  Eigen::MatrixXd hessian_product(const Eigen::VectorXd& theta, const Eigen::MatrixXd& directions) const override {
    return root_ * root_ * loss_->hessian_product(root_ * theta, directions);
  }
  std::optional<CoordinatePolynomials> coordinate(Index i) const override {
    auto result = loss_->coordinate(i);
    if (!result) return std::nullopt;
    double power = 1.0;
    for (double& coefficient : result->loss) {
      coefficient *= power;
      power *= root_;
    }
    power = root_ * root_;
    for (double& coefficient : result->noise) {
      coefficient *= power;
      power *= root_;
    }
    return result;
  }
  std::size_t workspace() const override { return loss_->workspace() + numbers(); }
  void minibatch_gradients(const double* theta, const std::uint32_t* rows, Index batch, double* gradient,
                           double* workspace) const override {
    for (std::size_t n = 0; n < numbers(); ++n) workspace[n] = root_ * theta[n];
    loss_->minibatch_gradients(workspace, rows, batch, gradient, workspace + numbers());
    for (std::size_t n = 0; n < numbers(); ++n) gradient[n] *= root_;
  }

 private:
  std::size_t numbers() const { return static_cast<std::size_t>(dimension() * loss_lanes); }

  std::shared_ptr<const Loss> loss_;
  double root_;
};

}  // namespace

Eigen::MatrixXd hessian(const Loss& loss, const Eigen::VectorXd& theta) {
  const Index d = loss.dimension();
  constexpr Index together = 32;
  Eigen::MatrixXd result(d, d);
  FirstFailure failure;
#pragma omp parallel for schedule(dynamic, 1)
  for (Index first = 0; first < d; first += together)
    failure.guard([&] {
      const Index count = std::min(together, d - first);
      Eigen::MatrixXd directions = Eigen::MatrixXd::Zero(d, count);
      directions.middleRows(first, count).diagonal().setOnes();
      result.middleCols(first, count) = loss.hessian_product(theta, directions);
    });
  failure.rethrow();
  return 0.5 * (result + result.transpose());
}

Eigen::MatrixXd gradient_covariance(const Loss& loss, const Eigen::VectorXd& theta) {
  const Index d = loss.dimension(), m = loss.samples();
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(d, d);
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(d);
  constexpr Index together = 256;
  for (Index first = 0; first < m; first += together) {
    const Eigen::MatrixXd gradients = loss.sample_gradients(theta, first, std::min(together, m - first));
    products.noalias() += gradients * gradients.transpose();
    sum += gradients.rowwise().sum();
  }
  const auto count = static_cast<double>(m);
  return products / count - sum / count * (sum / count).transpose();
}

std::shared_ptr<const Loss> scaled_loss(std::shared_ptr<const Loss> loss, double k) {
  if (!(k > 0 && std::isfinite(k)))
    throw std::invalid_argument(fmt::format("loss.k must be positive and finite (got {})", k));
  if (k == 1.0) return loss;
  return std::make_shared<ScaledLoss>(std::move(loss), k);
}

}  // namespace valleyflux
