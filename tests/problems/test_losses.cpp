#include "problems/losses/losses.hpp"

#include "problems/data/synthetic_data.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

struct Example {
  std::string name;
  std::shared_ptr<const Loss> loss;
};

const DataSet& two_classes() {
  static const DataSet data = gaussian_data(37, 3, 2, 1.0, 3);
  return data;
}

const DataSet& four_classes() {
  static const DataSet data = gaussian_data(41, 3, 4, 1.0, 4);
  return data;
}

std::vector<Example> examples() {
  return {{"Styblinski-Tang", styblinski_tang_loss(two_classes())},
          {"logistic regression", logistic_regression_loss(two_classes())},
          {"softmax regression", network_loss(four_classes(), {.depth = 1})},
          {"network of depth 2", network_loss(four_classes(), {.depth = 2, .width = 5})},
          {"network of depth 3", network_loss(four_classes(), {.depth = 3, .width = 5})},
          {"scaled", scaled_loss(network_loss(four_classes(), {.depth = 2, .width = 5}), 2.5)}};
}

Eigen::VectorXd somewhere(const Loss& loss) {
  return 0.7 * normal_numbers(loss.dimension(), 9);
}

constexpr double step = 1e-5;

/// Central differences of a function of theta along every coordinate, by column.
template <typename Function>
Eigen::MatrixXd differences(const Eigen::VectorXd& theta, const Function& f) {
  Eigen::MatrixXd result;
  for (Index k = 0; k < theta.size(); ++k) {
    Eigen::VectorXd up = theta, down = theta;
    up[k] += step;
    down[k] -= step;
    const Eigen::VectorXd slope = (f(up) - f(down)) / (2.0 * step);
    if (k == 0) result.resize(slope.size(), theta.size());
    result.col(k) = slope;
  }
  return result;
}

}  // namespace

TEST_CASE("the gradient of every loss is that of finite differences of its value") {
  for (const Example& example : examples()) {
    CAPTURE(example.name);
    const auto& loss = example.loss;
    const Eigen::VectorXd theta = somewhere(*loss), gradient = loss->gradient(theta);
    const Eigen::MatrixXd expected =
        differences(theta, [&](const Eigen::VectorXd& at) { return Eigen::VectorXd::Constant(1, loss->value(at)); });
    CHECK((gradient.transpose() - expected).norm() < 1e-7 * (1.0 + gradient.norm()));
  }
}

TEST_CASE("the Hessian of every loss is that of finite differences of its gradient, and symmetric") {
  for (const Example& example : examples()) {
    CAPTURE(example.name);
    const auto& loss = example.loss;
    const Eigen::VectorXd theta = somewhere(*loss);
    const Eigen::MatrixXd whole = hessian(*loss, theta);
    const Eigen::MatrixXd expected = differences(theta, [&](const Eigen::VectorXd& at) { return loss->gradient(at); });
    CHECK((whole - expected).norm() < 1e-6 * whole.norm());
    const Eigen::MatrixXd product = loss->hessian_product(theta, Eigen::MatrixXd::Identity(theta.size(), theta.size()));
    CHECK((product - product.transpose()).norm() < 1e-13 * whole.norm());
  }
}

TEST_CASE("the samples' gradients average to the gradient, whichever of them are asked for together") {
  for (const Example& example : examples()) {
    CAPTURE(example.name);
    const auto& loss = example.loss;
    const Eigen::VectorXd theta = somewhere(*loss);
    const Index m = loss->samples();
    const Eigen::MatrixXd all = loss->sample_gradients(theta, 0, m);
    CHECK((all.rowwise().mean() - loss->gradient(theta)).norm() < 1e-13 * (1.0 + all.norm()));
    CHECK(loss->sample_gradients(theta, 5, 3).isApprox(all.middleCols(5, 3), 1e-14));
    const Eigen::MatrixXd centred = all.colwise() - all.rowwise().mean();
    const Eigen::MatrixXd covariance = centred * centred.transpose() / static_cast<double>(m);
    CHECK((gradient_covariance(*loss, theta) - covariance).norm() < 1e-12 * covariance.norm());
  }
}

TEST_CASE("minibatch gradients of repetitions side by side are the averages of their own samples' gradients") {
  for (const Example& example : examples()) {
    CAPTURE(example.name);
    const auto& loss = example.loss;
    const Index d = loss->dimension(), m = loss->samples();
    constexpr Index batch = 3;
    std::vector<double> theta(static_cast<std::size_t>(d * loss_lanes)), gradient(theta.size()),
        workspace(loss->workspace());
    std::vector<std::uint32_t> rows(batch * loss_lanes);
    Eigen::MatrixXd own(d, loss_lanes);
    for (Index lane = 0; lane < loss_lanes; ++lane) {
      own.col(lane) = 0.7 * normal_numbers(d, static_cast<std::uint64_t>(20 + lane));
      for (Index k = 0; k < d; ++k) theta[static_cast<std::size_t>(k * loss_lanes + lane)] = own(k, lane);
      for (Index b = 0; b < batch; ++b)
        rows[static_cast<std::size_t>(b * loss_lanes + lane)] = static_cast<std::uint32_t>((7 * lane + 11 * b) % m);
    }
    loss->minibatch_gradients(theta.data(), rows.data(), batch, gradient.data(), workspace.data());
    for (Index lane = 0; lane < loss_lanes; ++lane) {
      Eigen::VectorXd expected = Eigen::VectorXd::Zero(d), found(d);
      for (Index b = 0; b < batch; ++b)
        expected += loss->sample_gradients(own.col(lane), (7 * lane + 11 * b) % m, 1).col(0) / double(batch);
      for (Index k = 0; k < d; ++k) found[k] = gradient[static_cast<std::size_t>(k * loss_lanes + lane)];
      CHECK((found - expected).norm() < 1e-13 * (1.0 + expected.norm()));
    }
  }
}

TEST_CASE("softmax regression of two classes is logistic regression in the difference of their weights") {
  const auto logistic = logistic_regression_loss(two_classes());
  const auto softmax = network_loss(two_classes(), {.depth = 1});
  const Eigen::VectorXd theta = normal_numbers(3, 1);
  Eigen::MatrixXd weights(2, 3);  // outputs x inputs
  weights << -0.5 * theta.transpose(), 0.5 * theta.transpose();
  const Eigen::VectorXd both = weights.reshaped();
  CHECK(relative_error(softmax->value(both), logistic->value(theta)) < 1e-14);
  const Eigen::MatrixXd slope = softmax->gradient(both).reshaped(2, 3);
  CHECK((slope.row(1) - slope.row(0)).transpose().isApprox(2.0 * logistic->gradient(theta), 1e-13));
}

TEST_CASE("losses stay finite where exponentials overflow") {
  const auto logistic = logistic_regression_loss(two_classes());
  const auto network = network_loss(four_classes(), {.depth = 2, .width = 5});
  for (const double size : {1e3, -1e3}) {
    const Eigen::VectorXd far = Eigen::VectorXd::Constant(3, size);
    // log(1 + e^z) = max(z, 0) to round-off.
    Eigen::ArrayXd z = (far.transpose() * two_classes().features).transpose().array();
    for (Index s = 0; s < z.size(); ++s) z[s] *= two_classes().labels[static_cast<std::size_t>(s)] == 1 ? -1.0 : 1.0;
    CHECK(relative_error(logistic->value(far), z.max(0.0).mean()) < 1e-12);
    CHECK(logistic->gradient(far).allFinite());
    const Eigen::VectorXd theta = size * normal_numbers(network->dimension(), 2);
    CHECK(std::isfinite(network->value(theta)));
    CHECK(network->gradient(theta).allFinite());
  }
}

TEST_CASE("Styblinski-Tang over normal data has the average and the noise that the law's moments give") {
  constexpr Index m = 400000;
  const DataSet data = gaussian_data(m, 1, 2, 1.0, 8);
  const auto loss = styblinski_tang_loss(data);
  // E f(t - x) = (t^4 - 10 t^2 + 5 t) / 2 + const, var f'(t - x) = 36 t^4 - 48 t^2 + 124 for x ~ N(0, 1).
  const double spread = 1.0 / std::sqrt(static_cast<double>(m));
  for (const double t : {-2.9, -1.0, 0.0, 2.0}) {
    const Eigen::VectorXd theta = Eigen::VectorXd::Constant(1, t);
    const double variance = 36.0 * std::pow(t, 4) - 48.0 * t * t + 124.0;
    const double slope = 2.0 * t * t * t - 10.0 * t + 2.5;
    CHECK(std::abs(loss->gradient(theta)[0] - slope) < 5.0 * spread * std::sqrt(variance));
    CHECK(relative_error(gradient_covariance(*loss, theta)(0, 0), variance) < 0.05);
  }
  const auto small = styblinski_tang_loss(two_classes());
  const CoordinatePolynomials polynomials = *small->coordinate(1);
  const auto at = [](const std::vector<double>& c, double t) {
    double value = 0.0;
    for (std::size_t k = c.size(); k-- > 0;) value = value * t + c[k];
    return value;
  };
  for (const double t : {-2.0, 0.3, 1.7}) {
    const Eigen::VectorXd theta = Eigen::VectorXd::Constant(3, t), zero = Eigen::VectorXd{{t, 0.0, t}};
    CHECK(relative_error(small->value(theta) - small->value(zero),
                         at(polynomials.loss, t) - at(polynomials.loss, 0.0)) < 1e-12);
    CHECK(relative_error(gradient_covariance(*small, theta)(1, 1), at(polynomials.noise, t)) < 1e-12);
  }
}

TEST_CASE("separate coordinates of a scaled loss are those of the loss at the scaled point") {
  const auto loss = styblinski_tang_loss(two_classes());
  constexpr double k = 3.0;
  const auto scaled = scaled_loss(loss, k);
  const Eigen::VectorXd theta = somewhere(*loss), there = theta / std::sqrt(k);
  double sum = 0.0;
  for (Index i = 0; i < 3; ++i) {
    const CoordinatePolynomials own = *scaled->coordinate(i);
    double power = 1.0, noise = 0.0;
    for (std::size_t n = 0; n < own.loss.size(); ++n, power *= there[i]) {
      sum += power * own.loss[n];
      noise += power * own.noise[n];
    }
    CHECK(relative_error(gradient_covariance(*scaled, there)(i, i), noise) < 1e-12);
  }
  CHECK(relative_error(loss->value(theta), sum) < 1e-13);
  CHECK_FALSE(logistic_regression_loss(two_classes())->coordinate(0));
  CHECK_FALSE(scaled_loss(network_loss(four_classes(), {}), k)->coordinate(0));
}

TEST_CASE("a scaled loss has k times the Hessian at the scaled point, and the same value there") {
  const auto loss = network_loss(four_classes(), {.depth = 2, .width = 4});
  constexpr double k = 3.0;
  const auto scaled = scaled_loss(loss, k);
  const Eigen::VectorXd theta = somewhere(*loss), there = theta / std::sqrt(k);
  CHECK(relative_error(scaled->value(there), loss->value(theta)) < 1e-14);
  CHECK(hessian(*scaled, there).isApprox(k * hessian(*loss, theta), 1e-12));
  CHECK(gradient_covariance(*scaled, there).isApprox(k * gradient_covariance(*loss, theta), 1e-12));
  CHECK_THROWS_AS(scaled_loss(loss, 0.0), std::invalid_argument);
}

TEST_CASE("data that make no loss are refused") {
  CHECK_THROWS_AS(logistic_regression_loss(four_classes()), std::invalid_argument);
  CHECK_THROWS_AS(network_loss(four_classes(), {.depth = 0}), std::invalid_argument);
  CHECK_THROWS_AS(styblinski_tang_loss({Eigen::MatrixXd(3, 0), {}, {}}), std::invalid_argument);
  DataSet odd = two_classes();
  odd.labels[2] = 2;
  CHECK_THROWS_AS(network_loss(odd, {}), std::invalid_argument);
  odd = two_classes();
  odd.features(0, 0) = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(styblinski_tang_loss(odd), std::invalid_argument);
}
