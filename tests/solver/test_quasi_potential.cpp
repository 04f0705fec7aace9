#include "problems/dynamics/diffusion_model.hpp"
#include "solver/paths/quasi_potential.hpp"

#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "problems/valleys/lyapunov.hpp"
#include "solver/paths/minimum_action_path.hpp"
#include "solver/theory/closed_forms.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <Eigen/LU>

#include <cmath>
#include <stdexcept>

using namespace valleyflux;

namespace {

/// Where the drift of the tilted quartic well vanishes.
double tilted_zero_near(double x) {
  for (int k = 0; k < 60; ++k) x -= (x - x * x * x - 0.1) / (1.0 - 3.0 * x * x);
  return x;
}

std::shared_ptr<const DiffusionModel> white(double noise) {
  return constant_diffusion(noise * Eigen::MatrixXd::Identity(2, 2));
}

/// A linear drift that turns, with noise that is stronger in one direction.
struct Turning {
  Tensor<2> curvature;  // the quasi-potential is the form with it
  Dynamics dynamics;
};

Turning turning() {
  Tensor<2> a, d;
  a << -1.0, 3.0, -2.0, -1.5;
  d << 0.1, 0.03, 0.03, 0.05;
  const Tensor<2> covariance = *solve_lyapunov<2>(a, Tensor<2>(2.0 * d));
  return {covariance.inverse(),
          {Drift({Expression("-x + 3*y", {"x", "y"}), Expression("-2*x - 1.5*y", {"x", "y"})}), constant_diffusion(d),
           Interpretation::ito}};
}

}  // namespace

TEST_CASE("the quasi-potential of a turning linear drift is its quadratic form") {
  const Turning linear = turning();
  // Where paths stay inside the box: in the largest ellipse that fits.
  const double inside = 0.5 / linear.curvature.inverse().diagonal().maxCoeff();
  double last = 0.0;
  for (const Index cells : {50, 100, 200}) {
    const Grid<2> grid({Axis("x", -1.04, 1.0, cells), Axis("y", -1.0, 1.02, cells)});
    const QuasiPotential v = quasi_potential<2>(linear.dynamics, grid, Point<2>::Zero());
    CHECK(v.unreached == 0);
    double error = 0.0;
    for (Index cell = 0; cell < grid.cells(); ++cell) {
      const double exact = 0.5 * grid.centre(cell).dot(linear.curvature * grid.centre(cell));
      if (exact < inside) error = std::max(error, std::abs(v.value[cell] - exact));
    }
    if (last > 0.0) CHECK(error < 0.6 * last);
    last = error;
  }
  CHECK(last < 1e-3 * inside);
}

TEST_CASE("the quasi-potential goes round a periodic axis, and stays out where there is no noise") {
  const Drift drift(expression_landscape(Expression("-cos(x) + y^2/2", {"x", "y"})));
  const Grid<2> ring(
      {Axis("x", 0.0, 2.0 * M_PI, 100, Boundary::periodic, Boundary::periodic), Axis("y", -1.0, 1.0, 60)});
  const QuasiPotential v = quasi_potential<2>({drift, white(0.5), Interpretation::ito}, ring, Point<2>::Zero());
  double error = 0.0;
  for (Index cell = 0; cell < ring.cells(); ++cell) {
    const Point<2> x = ring.centre(cell);
    error = std::max(error, std::abs(v.value[cell] - (1.0 - std::cos(x[0]) + 0.5 * x[1] * x[1]) / 0.5));
  }
  CHECK(error < 0.05);

  const Grid<2> box({Axis("x", -1.0, 1.0, 40), Axis("y", -1.0, 1.0, 40)});
  const Expression noise("max(0.5 - x, 0)", {"x", "y"});
  const QuasiPotential walled = quasi_potential<2>({Drift(expression_landscape(Expression("x^2 + y^2", {"x", "y"}))),
                                                    expression_diffusion(2, {{noise}}), Interpretation::ito},
                                                   box, Point<2>::Zero());
  CHECK(walled.unreached > 0);
  for (Index cell = 0; cell < box.cells(); ++cell) CHECK(std::isinf(walled.value[cell]) == (box.centre(cell)[0] > 0.5));
}

TEST_CASE("on a line the quasi-potential is the integral of -F / D up to the pass and level beyond") {
  const auto landscape = expression_landscape(Expression("x^4/4 - x^2/2 + x/10", {"x"}));
  const Dynamics dynamics{Drift(landscape), expression_diffusion(1, {{Expression("0.02*(1 + x^2/2 + x/3)", {"x"})}}),
                          Interpretation::ito};
  const double a = tilted_zero_near(-1.0), b = tilted_zero_near(0.1);
  const double exact = laplace_rate(dynamics, a, b).exponent;
  const auto level = [&](Index cells) {
    const Grid<1> grid({Axis("x", -1.5, 1.5, cells)});
    return quasi_potential<1>(dynamics, grid, Point<1>(a)).value[grid.cell_containing(Point<1>(0.8))];
  };
  CHECK(relative_error(level(400), exact) < 1e-4);
  CHECK(std::abs(level(200) - exact) > 3.0 * std::abs(level(800) - exact));
  CHECK_THROWS_AS(quasi_potential<1>(dynamics, Grid<1>({Axis("x", -1.5, 1.5, 40)}), Point<1>(b)),
                  std::invalid_argument);
}

TEST_CASE("on the grid the barrier of Maier and Stein's drift is that of the path") {
  const Dynamics dynamics{built_in_drift("maier_stein", 2, {{"beta", 10.0}, {"mu", 1.0}}), white(0.05),
                          Interpretation::ito};
  const Point<2> a(-1.0, 0.0), b(0.0, 0.0);
  const double exact = paths_to_saddle(dynamics, a, b)[0].exponent;
  double last = 0.0;
  for (const Index cells : {61, 121, 241}) {  // odd: the saddle is a cell centre
    const Grid<2> grid({Axis("x", -1.5, 1.5, cells), Axis("y", -0.8, 0.8, cells)});
    const QuasiPotential v = quasi_potential<2>(dynamics, grid, a);
    const double error = std::abs(v.value[grid.cell_containing(b)] / exact - 1.0);
    if (last > 0.0) CHECK(error < 0.7 * last);
    last = error;
  }
  CHECK(last < 0.01);
}
