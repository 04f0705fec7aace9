#include "problems/dynamics/diffusion_model.hpp"
#include "problems/dynamics/sgd_diffusion.hpp"
#include "solver/paths/escape_prefactor.hpp"

#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "problems/problem.hpp"
#include "solver/solver_error.hpp"
#include "solver/theory/closed_forms.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <Eigen/LU>
#include <boost/numeric/odeint.hpp>

#include <array>
#include <cmath>
#include <utility>

using namespace valleyflux;

namespace {

Eigen::MatrixXd isotropic(double noise) {
  return noise * Eigen::MatrixXd::Identity(2, 2);
}

Dynamics maier_stein(double beta, double mu, double noise) {
  return {built_in_drift("maier_stein", 2, {{"beta", beta}, {"mu", mu}}), constant_diffusion(isotropic(noise)),
          Interpretation::ito};
}

ActionPath path_of(const Dynamics& dynamics, const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  return minimum_action_path(dynamics, a, b, relaxation_path(dynamics, a, b));
}

}  // namespace

TEST_CASE("on the line path and prefactor are those of the Laplace limit, in every interpretation") {
  for (const Interpretation interpretation :
       {Interpretation::ito, Interpretation::stratonovich, Interpretation::isothermal}) {
    const Dynamics dynamics{Drift(built_in_landscape("quartic_double_well", 1)),
                            expression_diffusion(1, {{Expression("0.03*(1 + x^2/2 + x/3)", {"x"})}}), interpretation};
    const LaplaceRate exact = laplace_rate(dynamics, -1.0, 0.0);
    const ActionPath path = path_of(dynamics, Eigen::VectorXd::Constant(1, -1.0), Eigen::VectorXd::Zero(1));
    CHECK(std::abs(path.exponent - exact.exponent) < 1e-7);
    CHECK(std::abs(path.exponent - exact.exponent) <= 2.0 * path.error);
    const PathRate rate = path_rate(dynamics, path);
    CHECK(std::abs(rate.log_rate - exact.log_rate) < 1e-5);
  }
}

TEST_CASE("on Mueller and Brown's surface the path climbs to the saddle, with Kramers' rate") {
  const Dynamics dynamics{built_in_drift("muller_brown", 2), constant_diffusion(isotropic(15.0)), Interpretation::ito};
  const auto points =
      find_critical_points<2>(dynamics.drift, Grid<2>({Axis("x", -1.6, 1.3, 100), Axis("y", -0.5, 2.1, 100)}));
  REQUIRE(points.size() == 5);
  const CriticalPoint<2>&minimum = points[0], &saddle = points[4];
  REQUIRE(saddle.index == 1);
  const ActionPath path = path_of(dynamics, minimum.position, saddle.position);
  // Published: -146.6995 and -40.6648.
  CHECK(std::abs(15.0 * path.exponent - (146.6995 - 40.6648)) < 1e-4);
  for (const Index k : {64, 128, 200}) {
    FieldSamples at;
    dynamics.drift.landscape()->sample(path.points.col(k), 0, at);
    CHECK(relative_error(path.action[k], (at.value[0] - minimum.height) / 15.0) < 1e-5);
  }
  const PathRate rate = path_rate(dynamics, path);
  CHECK(std::abs(rate.log_rate -
                 log_kramers_rate(minimum.hessian, saddle.hessian, saddle.height - minimum.height, 15.0)) < 2e-5);
}

TEST_CASE("an Ornstein-Uhlenbeck process reaches every point at the exponent of its stationary law") {
  const Dynamics dynamics{
      Drift(std::vector<Expression>{Expression("-x + 2*y", {"x", "y"}), Expression("-x - 1.5*y", {"x", "y"})}),
      constant_diffusion((Eigen::Matrix2d() << 0.3, 0.1, 0.1, 0.2).finished()), Interpretation::ito};
  // J S + S J^T + 2 D = 0, written out for the three entries of S.
  Eigen::Matrix3d system;
  system << -2.0, 4.0, 0.0, -1.0, -2.5, 2.0, 0.0, -2.0, -3.0;
  const Eigen::Vector3d entries = system.partialPivLu().solve(Eigen::Vector3d(-0.6, -0.2, -0.4));
  const Eigen::Matrix2d covariance = (Eigen::Matrix2d() << entries[0], entries[1], entries[1], entries[2]).finished();
  for (const Eigen::Vector2d& end :
       {Eigen::Vector2d(1.0, 0.3), Eigen::Vector2d(-0.5, 1.0), Eigen::Vector2d(0.1, -2.0)}) {
    const ActionPath path = minimum_action_path(dynamics, Eigen::Vector2d(0.0, 0.0), end);
    const double exact = 0.5 * end.dot(covariance.inverse() * end);
    CHECK(relative_error(path.exponent, exact) < 1e-4);
    // The momentum is the slope of the quasi-potential.
    CHECK((path.momentum.col(128) - covariance.inverse() * path.points.col(128)).norm() <
          1e-3 * path.momentum.col(128).norm());
  }
}

TEST_CASE("the prefactor of Maier and Stein's drift is that of a scalar Riccati equation") {
  // While the path stays on y = 0 (beta < 4): z = V_yy along it, x' = x^3 - x uphill.
  constexpr double noise = 0.05;
  for (const double mu : {1.0, 0.7})
    for (const double beta : {1.0, 2.0}) {
      if (beta * mu < 1.0 && mu < 1.0) continue;
      using State = std::array<double, 2>;  // z, integral
      State state{2.0 * mu / noise, 0.0};
      boost::numeric::odeint::integrate_adaptive(
          boost::numeric::odeint::make_controlled<boost::numeric::odeint::runge_kutta_dopri5<State>>(1e-10, 1e-10),
          [&](const State& now, State& slope, double x) {
            const double speed = x * x * x - x, momentum = speed / noise;
            slope[0] =
                -(-2.0 * beta * x * momentum - 2.0 * mu * (1.0 + x * x) * now[0] + 2.0 * noise * now[0] * now[0]) /
                speed;
            slope[1] = (noise * now[0] - mu * (1.0 + x * x)) / speed;
          },
          state, -1.0 + 1e-6, -1e-5, 1e-7);
      const double exact = std::log(1.0 / M_PI) - state[1];
      const Dynamics dynamics = maier_stein(beta, mu, noise);
      const ActionPath path = path_of(dynamics, Eigen::Vector2d(-1.0, 0.0), Eigen::Vector2d(0.0, 0.0));
      CHECK(relative_error(path.exponent, 0.25 / noise) < 1e-8);
      const PathRate rate = path_rate(dynamics, path);
      CAPTURE(beta);
      CAPTURE(mu);
      CHECK(std::abs(rate.log_prefactor - exact) < 5e-3);
      CHECK(std::abs(rate.log_prefactor - exact) < 4.0 * rate.error + 1e-4);
    }
}

TEST_CASE("beyond beta = 4 the path leaves the axis, to both sides") {
  const std::vector<ActionPath> paths =
      paths_to_saddle(maier_stein(10.0, 1.0, 0.05), Eigen::Vector2d(-1.0, 0.0), Eigen::Vector2d(0.0, 0.0));
  REQUIRE(paths.size() == 2);
  CHECK(relative_error(paths[0].exponent, paths[1].exponent) < 1e-6);
  CHECK(paths[0].exponent < 0.9 * 5.0);
  CHECK((paths[0].points.row(1) + paths[1].points.row(1)).cwiseAbs().maxCoeff() < 1e-4);
  CHECK(paths[0].points.row(1).cwiseAbs().maxCoeff() > 0.1);
  // Twice as many points say the same within the error.
  ActionPathOptions fine;
  fine.points = 513;
  const ActionPath refined = minimum_action_path(maier_stein(10.0, 1.0, 0.05), Eigen::Vector2d(-1.0, 0.0),
                                                 Eigen::Vector2d(0.0, 0.0), paths[0].points, fine);
  CHECK(std::abs(refined.exponent - paths[0].exponent) <= paths[0].error);
  CHECK(paths[0].error < 1e-5);
}

TEST_CASE(
    "constant noise turned against the axes: the exponent over a separable barrier is that of its own direction") {
  const double angle = 0.5, c = std::cos(angle), s = std::sin(angle);
  const std::string u = "(" + std::to_string(c) + "*x + " + std::to_string(s) + "*y)";
  const std::string v = "(-" + std::to_string(s) + "*x + " + std::to_string(c) + "*y)";
  Eigen::Matrix2d turn;
  turn << c, -s, s, c;
  const Eigen::Matrix2d noise = turn * Eigen::Vector2d(0.05, 0.5).asDiagonal() * turn.transpose();
  const Dynamics dynamics{Drift(expression_landscape(Expression(u + "^4/4 - " + u + "^2/2 + " + v + "^2", {"x", "y"}))),
                          constant_diffusion(0.5 * (noise + noise.transpose())), Interpretation::ito};
  const ActionPath path = path_of(dynamics, Eigen::Vector2d(-c, -s), Eigen::Vector2d(0.0, 0.0));
  CHECK(relative_error(path.exponent, 5.0) < 1e-4);
  CHECK(std::abs(path_rate(dynamics, path).log_prefactor - std::log(std::sqrt(2.0) / (2.0 * M_PI))) < 1e-3);
}

TEST_CASE("stretched coordinates with the noise that goes with them leave the rate what it is") {
  // X = sinh x, Y = sinh y turns Stratonovich equations into Stratonovich equations: D becomes D (1 + X^2).
  const std::string x = "log(x + sqrt(1 + x^2))", y = "log(y + sqrt(1 + y^2))";
  constexpr double mu = 2.0;
  for (const double beta : {3.0, 14.0}) {
    const Parameters parameters{{"beta", beta}, {"mu", mu}};
    const Dynamics stretched{
        Drift({Expression("sqrt(1 + x^2)*(" + x + " - (" + x + ")^3 - beta*(" + x + ")*(" + y + ")^2)", {"x", "y"},
                          parameters),
               Expression("-sqrt(1 + y^2)*mu*(1 + (" + x + ")^2)*(" + y + ")", {"x", "y"}, parameters)}),
        expression_diffusion(2, {{Expression("0.05*(1 + x^2)", {"x", "y"}), Expression("0", {"x", "y"})},
                                 {Expression("0", {"x", "y"}), Expression("0.05*(1 + y^2)", {"x", "y"})}}),
        Interpretation::stratonovich};
    ActionPathOptions options;
    options.points = 513;
    const auto solved = [&](const Dynamics& dynamics, double start) {
      const Eigen::Vector2d a(-start, 0.0), b(0.0, 0.0);
      const ActionPath path = paths_to_saddle(dynamics, a, b, options)[0];
      return std::pair(path, path_rate(dynamics, path));
    };
    const auto [plain_path, plain] = solved(maier_stein(beta, mu, 0.05), 1.0);
    const auto [path, rate] = solved(stretched, std::sinh(1.0));
    CAPTURE(beta);
    CHECK(std::abs(path.exponent - plain_path.exponent) < 2.0 * (path.error + plain_path.error) + 1e-9);
    CHECK(std::abs(rate.log_prefactor - plain.log_prefactor) < 2.0 * (rate.error + plain.error) + 1e-9);
    CHECK(rate.error < 2e-3);
  }
}

TEST_CASE("what stands in the way of a low-noise limit is said") {
  const auto landscape = expression_landscape(Expression("x^4/4 - x^2/2 + y^2", {"x", "y"}));
  std::string message;
  try {
    path_of({Drift(landscape), sgd_diffusion(landscape, {0.1, 1.0, 0.0}), Interpretation::ito},
            Eigen::Vector2d(-1.0, 0.0), Eigen::Vector2d(0.0, 0.0));
  } catch (const std::invalid_argument& error) {
    message = error.what();
  }
  CHECK(message.find("-0.57735") != std::string::npos);
  CHECK(message.find("4.44") != std::string::npos);  // theory: 0.222 / kappa, kappa = 0.05
  // The path comes in along the saddle's stable direction, which decays more slowly.
  const Dynamics slow = maier_stein(6.0, 0.5, 0.05);
  const auto paths = paths_to_saddle(slow, Eigen::Vector2d(-1.0, 0.0), Eigen::Vector2d(0.0, 0.0));
  CHECK_THROWS_AS(path_rate(slow, paths[0]), SolverError);
}

TEST_CASE("in a valley that bends, a descent that ends a little higher is no second path") {
  // Of three descents two end 0.04 of the way beside the least path, with an exponent larger by 0.1 %.
  const auto landscape = expression_landscape(Expression("(x^2 - 1)^2/4 + 2*(y - 0.3*(x^2 - 1))^2", {"x", "y"}));
  const Dynamics bent{Drift(landscape), sgd_diffusion(landscape, {0.05, 1.0, 0.001}), Interpretation::ito};
  const auto paths = paths_to_saddle(bent, Eigen::Vector2d(-1.0, 0.0), Eigen::Vector2d(0.0, -0.3));
  CHECK(paths.size() == 1);
  const Eigen::MatrixXd relaxation = relaxation_path(bent, Eigen::Vector2d(-1.0, 0.0), Eigen::Vector2d(0.0, -0.3));
  CHECK(paths[0].exponent <
        minimum_action_path(bent, relaxation.col(0), relaxation.rightCols<1>(), relaxation).exponent);
}
