#include "solver/discretisation/selling.hpp"

#include <doctest/doctest.h>

#include <Eigen/Geometry>

#include <cmath>

using namespace valleyflux;

TEST_CASE("the decomposition rebuilds the tensor with nonnegative weights on integer offsets") {
  for (const double anisotropy : {1.0, 3.0, 10.0, 1e2, 1e4})
    for (int step = 0; step < 37; ++step) {
      const Eigen::Matrix2d turn = Eigen::Rotation2Dd(0.1 + M_PI * step / 37.0).toRotationMatrix();
      const Tensor<2> tensor = turn * Eigen::Vector2d(1.0, 1.0 / anisotropy).asDiagonal() * turn.transpose();
      Tensor<2> sum = Tensor<2>::Zero();
      for (const auto& term : selling_decomposition<2>(tensor)) {
        CHECK(term.weight >= 0.0);
        const Eigen::Vector2d e = term.offset.cast<double>();
        sum += term.weight * e * e.transpose();
        CHECK(e.cwiseAbs().maxCoeff() <= 1.0 + std::sqrt(anisotropy));
      }
      // Offsets e up to sqrt(anisotropy) enter the weights squared.
      CHECK((sum - tensor).cwiseAbs().maxCoeff() < 1e-15 * (1.0 + anisotropy));
    }
}

TEST_CASE("a diagonal tensor needs the axes alone") {
  const Tensor<2> tensor = Eigen::Vector2d(2.0, 0.5).asDiagonal();
  for (const auto& term : selling_decomposition<2>(tensor))
    if (term.weight > 0) CHECK(term.offset.cwiseAbs().sum() == 1);
}

TEST_CASE("tensors that are not positive definite are refused") {
  Tensor<2> tensor;
  tensor << 1.0, 1.0, 1.0, 1.0;
  CHECK_THROWS_AS(selling_decomposition<2>(tensor), std::invalid_argument);
}
