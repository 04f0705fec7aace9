#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/escape/escape.hpp"

#include <doctest/doctest.h>

#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/expint.hpp>
#include <cmath>
#include <vector>

using namespace valleyflux;

namespace {

/// A well of ten kT up to the disc's border.
Problem<2> well(const Region<2>& inside, const Region<2>& target) {
  Problem<2> problem{"",
                     {Drift(expression_landscape(Expression("x^2/2 + y^2/2", {"x", "y"}))),
                      constant_diffusion(0.05 * Eigen::Matrix2d::Identity()), Interpretation::ito},
                     Grid<2>({Axis("x", -2.0, 2.0, 61), Axis("y", -2.0, 2.0, 67)}),
                     {},
                     {},
                     {}};
  CriticalPoint<2> middle;
  middle.position = {0.013, -0.021};
  problem.valleys = {{"inside", inside, {}, middle}, {"beyond", target, target, {}}};
  return problem;
}

double felt_curve(const Region<2>& inside, const Region<2>& target, const Escape& escape) {
  const Problem<2> problem = well(inside, target);
  const Discretisation<2> discretisation = discretise(problem);
  const std::vector<int> labels(static_cast<std::size_t>(discretisation.space.states()), 0);
  return solve_escape(problem, discretisation, labels, escape, {false, false}).felt_of_curved_surface;
}

const Region<2> disc([](const Point<2>& x) { return x.norm() < 1.0; });
const Region<2> half([](const Point<2>& x) { return x[0] + 0.3 * x[1] < 0.9; });
const Region<2> beyond_half([](const Point<2>& x) { return x[0] + 0.3 * x[1] > 1.1; });

}  // namespace

TEST_CASE("a surface counts as curved where probability leaves through a curved one") {
  // Of a disc of radius R in this well T = int_0^R (exp(r^2 / 0.1) - 1) / r dr; cells are 0.0656 by 0.0597.
  const double time = 0.5 * (boost::math::expint(10.0) - boost::math::constants::euler<double>() - std::log(10.0));
  const double by_cell = std::sqrt(4.0 / 61 * 4.0 / 67) * std::expm1(10.0) / time;
  const double felt = felt_curve(disc, beyond_half, {.from = 0});
  CHECK(felt < by_cell);
  CHECK(felt > 0.1 * by_cell);
  CHECK(felt_curve(half, beyond_half, {.from = 0}) == 0.0);
  CHECK(felt_curve(disc, beyond_half, {.from = 0, .to = 1}) == 0.0);
}

TEST_CASE("a curved surface deep in a valley is not felt") {
  // Over a barrier of 40 kT into the core around another minimum: nothing comes back from there.
  Problem<2> problem = well(half, beyond_half);
  problem.dynamics.drift = Drift(expression_landscape(Expression("cos(pi*x) + y^2", {"x", "y"})));
  const Region<2> core([](const Point<2>& x) { return (x - Point<2>(1.0, 0.0)).norm() < 0.2; });
  problem.valleys[1] = {"beyond", core, core, {}};
  problem.valleys[0].minimum->position = {-1.0, 0.0};
  const Discretisation<2> discretisation = discretise(problem);
  const std::vector<int> labels(static_cast<std::size_t>(discretisation.space.states()), 0);
  CHECK(solve_escape(problem, discretisation, labels, {0, 1}, {false, false}).felt_of_curved_surface < 1e-9);
}
