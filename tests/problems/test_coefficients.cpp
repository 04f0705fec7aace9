#include "problems/dynamics/coefficients.hpp"

#include "problems/dynamics/block_coefficients.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/dynamics/sgd_diffusion.hpp"
#include "problems/landscapes/built_in.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace valleyflux;

namespace {

/// D by finite differences: entry (i + d j, k) approximates dD_ij / dx_k.
Eigen::MatrixXd differences(const DiffusionModel& model, const Eigen::VectorXd& x) {
  const double h = 1e-5;
  Eigen::MatrixXd result(x.size() * x.size(), x.size());
  for (Index k = 0; k < x.size(); ++k) {
    DiffusionSamples up, down;
    Eigen::VectorXd there = x, here = x;
    there[k] += h;
    here[k] -= h;
    model.sample(there, false, up);
    model.sample(here, false, down);
    result.col(k) = (up.tensor - down.tensor) / (2.0 * h);
  }
  return result;
}

/// The root of a symmetric positive definite 2 x 2 matrix, by Cayley and Hamilton's theorem.
Eigen::Matrix2d root_of(const Eigen::Matrix2d& matrix) {
  const double root = std::sqrt(matrix.determinant());
  return (matrix + root * Eigen::Matrix2d::Identity()) / std::sqrt(matrix.trace() + 2.0 * root);
}

}  // namespace

TEST_CASE("SGD noise is eta/2B [H]^+ with an exact gradient") {
  const auto landscape = built_in_landscape("three_hole", 2);
  const auto model = sgd_diffusion(landscape, {.eta = 0.3, .batch_size = 2.0, .injected = 0.01});
  for (const Eigen::Vector2d& x : {Eigen::Vector2d(0.3, 0.8), Eigen::Vector2d(-0.9, 0.4), Eigen::Vector2d(0.1, -0.7)}) {
    FieldSamples field;
    landscape->sample(x, 2, field);
    const Eigen::Matrix2d h = field.hessian.col(0).reshaped(2, 2);
    const Eigen::Matrix2d square = h * h;
    const Eigen::Matrix2d expected = 0.075 * root_of(square) + 0.01 * Eigen::Matrix2d::Identity();
    DiffusionSamples samples;
    model->sample(x, true, samples);
    CHECK((samples.tensor.col(0).reshaped(2, 2) - expected).norm() < 1e-13);
    CHECK((samples.gradient.col(0).reshaped(4, 2) - differences(*model, x)).norm() < 1e-8);
  }
}

TEST_CASE("the noise-induced drift is 0, D'/2 and D' on the line") {
  const auto model = expression_diffusion(1, {{Expression("0.2 + 0.1*sin(x)", {"x"})}});
  const Drift drift = built_in_drift("quartic_double_well", 1);
  const double x = 0.6, slope = 0.1 * std::cos(x), force = x - x * x * x;
  double alpha = 0.0;
  for (const auto interpretation : {Interpretation::ito, Interpretation::stratonovich, Interpretation::isothermal}) {
    Coefficients c;
    sample_coefficients({drift, model, interpretation}, Eigen::MatrixXd::Constant(1, 1, x), c);
    CHECK(std::abs(c.ito_drift(0, 0) - force - alpha * slope) < 1e-15);
    CHECK(std::abs(c.advection(0, 0) - force - (alpha - 1.0) * slope) < 1e-15);
    alpha += 0.5;
  }
}

TEST_CASE("the Stratonovich correction of a tensor is 1/2 sum s_jk d_j s_ik with the symmetric root") {
  const auto model = expression_diffusion(2, {{Expression("1 + x^2", {"x", "y"}), Expression("0.3*x*y", {"x", "y"})},
                                              {Expression("0.3*x*y", {"x", "y"}), Expression("2 + y^2", {"x", "y"})}});
  const Drift drift = built_in_drift("himmelblau", 2);
  const Eigen::Vector2d x(0.7, -0.4);
  const auto root = [&](const Eigen::Vector2d& at) {
    DiffusionSamples samples;
    model->sample(at, false, samples);
    const Eigen::Matrix2d twice = 2.0 * samples.tensor.col(0).reshaped(2, 2);
    return Eigen::Matrix2d(root_of(twice));
  };
  Eigen::Vector2d expected = Eigen::Vector2d::Zero();
  const double h = 1e-5;
  for (int j = 0; j < 2; ++j) {
    const Eigen::Matrix2d slope =
        (root(x + h * Eigen::Vector2d::Unit(j)) - root(x - h * Eigen::Vector2d::Unit(j))) / (2.0 * h);
    expected += 0.5 * slope * root(x).row(j).transpose();
  }
  Coefficients ito, stratonovich, isothermal;
  sample_coefficients({drift, model, Interpretation::ito}, x, ito);
  sample_coefficients({drift, model, Interpretation::stratonovich}, x, stratonovich);
  sample_coefficients({drift, model, Interpretation::isothermal}, x, isothermal);
  CHECK((stratonovich.ito_drift - ito.ito_drift - expected).norm() < 1e-9);
  // Isothermal: J = F p - D grad p.
  CHECK((isothermal.advection - ito.ito_drift).norm() < 1e-14);
}

TEST_CASE("noise that is no noise is refused") {
  CHECK_THROWS_AS(constant_diffusion(Eigen::MatrixXd::Constant(1, 1, -1.0)), std::invalid_argument);
  CHECK_THROWS_AS(constant_diffusion((Eigen::Matrix2d() << 1, 2, 2, 1).finished()), std::invalid_argument);
  CHECK_THROWS_AS(constant_diffusion((Eigen::Matrix2d() << 1, 0.5, 0, 1).finished()), std::invalid_argument);
  CHECK_THROWS_AS(sgd_diffusion(nullptr, {}), std::invalid_argument);
  CHECK_THROWS_AS(sgd_diffusion(built_in_landscape("himmelblau", 2), {.eta = 0.0}), std::invalid_argument);
  CHECK_THROWS_AS(interpretation_named("klimontovich"), std::invalid_argument);
}

TEST_CASE("a mobility times the force of a landscape, its Jacobian and the drift that keeps Boltzmann's law") {
  const double kT = 0.4;
  const auto landscape = built_in_landscape("himmelblau", 2);
  const auto noise = expression_diffusion(2, {{Expression("1 + x^2", {"x", "y"}), Expression("0.3*x*y", {"x", "y"})},
                                              {Expression("0.3*x*y", {"x", "y"}), Expression("2 + y^2", {"x", "y"})}});
  const Dynamics dynamics = mobile_dynamics(landscape, noise, kT);
  const Eigen::Vector2d x(0.7, -0.4);
  const auto force = [&](const Eigen::Vector2d& at) {
    const double u = at[0] * at[0] + at[1] - 11.0, v = at[0] + at[1] * at[1] - 7.0;
    const Eigen::Vector2d slope(4.0 * at[0] * u + 2.0 * v, 2.0 * u + 4.0 * at[1] * v);
    Eigen::Matrix2d tensor;
    tensor << 1.0 + at[0] * at[0], 0.3 * at[0] * at[1], 0.3 * at[0] * at[1], 2.0 + at[1] * at[1];
    return Eigen::Vector2d(-tensor * slope / kT);
  };
  Eigen::MatrixXd value, jacobian;
  dynamics.drift.sample(x, value, &jacobian);
  CHECK((value - force(x)).norm() < 1e-12 * value.norm());
  const double h = 1e-5;
  for (int k = 0; k < 2; ++k) {
    const Eigen::Vector2d shift = h * Eigen::Vector2d::Unit(k);
    CHECK((jacobian.col(0).segment(Index{2} * k, 2) - (force(x + shift) - force(x - shift)) / (2.0 * h)).norm() < 1e-6);
  }
  Coefficients c;
  sample_coefficients(dynamics, x, c);
  CHECK((c.advection - force(x)).norm() < 1e-12 * value.norm());
  // div D = (2 x + 0.3 x, 0.3 y + 2 y)
  CHECK((c.ito_drift - force(x) - Eigen::Vector2d(2.3 * 0.7, 2.3 * -0.4)).norm() < 1e-11);

  // Particles are moved by the same.
  const BlockCoefficients block(dynamics, false);
  const std::vector<double> at = block_of({x[0], x[1]});
  std::vector<double> drift(at.size()), factor(2 * at.size());
  block.sample(at.data(), drift.data(), factor.data(), program_block, program_block);
  for (int i = 0; i < 2; ++i)
    CHECK(std::abs(drift[static_cast<std::size_t>(i * program_block)] / c.ito_drift(i, 0) - 1.0) < 1e-12);
}

TEST_CASE("Boltzmann's law is known beforehand of white noise and of a mobility alone") {
  const auto landscape = built_in_landscape("himmelblau", 2);
  const auto white = constant_diffusion(0.3 * Eigen::Matrix2d::Identity());
  const auto flat = constant_diffusion(Eigen::Vector2d(0.3, 0.4).asDiagonal().toDenseMatrix());
  CHECK(boltzmann_law({Drift(landscape), white, Interpretation::ito})->kT == 0.3);
  CHECK_FALSE(boltzmann_law({Drift(landscape), flat, Interpretation::ito}));
  CHECK(boltzmann_law(mobile_dynamics(landscape, flat, 0.5))->kT == 0.5);
  CHECK_FALSE(boltzmann_law({Drift(landscape, Mobility{flat, 0.5}), white, Interpretation::ito}));
  CHECK_THROWS_AS(mobile_dynamics(landscape, flat, 0.0), std::invalid_argument);
}
