#include "solver/evolution/stiff_exponential.hpp"

#include <doctest/doctest.h>

#include <Eigen/QR>

#include <array>
#include <cmath>
#include <random>

using namespace valleyflux;

TEST_CASE("slow modes keep their digits beside modes that are 1e18 times as fast") {
  constexpr Eigen::Index n = 6;
  const Eigen::Vector<double, n> decay{0.0, 1e-3, 0.7, 20.0, 1e6, 1e15};  // times t
  std::mt19937 engine(7);
  std::normal_distribution<double> normal;
  const Eigen::MatrixXd axes = Eigen::MatrixXd(
      Eigen::MatrixXd::NullaryExpr(n, n, [&] { return normal(engine); }).householderQr().householderQ());
  const auto with = [&](const auto& f) {
    return Eigen::MatrixXd(axes * decay.unaryExpr(f).asDiagonal() * axes.transpose());
  };
  for (const double t : {1e-9, 3.0, 1e12})
    for (const double moved : {1.0, 5.0, 25.0}) {  // t shift
      CAPTURE(t);
      CAPTURE(moved);
      const Eigen::MatrixXd H = with([&](double x) { return 1.0 / (1.0 + x / moved); });
      const ExponentialStep found = stiff_exponential(H, moved / t, t);
      CHECK((found.value - with([](double x) { return std::exp(-x); })).norm() < 1e-12);
      CHECK((found.integral / t - with([](double x) { return x > 0 ? -std::expm1(-x) / x : 1.0; })).norm() < 1e-12);
    }
}

TEST_CASE("modes that turn a hundred times and hardly decay are followed, or said not to be") {
  const double t = 2.0, decay = 0.3;
  for (const double turns : {0.5, 10.0, 100.0, 3000.0}) {
    const double angle = 2.0 * M_PI * turns, shift = 5.0 / t;
    const Eigen::Matrix2d turn{{-decay, -angle / t}, {angle / t, -decay}};
    const Eigen::Matrix2d H = (Eigen::Matrix2d::Identity() - turn / shift).inverse();
    const Eigen::Matrix2d exact =
        std::exp(-decay * t) * Eigen::Matrix2d{{std::cos(angle), -std::sin(angle)}, {std::sin(angle), std::cos(angle)}};
    const Eigen::MatrixXd found = stiff_exponential(H, shift, t).value;
    CAPTURE(turns);
    if (turns > 1000.0)
      CHECK_FALSE(found.allFinite());
    else
      CHECK((found - exact).norm() < 1e-10);
  }
}
