#include "problems/dynamics/diffusion_model.hpp"
#include "problems/dynamics/sgd_diffusion.hpp"
#include "solver/particles/particle_problem.hpp"
#include "tests/infinity.hpp"

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "problems/valleys/stable_point.hpp"
#include "solver/particles/level_surface.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>
#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <cmath>
#include <limits>

using namespace valleyflux;

namespace {

std::vector<BoxSide> box(int d, double half_width) {
  std::vector<BoxSide> sides;
  for (const std::string& name : variable_names(d))
    sides.push_back({name, -half_width, half_width, Boundary::reflecting, Boundary::reflecting});
  return sides;
}

Expression condition(const std::string& text, int d) {
  return Expression(text, variable_names(d));
}

/// Rate of leaving x < 0.156731 from the lower minimum of one coordinate, by nested quadrature.
double exit_rate(double noise) {
  const auto height = [](double x) { return 0.5 * (std::pow(x, 4) - 16.0 * x * x + 5.0 * x); };
  using boost::math::quadrature::gauss_kronrod;
  const auto inner = [&](double y) {
    const auto weight = [&](double z) { return std::exp((height(y) - height(z)) / noise) / noise; };
    return gauss_kronrod<double, 31>::integrate(weight, -6.0, y, 12, 1e-12);
  };
  return 1.0 / gauss_kronrod<double, 31>::integrate(inner, -2.903534, 0.156731, 12, 1e-12);
}

}  // namespace

TEST_CASE("distances to surfaces that predicates bound") {
  const LevelSurface half({condition("x1 + x2 > 1", 4)}, false, box(4, infinity), 5.0);
  CHECK(relative_error(half.distance({0.0, 0.0, 7.0, 7.0}), std::sqrt(0.5)) < 1e-12);
  CHECK(relative_error(half.distance({2.0, 1.0, 7.0, 7.0}), -2.0 * std::sqrt(0.5)) < 1e-12);
  CHECK(relative_error(half.normal({0.0, 0.0, 0.0, 0.0})[1], -std::sqrt(0.5)) < 1e-12);
  // Outside a ball near its surface; what lies outside of a corner; what is not in a corner.
  const LevelSurface ball({condition("x^2 + y^2 + z^2 < 4", 3)}, false, box(3, infinity), 5.0);
  CHECK(relative_error(ball.distance({2.001, 0.0, 0.0}), 0.001) < 1e-3);
  const LevelSurface corner({condition("x > 1 && !(y < 2)", 2)}, false, box(2, infinity), 5.0);
  CHECK(relative_error(corner.distance({1.5, 1.0}), 1.0) < 1e-12);
  CHECK(relative_error(corner.distance({1.5, 3.0}), -0.5) < 1e-12);
  const LevelSurface outside({condition("x > 1 && y > 2", 2)}, true, box(2, infinity), 5.0);
  CHECK(relative_error(outside.distance({1.5, 3.0}), 0.5) < 1e-12);
  CHECK_THROWS_AS(LevelSurface({condition("x + y", 2)}, false, box(2, infinity), 5.0), std::invalid_argument);
  CHECK_THROWS_AS(LevelSurface({condition("x == y", 2)}, false, box(2, infinity), 5.0), std::invalid_argument);
}

TEST_CASE("a stable point is found in many dimensions, and a saddle is none") {
  const Drift drift(built_in_landscape("styblinski_tang", 7));
  const auto point = stable_point_near(drift, Eigen::VectorXd::Constant(7, -2.0));
  REQUIRE(point);
  CHECK((point->position.array() + 2.903534027771177).abs().maxCoeff() < 1e-12);
  CHECK(relative_error(*point->height, 7 * -39.16616570377142) < 1e-12);
  const Drift saddle(expression_landscape(Expression("x^2 - y^2", {"x", "y"})));
  CHECK_FALSE(stable_point_near(saddle, Eigen::Vector2d(0.0, 0.0)));
  CHECK_FALSE(stable_point_near(saddle, Eigen::Vector2d(0.1, 0.1)));
}

TEST_CASE("independent coordinates: the first exit is as many times as frequent as that of one of them") {
  constexpr int d = 4;
  const double noise = 39.557 / 6.0;
  const Dynamics dynamics{Drift(built_in_landscape("styblinski_tang", d)),
                          constant_diffusion(noise * Eigen::MatrixXd::Identity(d, d)), Interpretation::ito};
  const std::string inside = "x1 < 0.156731 && x2 < 0.156731 && x3 < 0.156731 && x4 < 0.156731";
  const ParticleProblem problem = make_particle_problem(
      "", dynamics, box(d, 6.0), {{"lowest", condition(inside, d), {}, std::vector<double>(d, -3.0)}});
  ParticleMethods methods;
  methods.particles = {.particles = 2000, .step = 1e-3, .scheme = ParticleScheme::platen};
  methods.splitting = {30, 32};
  methods.reaction_coordinate = condition("max(max(x1, x2), max(x3, x4))", d);
  const Results results = solve_particles(problem, {{{0, -1}, {"langevin", "splitting"}}}, methods);
  REQUIRE(results.estimates.size() == 2);
  for (const Estimate& estimate : results.estimates) {
    CAPTURE(estimate.note);
    REQUIRE(estimate.rate);
    const double error = std::log(*estimate.high / *estimate.rate) / 1.96;
    CHECK(std::abs(std::log(*estimate.rate / (d * exit_rate(noise)))) < 4.0 * error);
  }
}

TEST_CASE("in a box too an escape may end in whichever other valley comes first") {
  // Along x three equal wells, across it anything: from the middle one, by symmetry, the time to either side.
  constexpr double noise = 0.4, arrival = 0.7;
  const std::vector<std::string> xyz = variable_names(3);
  const Dynamics dynamics{Drift(expression_landscape(Expression("-0.5*cos(2*pi*x) + y^2 + z^2", xyz))),
                          constant_diffusion(noise * Eigen::MatrixXd::Identity(3, 3)), Interpretation::ito};
  const ParticleProblem problem =
      make_particle_problem("", dynamics, box(3, 1.5),
                            {{"middle", condition("abs(x) < 0.5", 3), {}, {0.0, 0.0, 0.0}},
                             {"left", condition("x < -0.5", 3), condition("x < -0.7", 3), {-1.0, 0.0, 0.0}},
                             {"right", condition("x > 0.5", 3), condition("x > 0.7", 3), {1.0, 0.0, 0.0}}});
  ParticleMethods methods;
  methods.particles = {.particles = 4000, .step = 1e-3, .scheme = ParticleScheme::platen};
  const Results results = solve_particles(problem, {{escape_from(0), {"langevin"}}}, methods);
  using Rule = boost::math::quadrature::gauss_kronrod<double, 31>;
  const auto height = [](double x) { return -0.5 * std::cos(2.0 * M_PI * x) / noise; };
  const double time = Rule::integrate(
      [&](double y) {
        return Rule::integrate([&](double z) { return std::exp(height(y) - height(z)) / noise; }, 0.0, y, 12, 1e-12);
      },
      0.0, arrival, 12, 1e-12);
  REQUIRE(results.estimates.size() == 1);
  CHECK(results.estimates[0].to == "any");
  const double error = std::log(*results.estimates[0].high / *results.estimates[0].rate) / 1.96;
  CHECK(std::abs(std::log(*results.estimates[0].rate * time)) < 4.0 * error);
  // Where no other valley has a core there is nothing to arrive in.
  CHECK_THROWS_AS(solve_particles(problem, {{{1, 0}, {"langevin"}}}, methods), std::invalid_argument);
}

TEST_CASE("what is wrong with a problem for particles is said") {
  const Dynamics dynamics{Drift(built_in_landscape("styblinski_tang", 3)),
                          constant_diffusion(Eigen::MatrixXd::Identity(3, 3)), Interpretation::ito};
  const auto make = [&](const std::vector<BoxSide>& in, const std::string& where, double minimum) {
    return make_particle_problem("", dynamics, in, {{"a", condition(where, 3), {}, std::vector<double>(3, minimum)}});
  };
  CHECK_THROWS_AS(make(box(2, 5.0), "x < 0", -3.0), ProblemError);
  CHECK_THROWS_AS(make(box(3, 1.0), "x < 0", -3.0), ProblemError);
  CHECK_THROWS_AS(make(box(3, 5.0), "x > 0", -3.0), ProblemError);
  CHECK_THROWS_AS(make_particle_problem("", dynamics, box(3, 5.0), {}), ProblemError);
  const ParticleProblem problem = make(box(3, 5.0), "x < 0", -3.0);
  CHECK_THROWS_AS(solve_particles(problem, {{{0, 0}, {"langevin"}}}, {}), std::invalid_argument);
  CHECK_THROWS_AS(solve_particles(problem, {{{0, -1}, {"flux"}}}, {}), std::invalid_argument);
  CHECK_THROWS_AS(solve_particles(problem, {{{0, -1}, {"splitting"}}}, {}), std::invalid_argument);
}

TEST_CASE("without a grid the closed forms are over the pass that the string finds, in any dimension") {
  constexpr int d = 6;
  const auto landscape = built_in_landscape("styblinski_tang", d);
  const double low = -2.9035340277711771, high = 2.7468027709908369;
  std::vector<double> a(d, low), b = a;
  b[2] = high;
  const auto solve = [&](std::shared_ptr<const DiffusionModel> noise, const TheoryOptions& theory, int to) {
    const ParticleProblem problem =
        make_particle_problem("", {Drift(landscape), std::move(noise), Interpretation::isothermal}, box(d, 5.0),
                              {{"a", condition("x3 < 0.156731", d), condition("x3 < -2.5", d), a},
                               {"b", condition("x3 > 0.156731", d), condition("x3 > 2.5", d), b}});
    return solve_particles(problem, {{{0, to}, {"theory"}}}, {}, {}, theory);
  };
  // Transverse directions are the same at minimum and pass: the rate is that of one coordinate.
  const double top = 0.15673125999999, rise = 0.5 * (std::pow(top, 4) - 16 * top * top + 5 * top) -
                                              0.5 * (std::pow(low, 4) - 16 * low * low + 5 * low);
  const double at_low = 6 * low * low - 16, at_top = 6 * top * top - 16;
  const Results white = solve(constant_diffusion(4.0 * Eigen::MatrixXd::Identity(d, d)), {}, 1);
  REQUIRE(white.estimates.size() == 1);
  CHECK(white.estimates[0].method == "theory:kramers");
  CHECK(relative_error(*white.estimates[0].rate, std::sqrt(-at_low * at_top) / (2 * M_PI) * std::exp(-rise / 4.0)) <
        1e-6);
  const SgdDiffusionOptions sgd{0.5, 1.0, 0.0};
  const Results turned = solve(sgd_diffusion(landscape, sgd), {sgd, {}, 0.25}, 1);
  REQUIRE(turned.estimates.size() == 2);  // Eq. 84 and Eq. 83, which are the same here
  const double exponent = 2.0 / 0.5 * rise * (0.25 / at_low - 0.75 / at_top);
  for (const Estimate& estimate : turned.estimates)
    CHECK(relative_error(*estimate.rate, -at_top / (2 * M_PI) * std::exp(-exponent)) < 1e-6);
  CHECK_FALSE(turned.warnings.empty());  // D vanishes on the way
  CHECK_FALSE(solve(constant_diffusion(Eigen::MatrixXd::Identity(d, d)), {}, -1).estimates[0].rate);
}
