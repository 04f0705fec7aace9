#include "problems/dynamics/diffusion_model.hpp"
#include "solver/discretisation/departing_cell.hpp"

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/escape/escape.hpp"

#include "tests/relative.hpp"
#include "tests/solver/double_well.hpp"

#include <doctest/doctest.h>

#include <Eigen/Geometry>

#include <cmath>

using namespace valleyflux;

namespace {

template <int Dim>
Eigen::VectorXd stationary_law(const Grid<Dim>& grid, const Generator& generator) {
  Eigen::MatrixXi positions(Dim, grid.cells());
  for (Index cell = 0; cell < grid.cells(); ++cell) positions.col(cell) = grid.coordinates(cell);
  return stationary_probabilities(EliminationOrder(generator, positions), generator);
}

/// Mean first-passage time over the barrier of x^4/4 - x^2/2 from -1 to 0.9 with noise D(x), by both forms.
struct Times {
  double edge, departing_cell;
};

Times passage(const char* noise, Interpretation interpretation, const std::optional<Grading>& grading, Index cells) {
  const Problem<1> problem =
      double_well({Drift(built_in_landscape("quartic_double_well", 1)),
                   expression_diffusion(1, {{Expression(noise, {"x"})}}), interpretation},
                  Axis("x", -2.5, 2.5, cells, Boundary::reflecting, Boundary::reflecting, grading));
  Discretisation<1> discretisation = discretise(problem);
  const std::vector<int> labels(static_cast<std::size_t>(discretisation.space.states()), 0);
  const auto time = [&] {
    return *solve_escape(problem, discretisation, labels, {0, 1}, {false, false}).mean_first_passage_time;
  };
  Times times{};
  times.edge = time();
  use_departing_cell_rates(problem, discretisation);
  times.departing_cell = time();
  return times;
}

}  // namespace

TEST_CASE("on the line both forms converge to the same passage time, the departing-cell form at second order") {
  for (const auto interpretation : {Interpretation::ito, Interpretation::stratonovich, Interpretation::isothermal})
    for (const bool graded : {false, true}) {
      const auto grading = graded ? std::optional(Grading{0.0, 1.0}) : std::nullopt;
      const auto error = [&](Index cells) {
        const Times times = passage("0.05 * (1 + 0.5*x^2)", interpretation, grading, cells);
        return times.departing_cell / times.edge - 1.0;
      };
      const double coarse = error(200), fine = error(400);
      CAPTURE(graded);
      CHECK(std::abs(fine) < 5e-3);
      CHECK(std::abs(fine) > 1e-6);  // it is another scheme
      CHECK(std::abs(std::log2(coarse / fine) - 2.0) < 0.2);
    }
}

TEST_CASE("without drift and with constant noise both forms are the same") {
  Eigen::Matrix2d tensor;
  tensor << 1.0, 0.7, 0.7, 0.8;
  const Problem<2> problem{
      "",
      {Drift(expression_landscape(Expression("0*x*y", {"x", "y"}))), constant_diffusion(tensor), Interpretation::ito},
      Grid<2>({Axis("x", 0.0, 1.0, 12), Axis("y", 0.0, 1.0, 9)}),
      {},
      {},
      {}};
  const Discretisation<2> edge = discretise(problem);
  Discretisation<2> departing = edge;
  use_departing_cell_rates(problem, departing);
  for (std::size_t e = 0; e < edge.generator.from.size(); ++e) {
    CHECK(relative_error(departing.generator.forward[e], edge.generator.forward[e]) < 1e-12);
    CHECK(relative_error(departing.generator.backward[e], edge.generator.backward[e]) < 1e-12);
  }
}

TEST_CASE("with a rotating tensor the stationary law converges to the exact one at second order") {
  // Isothermal noise: exp(-L) is stationary for any tensor D(x).
  const std::vector<std::string> axes{"x", "y"};
  const Expression off_diagonal("0.9*sin(x + y)", axes);
  const std::vector<std::vector<Expression>> tensor{{Expression("1 + 0.9*cos(x + y)", axes), off_diagonal},
                                                    {off_diagonal, Expression("1 - 0.9*cos(x + y)", axes)}};
  std::vector<double> errors;
  for (const Index cells : {32, 64, 128}) {
    const Problem<2> problem{
        "",
        {Drift(std::vector<Expression>{Expression("-(1 + 0.9*cos(x + y))*x - 0.9*sin(x + y)*2*y", axes),
                                       Expression("-0.9*sin(x + y)*x - (1 - 0.9*cos(x + y))*2*y", axes)}),
         expression_diffusion(2, tensor), Interpretation::isothermal},
        Grid<2>({Axis("x", -5.0, 5.0, cells), Axis("y", -4.0, 4.0, cells)}),
        {},
        {},
        {}};
    Discretisation<2> discretisation = discretise(problem);
    use_departing_cell_rates(problem, discretisation);
    const Eigen::VectorXd law = stationary_law(problem.grid, discretisation.generator);
    Eigen::VectorXd exact(law.size());
    for (Index cell = 0; cell < law.size(); ++cell) {
      const Point<2> x = problem.grid.centre(cell);
      exact[cell] = std::exp(-0.5 * x[0] * x[0] - x[1] * x[1]);
    }
    exact /= exact.sum();
    errors.push_back((law - exact).lpNorm<1>());
  }
  CHECK(std::abs(std::log2(errors[0] / errors[1]) - 2.0) < 0.3);
  CHECK(std::abs(std::log2(errors[1] / errors[2]) - 2.0) < 0.3);
}
