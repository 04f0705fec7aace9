#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/escape/escape.hpp"

#include <doctest/doctest.h>

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

bool feels_curve(const Region<2>& inside, const Region<2>& target, const Escape& escape) {
  const Problem<2> problem = well(inside, target);
  const Discretisation<2> discretisation = discretise(problem);
  const std::vector<int> labels(static_cast<std::size_t>(discretisation.space.states()), 0);
  return solve_escape(problem, discretisation, labels, escape, {false, false}).feels_curved_surface;
}

const Region<2> disc([](const Point<2>& x) { return x.norm() < 1.0; });
const Region<2> half([](const Point<2>& x) { return x[0] + 0.3 * x[1] < 0.9; });
const Region<2> beyond_half([](const Point<2>& x) { return x[0] + 0.3 * x[1] > 1.1; });

}  // namespace

TEST_CASE("a surface counts as curved where probability leaves through a curved one") {
  CHECK(feels_curve(disc, beyond_half, {.from = 0}));
  CHECK_FALSE(feels_curve(half, beyond_half, {.from = 0}));
  CHECK_FALSE(feels_curve(disc, beyond_half, {.from = 0, .to = 1}));
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
  CHECK_FALSE(solve_escape(problem, discretisation, labels, {0, 1}, {false, false}).feels_curved_surface);
}
