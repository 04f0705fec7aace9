#include "problems/dynamics/diffusion_model.hpp"
#include "solver/discretisation/discretise.hpp"

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/escape/escape.hpp"

#include "tests/solver/double_well.hpp"

#include <doctest/doctest.h>
#include <omp.h>

#include <Eigen/Geometry>

#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <cmath>

using namespace valleyflux;

namespace {

Problem<2> bare_problem(const Dynamics& dynamics, const Grid<2>& grid) {
  return {"", dynamics, grid, {}, {}, {}};
}

Eigen::MatrixXi positions(const Grid<2>& grid) {
  Eigen::MatrixXi at(2, grid.cells());
  for (Index cell = 0; cell < grid.cells(); ++cell) {
    const Offset<2> c = grid.coordinates(cell);
    at(0, cell) = c[0];
    at(1, cell) = c[1];
  }
  return at;
}

/// L = u^4/4 - u^2/2 + v^2/2 with (u, v) turned against the grid, D = diag(first, second) in (u, v).
Problem<2> rotated_well(double angle, double first, double second, double half_width, Index cells) {
  const Eigen::Matrix2d turn = Eigen::Rotation2Dd(angle).toRotationMatrix();
  const Parameters parameters{{"c", turn(0, 0)}, {"s", turn(1, 0)}};
  const Expression landscape("(c*x + s*y)^4/4 - (c*x + s*y)^2/2 + (-s*x + c*y)^2/2", {"x", "y"}, parameters);
  Eigen::Matrix2d tensor = turn * Eigen::Vector2d(first, second).asDiagonal() * turn.transpose();
  tensor = (0.5 * (tensor + tensor.transpose())).eval();
  Problem<2> problem =
      bare_problem({Drift(expression_landscape(landscape)), constant_diffusion(tensor), Interpretation::ito},
                   Grid<2>({Axis("x", -half_width, half_width, cells), Axis("y", -half_width, half_width, cells)}));
  CriticalPoint<2> minimum;
  minimum.position = turn * Eigen::Vector2d(-1.0, 0.0);
  const Eigen::Vector2d e = turn.col(0);
  problem.valleys = {{"left", Region<2>([e](const Point<2>& x) { return e.dot(x) < 0; }), {}, minimum},
                     {"right",
                      Region<2>([e](const Point<2>& x) { return e.dot(x) > 0; }),
                      Region<2>([e](const Point<2>& x) { return e.dot(x) >= 0.9; }),
                      {}}};
  return problem;
}

double passage_time(const Problem<2>& problem, int to) {
  std::vector<int> labels(static_cast<std::size_t>(problem.grid.cells()), 0);
  return *solve_escape<2>(problem, discretise<2>(problem), labels, {0, to}, {false, false}).mean_first_passage_time;
}

/// The same passage in one dimension, where it is known to nine digits (see test_escape).
double line_time(double noise, int to) {
  const Problem<1> problem =
      double_well({Drift(built_in_landscape("quartic_double_well", 1)),
                   constant_diffusion(Eigen::MatrixXd::Constant(1, 1, noise)), Interpretation::ito},
                  Axis("x", -2.5, 2.5, 2000));
  const Discretisation<1> discretisation = discretise<1>(problem);
  const std::vector<int> labels(static_cast<std::size_t>(discretisation.space.states()), 0);
  return *solve_escape<1>(problem, discretisation, labels, {0, to}, {false, false}).mean_first_passage_time;
}

}  // namespace

TEST_CASE("rates are nonnegative and the masses of the cells balance every edge to round-off") {
  for (const bool graded : {false, true}) {
    const auto grading = graded ? std::optional(Grading{-0.5, 0.4}) : std::nullopt;
    const Grid<2> grid(
        {Axis("x", -1.6, 1.3, 40, Boundary::reflecting, Boundary::reflecting, grading), Axis("y", -0.5, 2.1, 36)});
    const auto landscape = built_in_landscape("muller_brown", 2);
    const double kT = 15.0;
    const Problem<2> problem = bare_problem(
        {Drift(landscape), constant_diffusion(kT * Eigen::Matrix2d::Identity()), Interpretation::ito}, grid);
    const Discretisation<2> d = discretise<2>(problem);
    const Generator& q = d.generator;
    FieldSamples field;
    double worst = 0.0;
    for (std::size_t e = 0; e < q.from.size(); ++e) {
      CHECK(q.forward[e] >= 0.0);
      CHECK(q.backward[e] >= 0.0);
      landscape->sample(grid.centre(q.from[e]), 0, field);
      const double from = field.value[0];
      landscape->sample(grid.centre(q.to[e]), 0, field);
      const double rise =
          (field.value[0] - from) / kT - (d.log_width.col(q.to[e]).sum() - d.log_width.col(q.from[e]).sum());
      // Volumes on a graded grid: X' at the centres, the Jacobian of the lattice.
      double jacobian = 0.0;
      for (int k = 0; k < 2; ++k) {
        const Axis& axis = grid.axis(k);
        const int sign[2] = {-1, 1};
        const Index ends[2] = {q.from[e], q.to[e]};
        for (int end = 0; end < 2; ++end)
          jacobian += sign[end] * std::log(axis.stretch(axis.lattice(grid.coordinates(ends[end])[k])));
      }
      if (q.forward[e] > 0 && q.backward[e] > 0)
        worst = std::max(worst,
                         std::abs(std::log(q.forward[e] / q.backward[e]) + rise - jacobian) / (1.0 + std::abs(rise)));
    }
    CHECK(worst < 1e-12);
  }
}

TEST_CASE("where the landscape separates, the stationary law is the Boltzmann law under products of harmonic hats") {
  // Hats by quadrature: phi = int exp(V) from x to the next centre over that between the centres; 1 up to the walls.
  const auto line = [](double x) { return x * x * x * x / 4.0 - x * x / 2.0; };
  const auto across = [](double y) { return 1.5 * y * y + 0.3 * y; };
  const double kT = 0.1;
  const Grid<2> grid({Axis("x", -2.0, 2.0, 12), Axis("y", -1.2, 1.0, 8)});
  const Problem<2> problem =
      bare_problem({Drift(expression_landscape(Expression("x^4/4 - x^2/2 + 1.5*y^2 + 0.3*y", {"x", "y"}))),
                    constant_diffusion(kT * Eigen::Matrix2d::Identity()), Interpretation::ito},
                   grid);
  const Generator q = discretise<2>(problem).generator;
  const Eigen::VectorXd law = stationary_probabilities(EliminationOrder(q, positions(grid)), q);

  const auto masses = [&](const Axis& axis, const auto& potential) {
    boost::math::quadrature::gauss_kronrod<double, 31> rule;
    const auto integral = [&](const auto& f, double a, double b) { return rule.integrate(f, a, b, 8, 1e-11); };
    const auto resistance = [&](double a, double b) {
      return integral([&](double x) { return std::exp(potential(x) / kT); }, a, b);
    };
    const auto density = [&](double x) { return std::exp(-potential(x) / kT); };
    Eigen::VectorXd mass = Eigen::VectorXd::Zero(axis.cells());
    mass[0] += integral(density, axis.min(), axis.centre(0));
    mass[axis.cells() - 1] += integral(density, axis.centre(axis.cells() - 1), axis.max());
    for (Index i = 0; i + 1 < axis.cells(); ++i) {
      const double a = axis.centre(i), b = axis.centre(i + 1), whole = resistance(a, b);
      mass[i] += integral([&](double x) { return density(x) * resistance(x, b) / whole; }, a, b);
      mass[i + 1] += integral([&](double x) { return density(x) * resistance(a, x) / whole; }, a, b);
    }
    return Eigen::VectorXd(mass / mass.sum());
  };
  const Eigen::VectorXd x = masses(grid.axis(0), line), y = masses(grid.axis(1), across);
  for (Index cell = 0; cell < grid.cells(); ++cell) {
    const Offset<2> at = grid.coordinates(cell);
    CHECK(std::abs(law[cell] / (x[at[0]] * y[at[1]]) - 1.0) < 1e-4);  // Z is sampled to 1e-5 kT
  }
}

TEST_CASE("passage times of a landscape that separates are right on eight cells") {
  for (const double noise : {0.2, 0.05, 0.02}) {
    for (const Index cells : {8, 10, 16}) {
      Problem<2> problem = rotated_well(0.0, noise, noise, 2.4, cells);
      problem.valleys[0].minimum->position = problem.grid.centre(problem.grid.cell_containing(Point<2>(-1.0, 0.1)));
      const double start = problem.valleys[0].minimum->position[0], end = 0.9;
      problem.valleys[1].core = Region<2>([end](const Point<2>& x) { return x[0] >= end; });
      const auto potential = [noise](double x) { return (x * x * x * x / 4.0 - x * x / 2.0) / noise; };
      boost::math::quadrature::gauss_kronrod<double, 61> rule;
      const double exact = rule.integrate(
          [&](double y) {
            return std::exp(potential(y)) / noise *
                   rule.integrate([&](double x) { return std::exp(-potential(x)); }, -2.4, y, 12, 1e-10);
          },
          start, end, 12, 1e-9);
      CAPTURE(noise);
      CAPTURE(cells);
      CHECK(std::abs(passage_time(problem, 1) / exact - 1.0) < 1e-3);
    }
  }
}

TEST_CASE("a cell on a steep slope is left as fast as the drift goes") {
  const double noise = 0.01;  // 47 kT a cell along x
  const Grid<2> grid({Axis("x", -3.0, 3.0, 40), Axis("y", -1.0, 1.0, 16)});
  const Problem<2> problem =
      bare_problem({Drift(expression_landscape(Expression("x^4/4 - x^2/2 + y^2/2 + x*y/4", {"x", "y"}))),
                    constant_diffusion(noise * Eigen::Matrix2d::Identity()), Interpretation::ito},
                   grid);
  const Discretisation<2> d = discretise<2>(problem);
  const Index cell = grid.cell_containing(Point<2>(2.4, 0.1));
  const Point<2> at = grid.centre(cell);
  Point<2> velocity = Point<2>::Zero();
  for (std::size_t e = 0; e < d.generator.from.size(); ++e) {
    if (d.generator.from[e] == cell) velocity += d.generator.forward[e] * (grid.centre(d.generator.to[e]) - at);
    if (d.generator.to[e] == cell) velocity += d.generator.backward[e] * (grid.centre(d.generator.from[e]) - at);
  }
  // Sliding down to the next centre takes int dx / |F|, here by Simpson's rule.
  const double h = grid.axis(0).spacing();
  const auto slowness = [&](double x) { return 1.0 / (x * x * x - x + at[1] / 4.0); };
  const double time = h / 6.0 * (slowness(at[0]) + 4.0 * slowness(at[0] - 0.5 * h) + slowness(at[0] - h));
  CHECK(std::abs(-velocity[0] * time / h - 1.0) < 0.02);
}

TEST_SUITE("convergence") {
  TEST_CASE("a rotated well with a full tensor converges at second order, for transition and first exit") {
    const double noise = 0.05;
    for (const int to : {1, -1}) {
      const double exact = line_time(noise, to);
      for (const double anisotropy : {1.0, 10.0, 100.0, 1000.0}) {
        const double half_width = std::max(3.0, 4.5 * std::sqrt(noise * anisotropy));
        std::vector<double> errors;
        for (const Index cells : {60, 120, 240})
          errors.push_back(passage_time(rotated_well(0.5, noise, noise * anisotropy, half_width, cells), to) / exact -
                           1.0);
        CAPTURE(anisotropy);
        CAPTURE(to);
        CHECK(std::abs(errors[2]) < (anisotropy > 100.0 ? 3e-3 : 1e-3));  // cells grow with the width of the valley
        CHECK(std::abs(std::log2(errors[1] / errors[2]) - 2.0) < 0.3);
      }
    }
  }

  TEST_CASE("the stationary covariance of a non-reversible Ornstein-Uhlenbeck process converges at second order") {
    // A S + S A^T = 2 D for dx = -A x dt + [2 D]^(1/2) dW.
    Eigen::Matrix2d a, noise;
    a << 1.0, -2.0, 2.0, 1.5;
    noise << 0.5, 0.2, 0.2, 0.3;
    Eigen::Matrix3d system;  // for (S_xx, S_xy, S_yy)
    system << 2 * a(0, 0), 2 * a(0, 1), 0, a(1, 0), a(0, 0) + a(1, 1), a(0, 1), 0, 2 * a(1, 0), 2 * a(1, 1);
    const Eigen::Vector3d right(2 * noise(0, 0), 2 * noise(0, 1), 2 * noise(1, 1));
    const Eigen::Vector3d exact = system.inverse() * right;
    std::vector<double> errors;
    for (const Index cells : {32, 64, 128}) {
      const Grid<2> grid({Axis("x", -4.5, 4.5, cells), Axis("y", -4.5, 4.5, cells)});
      const Problem<2> problem = bare_problem(
          {Drift(std::vector<Expression>{Expression("-x + 2*y", {"x", "y"}), Expression("-2*x - 1.5*y", {"x", "y"})}),
           constant_diffusion(noise), Interpretation::ito},
          grid);
      const Generator q = discretise<2>(problem).generator;
      const Eigen::VectorXd law = stationary_probabilities(EliminationOrder(q, positions(grid)), q);
      Eigen::Vector3d covariance = Eigen::Vector3d::Zero();
      for (Index cell = 0; cell < grid.cells(); ++cell) {
        const Point<2> x = grid.centre(cell);
        covariance += law[cell] * Eigen::Vector3d(x[0] * x[0], x[0] * x[1], x[1] * x[1]);
      }
      errors.push_back((covariance - exact).norm());
    }
    CHECK(std::abs(std::log2(errors[1] / errors[2]) - 2.0) < 0.3);
    CHECK(errors[2] < 5e-3);
  }
}

TEST_CASE("a tilted periodic landscape keeps its current around the ring") {
  // Exact current of the washboard (Stratonovich's formula): J = (1 - e^{-w}) / double integral, per period.
  const double amplitude = 1.0, tilt = 0.5, noise = 0.3, period = 2.0 * M_PI;
  Problem<1> problem{"",
                     {built_in_drift("washboard", 1, {{"amplitude", amplitude}, {"tilt", tilt}}),
                      constant_diffusion(Eigen::MatrixXd::Constant(1, 1, noise)), Interpretation::ito},
                     Grid<1>({Axis("x", 0.0, period, 300, Boundary::periodic, Boundary::periodic)}),
                     {},
                     {},
                     {}};
  const Generator q = discretise<1>(problem).generator;
  Eigen::MatrixXi at(1, 300);
  for (int i = 0; i < 300; ++i) at(0, i) = i;
  const Eigen::VectorXd law = stationary_probabilities(EliminationOrder(q, at), q);
  const double current = law[0] * q.forward[0] - law[1] * q.backward[0];
  const auto potential = [&](double x) { return (-amplitude * std::cos(x) - tilt * x) / noise; };
  double integral = 0.0;
  const int n = 2000;  // the trapezoidal rule converges exponentially for periodic integrands
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      const double x = period * i / n, y = period * (j + 0.5) / n;
      integral += std::exp(potential(x + y) - potential(x));
    }
  integral *= period / n * (period / n);
  const double exact = noise * (1.0 - std::exp(-tilt * period / noise)) / integral;
  CHECK(std::abs(current / exact - 1.0) < 1e-4);
}

TEST_CASE("generators do not depend on the number of threads") {
  const Problem<2> problem = rotated_well(0.4, 0.05, 0.5, 3.0, 50);
  omp_set_num_threads(1);
  const Generator one = discretise<2>(problem).generator;
  omp_set_num_threads(2);
  const Generator two = discretise<2>(problem).generator;
  CHECK(one.from == two.from);
  CHECK(one.to == two.to);
  CHECK(one.forward == two.forward);
  CHECK(one.backward == two.backward);
}

TEST_CASE("degenerate and strongly anisotropic noise gives finite, nonnegative rates and no closed corners") {
  for (const char* weak : {"0", "1e-9", "abs(x)"}) {
    const Problem<2> problem =
        bare_problem({Drift(std::vector<Expression>{Expression("-x", {"x", "y"}), Expression("-y + x", {"x", "y"})}),
                      expression_diffusion(2, {{Expression(weak, {"x", "y"}), Expression("0", {"x", "y"})},
                                               {Expression("0", {"x", "y"}), Expression("0.1", {"x", "y"})}}),
                      Interpretation::ito},
                     Grid<2>({Axis("x", -1.0, 1.0, 20), Axis("y", -1.0, 1.0, 20)}));
    const Generator q = discretise<2>(problem).generator;
    std::vector<Index> degree(400, 0);
    for (std::size_t e = 0; e < q.from.size(); ++e) {
      CHECK(std::isfinite(q.forward[e]));
      CHECK(q.forward[e] >= 0.0);
      CHECK(q.backward[e] >= 0.0);
      ++degree[static_cast<std::size_t>(q.from[e])];
      ++degree[static_cast<std::size_t>(q.to[e])];
    }
    for (const Index d : degree) CHECK(d > 0);
  }
}
