#include "problems/dynamics/diffusion_model.hpp"
#include "problems/dynamics/sgd_diffusion.hpp"
#include "solver/theory/closed_forms.hpp"
#include "tests/relative.hpp"
#include "tests/solver/predicted.hpp"

#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace valleyflux;

TEST_CASE("Theorem 3.2 gives the times tabulated for the quartic well") {
  // H_a = 2, H_b = -1, barrier 1/4; times of the table at s = 0, 1/2, 1 for (B, eta).
  const Eigen::MatrixXd a = Eigen::MatrixXd::Constant(1, 1, 2.0), b = Eigen::MatrixXd::Constant(1, 1, -1.0);
  const EscapeWay way{.points = {}, .at_minimum = Eigen::VectorXd::Ones(1), .at_saddle = Eigen::VectorXd::Ones(1)};
  const auto time = [&](double batch, double eta, double s) {
    return std::exp(-log_sgd_rate(a, b, way, 0.25, eta, batch, s));
  };
  CHECK(std::abs(time(1, 0.4, 0.0) - 21.9) < 0.05);
  CHECK(std::abs(time(1, 0.4, 0.5) - 16.0) < 0.05);
  CHECK(std::abs(time(1, 0.4, 1.0) - 11.7) < 0.05);
  CHECK(std::abs(time(1, 0.1, 0.5) - 267.0) < 0.5);
  CHECK(std::abs(time(4, 0.4, 0.0) - 933.0) < 0.5);
}

TEST_CASE("Kramers' formula for the quartic well") {
  const Eigen::MatrixXd a = Eigen::MatrixXd::Constant(1, 1, 2.0), b = Eigen::MatrixXd::Constant(1, 1, -1.0);
  CHECK(std::abs(log_kramers_rate(a, b, 0.25, 0.05) - std::log(std::sqrt(2.0) / (2.0 * M_PI) * std::exp(-5.0))) <
        1e-14);
}

TEST_CASE("the Laplace limit is approached like D / barrier, in every interpretation") {
  // Asymmetric well, D(x) = e (1 + x^2 / 2 + x / 3); time of first passage far beyond the top by quadrature
  // (theory: tau = int D^(-alpha) e^Phi int D^(alpha - 1) e^-Phi).
  const auto landscape = expression_landscape(Expression("x^4/4 - x^2/2 + x/10", {"x"}));
  const auto force = [](double x) { return x - x * x * x - 0.1; };
  const auto zero_near = [&](double x) {
    for (int k = 0; k < 60; ++k) x -= force(x) / (1.0 - 3.0 * x * x);
    return x;
  };
  const double a = zero_near(-1.0), b = zero_near(0.1), c = zero_near(0.9);
  for (const auto& [interpretation, alpha] :
       {std::pair{Interpretation::ito, 0.0}, std::pair{Interpretation::stratonovich, 0.5},
        std::pair{Interpretation::isothermal, 1.0}}) {
    double before = 0.0;
    for (const double barriers : {10.0, 40.0, 160.0}) {
      const double e = 0.35 / barriers;
      const auto noise = [&](double x) { return e * (1.0 + 0.5 * x * x + x / 3.0); };
      // Trapezoids so narrow that their error, (width / sqrt D)^2, does not show.
      constexpr int n = 40000;
      const double low = a - 1.0, h = (c - low) / n;
      const auto slope = [&](double x) { return -force(x) / noise(x); };
      double phi = 0.0, phi_a = 0.0, phi_b = 0.0, inner = 0.0, scaled = 0.0;  // from `low`
      double last_inner = 0.0, last_outer = 0.0;
      constexpr double shift = 600.0;  // phi at `low` is far above all others
      for (int k = 0; k <= n; ++k) {
        const double x = low + k * h;
        if (k > 0) phi += 0.5 * h * (slope(x - h) + slope(x));
        if (std::abs(x - a) <= 0.5 * h) phi_a = phi + slope(x) * (a - x);
        if (std::abs(x - b) <= 0.5 * h) phi_b = phi + slope(x) * (b - x);
        const double weight = std::pow(noise(x), alpha - 1.0) * std::exp(-phi - shift);
        inner += 0.5 * h * (last_inner + weight);
        const double outer = x < a ? 0.0 : std::pow(noise(x), -alpha) * std::exp(phi + shift) * inner;
        scaled += 0.5 * h * (last_outer + outer);
        last_inner = weight;
        last_outer = outer;
      }
      const double top = phi_b - phi_a;
      scaled *= std::exp(-top);
      const Dynamics dynamics{Drift(landscape),
                              expression_diffusion(1, {{Expression("e*(1 + x^2/2 + x/3)", {"x"}, {{"e", e}})}}),
                              interpretation};
      const double relative = std::exp(-laplace_rate(dynamics, a, b).log_rate - top) / scaled - 1.0;
      CAPTURE(barriers);
      CHECK(std::abs(relative) < 5.0 / barriers);
      if (before != 0.0) CHECK(std::abs(relative) < 0.4 * std::abs(before));  // a quarter, in the limit
      before = relative;
    }
  }
}

TEST_CASE("the Laplace limit does not exist where the noise vanishes on the way") {
  const auto landscape = built_in_landscape("quartic_double_well", 1);
  const auto limit = [&](double injected) {
    return laplace_rate({Drift(landscape), sgd_diffusion(landscape, {0.1, 1.0, injected}), Interpretation::ito}, -1.0,
                        0.0)
        .log_rate;
  };
  std::string message;
  try {
    limit(0.0);
  } catch (const std::invalid_argument& error) {
    message = error.what();
  }
  CHECK(message.find("the noise vanishes at x = -0.57735") != std::string::npos);
  // With injected noise the exponent grows without bounds as that vanishes, by (2 g / slope) of its logarithm
  // (theory: 0.222 / kappa, kappa = 0.05).
  CHECK(relative_error((limit(1e-7) - limit(1e-8)) / std::log(10.0), 0.2222 / 0.05) < 0.01);
}

TEST_CASE("transverse directions enter by their frequencies alone, however the axes are turned") {
  Eigen::Matrix2d a = Eigen::Vector2d(2.0, 3.0).asDiagonal(), b = Eigen::Vector2d(-1.0, 12.0).asDiagonal();
  const double one =
      log_kramers_rate(Eigen::MatrixXd::Constant(1, 1, 2.0), Eigen::MatrixXd::Constant(1, 1, -1.0), 1.0, 0.1);
  CHECK(std::abs(log_kramers_rate(a, b, 1.0, 0.1) - one - 0.5 * std::log(3.0 / 12.0)) < 1e-13);
  Eigen::Matrix2d turn;
  turn << 0.6, -0.8, 0.8, 0.6;
  a = (turn * a * turn.transpose()).eval();
  b = (turn * b * turn.transpose()).eval();
  CHECK(std::abs(log_kramers_rate(a, b, 1.0, 0.1) - one - 0.5 * std::log(3.0 / 12.0)) < 1e-12);
  const EscapeWay way{.points = {}, .at_minimum = turn.col(0), .at_saddle = turn.col(0)};
  CHECK(std::abs(log_sgd_rate(a, b, way, 1.0, 0.1, 1.0, 1.0) - (std::log(1.0 / (2.0 * M_PI)) - 20.0 / 2.0)) < 1e-12);
}

TEST_CASE("Hessians that are no minimum or no saddle are refused") {
  const Eigen::MatrixXd up = Eigen::MatrixXd::Identity(2, 2), down = -up;
  CHECK_THROWS_AS(log_kramers_rate(down, down, 1.0, 0.1), std::invalid_argument);
  CHECK_THROWS_AS(log_kramers_rate(up, up, 1.0, 0.1), std::invalid_argument);
  CHECK_THROWS_AS(log_kramers_rate(up, down, 1.0, 0.1), std::invalid_argument);
}

TEST_CASE("the valleys of a surface are joined by its saddles") {
  const Problem<2> problem = make_problem<2>(
      "",
      {built_in_drift("muller_brown", 2), constant_diffusion(15.0 * Eigen::Matrix2d::Identity()), Interpretation::ito},
      Grid<2>({Axis("x", -1.6, 1.3, 60), Axis("y", -0.5, 2.1, 60)}));
  REQUIRE(problem.valleys.size() == 3);
  const std::vector<Passage> passages = find_passages<2>(problem);
  CHECK(passages.size() == 4);
  // The lowest valley and the second lowest have no saddle in common.
  for (const Passage& passage : passages) CHECK(passage.from + passage.to != 1);
  const auto forms = predicted<2>(problem, passages, 0, 1, {});
  REQUIRE(forms.size() == 1);
  CHECK_FALSE(forms[0].log_rate);
  const auto direct = predicted<2>(problem, passages, 0, 2, {});
  REQUIRE(direct[0].log_rate);
  CHECK(direct[0].method == "theory:kramers");
  // Heights (published: -146.6995 and -40.6648) and curvatures by Newton's method on the published formula, by hand:
  // log(|lambda| / (2 pi) sqrt(det H_a / |det H_s|)) - (-40.6648435086574 + 146.699517209954) / 15.
  CHECK(relative_error(*direct[0].log_rate, -1.5294884699952265) < 1e-9);
}
