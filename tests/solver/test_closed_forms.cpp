#include "solver/escape/closed_forms.hpp"

#include "problems/landscapes/built_in.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace valleyflux;

TEST_CASE("Theorem 3.2 gives the times tabulated for the quartic well") {
  // H_a = 2, H_b = -1, barrier 1/4; times of the table at s = 0, 1/2, 1 for (B, eta).
  const Eigen::MatrixXd a = Eigen::MatrixXd::Constant(1, 1, 2.0), b = Eigen::MatrixXd::Constant(1, 1, -1.0);
  const auto time = [&](double batch, double eta, double s) {
    return std::exp(-log_sgd_rate(a, b, 0.25, eta, batch, s));
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
  CHECK(std::abs(log_sgd_rate(a, b, 1.0, 0.1, 1.0, 1.0) - (std::log(1.0 / (2.0 * M_PI)) - 20.0 / 2.0)) < 1e-12);
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
  const auto forms = closed_forms<2>(problem, passages, 0, 1, std::nullopt, 0.5);
  REQUIRE(forms.size() == 1);
  CHECK_FALSE(forms[0].log_rate);
  // Published: minimum -146.6995, saddle -40.6648.
  const auto direct = closed_forms<2>(problem, passages, 0, 2, std::nullopt, 0.5);
  REQUIRE(direct[0].log_rate);
  CHECK(direct[0].method == "theory:kramers");
  CHECK(std::abs(*direct[0].log_rate + (146.6995 - 40.6648) / 15.0) < 8.0);
}
