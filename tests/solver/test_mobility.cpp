#include "problems/dynamics/diffusion_model.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/paths/escape_prefactor.hpp"
#include "solver/solve_problem.hpp"

#include "tests/relative.hpp"
#include "tests/solver/quadrature.hpp"

#include <doctest/doctest.h>

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace valleyflux;

namespace {

constexpr double kT = 0.15;

std::shared_ptr<const Landscape> landscape(const std::string& text, const std::vector<std::string>& variables) {
  return expression_landscape(Expression(text, variables));
}

template <int Dim>
ValleyDefinition<Dim> valley(const std::string& name, const std::string& where, const std::string& core) {
  const std::vector<std::string> variables = variable_names(Dim);
  const auto region = [&](const std::string& text) {
    return Region<Dim>([holds = Expression(text, variables)](const Point<Dim>& x) { return holds(x) != 0.0; });
  };
  return {name, region(where), region(core)};
}

const Estimate& by(const Results& results, const std::string& method) {
  return *std::find_if(results.estimates.begin(), results.estimates.end(),
                       [&](const Estimate& one) { return one.method == method; });
}

// On the line: L = x^4/4 - x^2/2 + x/10, M = 1 + 0.8 sin(2 x).
double height(double x) {
  return x * x * x * x / 4.0 - x * x / 2.0 + 0.1 * x;
}
double mobility(double x) {
  return 1.0 + 0.8 * std::sin(2.0 * x);
}

Problem<1> line() {
  const auto noise = expression_diffusion(1, {{Expression("0.15*(1 + 0.8*sin(2*x))", {"x"})}});
  return make_problem<1>("", mobile_dynamics(landscape("x^4/4 - x^2/2 + 0.1*x", {"x"}), noise, kT),
                         Grid<1>({Axis("x", -2.0, 2.0, 60)}),
                         {valley<1>("left", "x < 0", "x < -0.9"), valley<1>("right", "x > 0", "x > 0.9")});
}

// In the plane: the same along x + y / 5, and a parabola across; a full tensor that turns and changes its size.
const std::string surface = "(x + 0.2*y)^4/4 - (x + 0.2*y)^2/2 + 0.1*x + y^2";
double height(double x, double y) {
  const double u = x + 0.2 * y;
  return u * u * u * u / 4.0 - u * u / 2.0 + 0.1 * x + y * y;
}
std::shared_ptr<const DiffusionModel> turning_noise() {
  const auto entry = [](const std::string& text) { return Expression(text, {"x", "y"}); };
  return expression_diffusion(2, {{entry("0.15*(1 + 0.5*sin(2*x + y))"), entry("0.06*cos(x - 2*y)")},
                                  {entry("0.06*cos(x - 2*y)"), entry("0.15*(0.8 + 0.3*cos(3*x))")}});
}
Eigen::Matrix2d tensor(double x, double y) {
  const double off = 0.4 * std::cos(x - 2.0 * y);
  return (Eigen::Matrix2d() << 1.0 + 0.5 * std::sin(2.0 * x + y), off, off, 0.8 + 0.3 * std::cos(3.0 * x)).finished();
}

Problem<2> plane(Index cells) {
  return make_problem<2>("", mobile_dynamics(landscape(surface, {"x", "y"}), turning_noise(), kT),
                         Grid<2>({Axis("x", -2.0, 2.0, cells), Axis("y", -1.4, 1.4, cells)}),
                         {valley<2>("left", "x < 0", "x < -0.9"), valley<2>("right", "x > 0", "x > 0.9")});
}

}  // namespace

TEST_CASE("with a mobility that varies the law on the line is Boltzmann's, and the mean time the double integral") {
  const auto density = [](double x) { return std::exp(-height(x) / kT); };
  SolveRequest<1> request;
  request.escapes = {{{0, 1}, {"mean_first_passage", "theory:laplace", "theory:kramers"}}};
  const Results results = solve_problem(line(), request);
  const double left = integral(-2.0, 0.0, density), right = integral(0.0, 2.0, density);
  CHECK(relative_error(*results.valleys[0].stationary_probability, left / (left + right)) < 1e-9);
  CHECK(results.valleys[0].height);

  const double minimum = results.valleys[0].minimum[0];
  const double time = integral(minimum, 0.9, [&](double y) {
    return std::exp(height(y) / kT) / (kT * mobility(y)) * integral(-2.0, y, density);
  });
  CHECK(relative_error(*by(results, "mean_first_passage").time, time) < 1e-8);

  // Kramers with the mobility at the top, x = b.
  double b = 0.1;
  for (int k = 0; k < 20; ++k) b -= (b * b * b - b + 0.1) / (3.0 * b * b - 1.0);
  const double rate = mobility(b) / (2.0 * std::numbers::pi) *
                      std::sqrt((3.0 * minimum * minimum - 1.0) * (1.0 - 3.0 * b * b)) *
                      std::exp(-(height(b) - height(minimum)) / kT);
  CHECK(relative_error(*by(results, "theory:laplace").rate, rate) < 1e-8);
  CHECK_FALSE(by(results, "theory:kramers").rate);
}

TEST_CASE("rates of a mobility keep detailed balance to Boltzmann's law, whatever the tensor") {
  const Problem<2> problem = plane(40);
  const Discretisation<2> d = discretise<2>(problem);
  const Generator& q = d.generator;
  double worst = 0.0;
  for (std::size_t e = 0; e < q.from.size(); ++e) {
    CHECK(q.forward[e] >= 0.0);
    if (!(q.forward[e] > 0 && q.backward[e] > 0)) continue;
    const Point<2> from = problem.grid.centre(q.from[e]), to = problem.grid.centre(q.to[e]);
    const double rise = (height(to[0], to[1]) - height(from[0], from[1])) / kT -
                        (d.log_width.col(q.to[e]).sum() - d.log_width.col(q.from[e]).sum());
    worst = std::max(worst, std::abs(std::log(q.forward[e] / q.backward[e]) + rise) / (1.0 + std::abs(rise)));
  }
  CHECK(worst < 1e-12);
}

TEST_CASE("with a tensor that varies the probabilities of valleys in the plane are those of Boltzmann's law") {
  SolveRequest<2> request;
  request.network = false;
  const Results results = solve_problem(plane(60), request);
  const auto mass = [](double low, double high) {
    return integral(low, high, [](double x) {
      return integral(-1.4, 1.4, [x](double y) { return std::exp(-height(x, y) / kT); });
    });
  };
  const double left = mass(-2.0, 0.0);
  CHECK(relative_error(*results.valleys[0].stationary_probability, left / (left + mass(0.0, 2.0))) < 1e-4);
}

TEST_CASE("the low-noise limit of a mobility is Langer's, and that along the most probable path") {
  const Problem<2> problem = plane(40);
  const auto& points = problem.critical_points;
  const auto saddle = std::find_if(points.begin(), points.end(), [](const auto& p) { return p.index == 1; });
  REQUIRE(saddle != points.end());
  const Point<2> a = problem.valleys[0].minimum->position, b = saddle->position;
  const auto hessian = [](const Point<2>& x) {
    const double u = x[0] + 0.2 * x[1], c = 3.0 * u * u - 1.0;
    return (Eigen::Matrix2d() << c, 0.2 * c, 0.2 * c, 0.04 * c + 2.0).finished();
  };
  const Eigen::Matrix2d flow = -tensor(b[0], b[1]) * hessian(b);
  const double unstable = 0.5 * flow.trace() + std::sqrt(0.25 * flow.trace() * flow.trace() - flow.determinant());
  const double exponent = (height(b[0], b[1]) - height(a[0], a[1])) / kT;
  const double expected =
      std::log(unstable / (2.0 * std::numbers::pi) * std::sqrt(hessian(a).determinant() / -hessian(b).determinant())) -
      exponent;
  SaddleLimits<2> limits(problem);
  const SaddleLimit& limit = limits.of(0, static_cast<std::size_t>(saddle - points.begin()));
  CHECK(std::abs(*limit.log_rate - expected) < 1e-9);
  CHECK(relative_error(*limit.exponent, exponent) < 1e-10);
  // Another road to the same number: the action minimised, the prefactor carried along the path.
  const auto paths = paths_to_saddle(problem.dynamics, a, b);
  REQUIRE(paths.size() == 1);
  CHECK(relative_error(paths[0].exponent, exponent) < 1e-4);
  CHECK(std::abs(path_rate(problem.dynamics, paths[0]).log_rate - expected) < 5e-3);
}

TEST_CASE("a mobility of one is constant isotropic noise") {
  const auto well = landscape(surface, {"x", "y"});
  const auto noise = constant_diffusion(kT * Eigen::Matrix2d::Identity());
  const Grid<2> grid({Axis("x", -2.0, 2.0, 20), Axis("y", -1.4, 1.4, 16)});
  const auto generator = [&](const Dynamics& dynamics) {
    return discretise<2>(Problem<2>{"", dynamics, grid, {}, {}, {}}).generator;
  };
  const Generator one = generator(mobile_dynamics(well, noise, kT));
  const Generator other = generator({Drift(well), noise, Interpretation::ito});
  REQUIRE(one.from == other.from);
  for (std::size_t e = 0; e < one.from.size(); ++e) {
    CHECK(relative_error(one.forward[e], other.forward[e]) < 1e-12);
    CHECK(relative_error(one.backward[e], other.backward[e]) < 1e-12);
  }
}
