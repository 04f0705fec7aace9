#include "problems/dynamics/diffusion_model.hpp"
#include "problems/dynamics/gradient_noise.hpp"

#include "problems/dynamics/sgd_diffusion.hpp"
#include "problems/landscapes/data_landscape.hpp"
#include "problems/landscapes/expression_landscape.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>

using namespace valleyflux;

TEST_CASE("gradient noise is the covariance of the terms' slopes, with its derivatives") {
  DataTable table{{"a", "b"}, Eigen::MatrixXd(2, 4)};
  table.values << 1.0, 2.0, 6.0, -1.0, 0.5, -0.5, 3.0, 1.0;
  const auto landscape = data_landscape(Expression("(x - a)^2*y/2 + sin(b*y)", {"x", "y", "a", "b"}), 2, table);
  const SgdDiffusionOptions sgd{.eta = 0.3, .batch_size = 5.0, .injected = 0.01};
  const auto noise = gradient_noise_diffusion(landscape, sgd);
  REQUIRE(noise->dimension() == 2);
  const Eigen::MatrixXd points = Eigen::MatrixXd::Random(2, 6);
  DiffusionSamples samples, up, down;
  noise->sample(points, true, samples);
  for (Index p = 0; p < points.cols(); ++p) {
    const double x = points(0, p), y = points(1, p);
    Eigen::MatrixXd slopes(2, 4);
    for (Index s = 0; s < 4; ++s) {
      const double a = table.values(0, s), b = table.values(1, s);
      slopes.col(s) << (x - a) * y, (x - a) * (x - a) / 2.0 + b * std::cos(b * y);
    }
    const Eigen::MatrixXd centred = slopes.colwise() - slopes.rowwise().mean();
    const Eigen::Matrix2d expected =
        0.3 / 10.0 * centred * centred.transpose() / 4.0 + 0.01 * Eigen::Matrix2d::Identity();
    CHECK(samples.tensor.col(p).isApprox(Eigen::VectorXd(expected.reshaped()), 1e-13));
  }
  constexpr double step = 1e-6;
  for (Index k = 0; k < 2; ++k) {
    const Eigen::VectorXd shift = step * Eigen::VectorXd::Unit(2, k);
    noise->sample(points.colwise() + shift, false, up);
    noise->sample(points.colwise() - shift, false, down);
    const Eigen::MatrixXd expected = (up.tensor - down.tensor) / (2.0 * step);
    CHECK((samples.gradient.middleRows(4 * k, 4) - expected).norm() < 1e-8 * (1.0 + expected.norm()));
  }
}

TEST_CASE("gradient noise needs terms and sensible options") {
  const auto plain = expression_landscape(Expression("x^2", {"x"}));
  CHECK_THROWS_AS(gradient_noise_diffusion(plain, {}), std::invalid_argument);
  CHECK_THROWS_AS(gradient_noise_diffusion(nullptr, {}), std::invalid_argument);
  DataTable table{{"a"}, Eigen::MatrixXd::Ones(1, 2)};
  const auto averaged = data_landscape(Expression("(x - a)^2", {"x", "a"}), 1, table);
  CHECK_THROWS_AS(gradient_noise_diffusion(averaged, {.eta = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(gradient_noise_diffusion(averaged, {.injected = -1.0}), std::invalid_argument);
}
