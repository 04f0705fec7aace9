#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/escape/escape.hpp"

#include "tests/relative.hpp"
#include "tests/solver/quadrature.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace valleyflux;

namespace {

constexpr double kink = -0.4123, left_wall = -2.0, arrival = 0.9;

double noise_at(double x) {
  return 0.05 + 0.25 * std::max(0.0, x - kink);
}

/// int b / D from the kink.
double work_from_kink(double x) {
  const double gained =
      integral(std::min(x, kink), std::max(x, kink), [](double s) { return (s - s * s * s) / noise_at(s); });
  return x > kink ? gained : -gained;
}

/// Mean time from `start` to the arrival by the scale function and the speed density of the line.
double exact_time(double start) {
  const auto speed = [](double x) { return std::exp(work_from_kink(x)) / noise_at(x); };
  const auto mass_below = [&](double y) {
    return integral(left_wall, std::min(y, kink), speed) + (y > kink ? integral(kink, y, speed) : 0.0);
  };
  const auto passage = [&](double y) { return std::exp(-work_from_kink(y)) * mass_below(y); };
  return integral(start, kink, passage) + integral(kink, arrival, passage);
}

double passage_error(Index cells) {
  const Expression landscape("x^4/4 - x^2/2 + y^2/2", {"x", "y"});
  const Expression along("0.05 + 0.25*max(0, x + 0.4123)", {"x", "y"}), none("0", {"x", "y"}),
      across("0.2", {"x", "y"});
  Problem<2> problem{"",
                     {Drift(expression_landscape(landscape)), expression_diffusion(2, {{along, none}, {none, across}}),
                      Interpretation::ito},
                     Grid<2>({Axis("x", left_wall, 2.0, cells), Axis("y", -1.5, 1.5, 8)}),
                     {},
                     {},
                     {}};
  CriticalPoint<2> minimum;
  minimum.position = problem.grid.centre(problem.grid.cell_containing(Point<2>(-1.0, 0.1)));
  problem.valleys = {{"left", Region<2>([](const Point<2>& x) { return x[0] < 0; }), {}, minimum},
                     {"right",
                      Region<2>([](const Point<2>& x) { return x[0] > 0; }),
                      Region<2>([](const Point<2>& x) { return x[0] >= arrival; }),
                      {}}};
  const std::vector<int> labels(static_cast<std::size_t>(problem.grid.cells()), 0);
  const double time =
      *solve_escape<2>(problem, discretise<2>(problem), labels, {0, 1}, {false, false}).mean_first_passage_time;
  return relative_error(time, exact_time(minimum.position[0]));
}

/// The largest error on grids that have the kink at different places of a cell.
double largest_error(Index fewest) {
  double largest = 0.0;
  for (Index more = 0; more < 5; ++more) largest = std::max(largest, passage_error(fewest + more));
  return largest;
}

}  // namespace

TEST_CASE("where the noise has a kink passage times of the plane converge to second order wherever in a cell it lies") {
  const double coarse = largest_error(40), fine = largest_error(160);
  CAPTURE(coarse);
  CAPTURE(fine);
  CHECK(coarse < 2e-3);
  CHECK(fine < 1.5e-4);
}
