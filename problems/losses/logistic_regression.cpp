#include "problems/losses/lane_gradients.hpp"
#include "problems/losses/losses.hpp"
#include "problems/losses/require_data.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace valleyflux {

namespace {

/// 1 / (1 + e^z)
Eigen::ArrayXd fallen(const Eigen::ArrayXd& z) {
  return 1.0 / (1.0 + z.exp());
}

class LogisticRegressionLoss final : public Loss {
 public:
  explicit LogisticRegressionLoss(const DataSet& data) : signed_(data.features) {
    for (Index s = 0; s < signed_.cols(); ++s)
      if (data.labels[static_cast<std::size_t>(s)] == 0) signed_.col(s) *= -1.0;
  }

  Index dimension() const override { return signed_.rows(); }
  Index samples() const override { return signed_.cols(); }

  double value(const Eigen::VectorXd& theta) const override {
    const Eigen::ArrayXd z = margins(theta);
    return ((-z.abs()).exp().log1p() - z.min(0.0)).mean();
  }

  Eigen::VectorXd gradient(const Eigen::VectorXd& theta) const override {
    return -signed_ * fallen(margins(theta)).matrix() / static_cast<double>(samples());
  }

  Eigen::MatrixXd sample_gradients(const Eigen::VectorXd& theta, Index first, Index count) const override {
    const auto some = signed_.middleCols(first, count);
    const Eigen::ArrayXd slope = -fallen((some.transpose() * theta).array());
    return some * slope.matrix().asDiagonal();
  }

  Eigen::MatrixXd hessian_product(const Eigen::VectorXd& theta, const Eigen::MatrixXd& directions) const override {
    const Eigen::ArrayXd p = fallen(margins(theta));
    const Eigen::MatrixXd along = signed_.transpose() * directions;
    return signed_ * ((p * (1.0 - p)).matrix().asDiagonal() * along) / static_cast<double>(samples());
  }

  std::size_t workspace() const override { return 0; }
  void minibatch_gradients(const double* theta, const std::uint32_t* rows, Index batch, double* gradient,
                           double*) const override {
    logistic_regression_lanes(signed_.data(), signed_.rows(), theta, rows, batch, gradient);
  }

 private:
  Eigen::ArrayXd margins(const Eigen::VectorXd& theta) const { return (signed_.transpose() * theta).array(); }

  Eigen::MatrixXd signed_;  // features x samples, those of class 0 times -1
};

}  // namespace

std::shared_ptr<const Loss> logistic_regression_loss(const DataSet& data) {
  require_data(data);
  if (data.classes.size() != 2)
    throw std::invalid_argument(
        fmt::format("logistic regression needs data of two classes (these have {})", data.classes.size()));
  return std::make_shared<LogisticRegressionLoss>(data);
}

}  // namespace valleyflux
