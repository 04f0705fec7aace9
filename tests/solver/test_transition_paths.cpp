#include "problems/dynamics/diffusion_model.hpp"
#include "solver/escape/transition_paths.hpp"

#include "problems/expressions/expression.hpp"
#include "problems/landscapes/built_in.hpp"
#include "solver/elimination/elimination.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <functional>
#include <vector>

using namespace valleyflux;

namespace {

using Function = std::function<double(double)>;

double panelled_integral(double from, double to, const Function& f) {
  constexpr int panels = 40;
  double sum = 0.0;
  for (int k = 0; k < panels; ++k)
    sum += boost::math::quadrature::gauss_kronrod<double, 31>::integrate(f, from + (to - from) * k / panels,
                                                                         from + (to - from) * (k + 1) / panels, 0);
  return sum;
}

constexpr double core = 0.9, wall = 2.5;

double well(double x) {
  return x * x * x * x / 4.0 - x * x / 2.0;
}

/// What transition path theory says on the line between x <= -core and x >= core, by quadrature.
struct Exact {
  double rate, time;
  Function committor;
};

Exact exact_paths(const Function& phi, const Function& noise, double alpha) {
  const Function resistance = [=](double x) { return std::pow(noise(x), -alpha) * std::exp(phi(x)); };
  const Function density = [=](double x) { return std::pow(noise(x), alpha - 1.0) * std::exp(-phi(x)); };
  const double whole = panelled_integral(-core, core, resistance);
  const Function forward = [=](double x) { return panelled_integral(-core, x, resistance) / whole; };
  const double left = panelled_integral(-wall, -core, density) +
                      panelled_integral(-core, core, [=](double x) { return density(x) * (1.0 - forward(x)); });
  const double both =
      panelled_integral(-core, core, [=](double x) { return density(x) * forward(x) * (1.0 - forward(x)); });
  return {1.0 / (whole * left), both * whole, forward};
}

template <int Dim>
Valley<Dim> valley(const std::string& name, const std::function<bool(const Point<Dim>&)>& core_predicate) {
  return {name, Region<Dim>(core_predicate), Region<Dim>(core_predicate), std::nullopt};
}

Problem<1> line(const Dynamics& dynamics, Index cells) {
  Problem<1> problem{"", dynamics, Grid<1>({Axis("x", -wall, wall, cells)}), {}, {}, {}};
  problem.valleys = {valley<1>("left", [](const Point<1>& x) { return x[0] <= -core; }),
                     valley<1>("right", [](const Point<1>& x) { return x[0] >= core; })};
  return problem;
}

template <int Dim>
TransitionPaths solve(const Problem<Dim>& problem) {
  Level<Dim> level = make_level<Dim>(problem, 0);
  find_stationary(level);
  return transition_paths<Dim>(level, {.from = 0, .to = 1});
}

Dynamics plane(const std::string& force_x, const std::string& force_y, double noise) {
  return {Drift(std::vector<Expression>{Expression(force_x, {"x", "y"}), Expression(force_y, {"x", "y"})}),
          constant_diffusion(noise * Eigen::MatrixXd::Identity(2, 2)), Interpretation::ito};
}

Problem<2> strips(const Dynamics& dynamics, Index cells) {
  Problem<2> problem{"", dynamics, Grid<2>({Axis("x", -2.0, 2.0, cells), Axis("y", -2.0, 2.0, cells)}), {}, {}, {}};
  problem.valleys = {valley<2>("left", [](const Point<2>& x) { return x[0] <= -core; }),
                     valley<2>("right", [](const Point<2>& x) { return x[0] >= core; })};
  return problem;
}

}  // namespace

TEST_CASE("rate, duration and committor on the line are those of quadrature, for every interpretation") {
  const Function noise = [](double x) { return 0.06 + 0.03 * x * x; };
  // Phi = int (x^3 - x) / (0.06 + 0.03 x^2) dx
  const Function phi = [](double x) { return x * x / 0.06 - 1.5 / 0.03 * std::log(0.06 + 0.03 * x * x); };
  for (const auto& [interpretation, alpha] :
       {std::pair{Interpretation::ito, 0.0}, std::pair{Interpretation::stratonovich, 0.5},
        std::pair{Interpretation::isothermal, 1.0}}) {
    const Dynamics dynamics{Drift(built_in_landscape("quartic_double_well", 1)),
                            expression_diffusion(1, {{Expression("0.06 + 0.03*x^2", {"x"})}}), interpretation};
    const Exact exact = exact_paths(phi, noise, alpha);
    std::vector<double> error;
    for (const Index cells : {101, 202, 404}) {
      const Problem<1> problem = line(dynamics, cells);
      const TransitionPaths paths = solve<1>(problem);
      error.push_back(std::abs(std::log(paths.rate / exact.rate)));
      CHECK(relative_error(paths.time, exact.time) < 30.0 / static_cast<double>(cells * cells));
      for (const Index cell : {2 * cells / 5, cells / 2, 3 * cells / 5}) {
        const double q = exact.committor(problem.grid.centre(cell)[0]);
        CHECK(relative_error(paths.forward_committor[cell], q) < 1e-9);
        CHECK(relative_error(paths.backward_committor[cell], 1.0 - q) < 1e-8);
        CHECK(relative_error(paths.current[0][cell], paths.flux) < 1e-9);
      }
    }
    for (const double relative : error) CHECK(relative < 1e-10);  // exact on the line
  }
}

TEST_CASE("committors of 200 kT keep their relative accuracy") {
  const double noise = 0.25 / 200.0;
  const Dynamics dynamics{Drift(built_in_landscape("quartic_double_well", 1)),
                          constant_diffusion(Eigen::MatrixXd::Constant(1, 1, noise)), Interpretation::ito};
  const Problem<1> problem = line(dynamics, 400);
  const TransitionPaths paths = solve<1>(problem);
  const Function resistance = [=](double x) { return std::exp(well(x) / noise); };
  const double whole = panelled_integral(-core, core, resistance);
  for (const Index cell : {130, 140, 160, 180}) {
    const double x = problem.grid.centre(cell)[0];
    const double q = panelled_integral(-core, x, resistance) / whole;
    CHECK(q < 1e-3);
    CHECK(relative_error(paths.forward_committor[cell], q) < 1e-9);
    // From the other end, where the backward committor is small.
    CHECK(relative_error(paths.backward_committor[399 - cell], q) < 1e-9);
  }
}

TEST_CASE("a landscape that separates has the transition paths of the line, in the plane as well") {
  const double noise = 0.08;
  const Exact exact = exact_paths([=](double x) { return well(x) / noise; }, [=](double) { return noise; }, 1.0);
  std::vector<double> error;
  for (const Index cells : {41, 82, 164}) {
    const TransitionPaths paths = solve<2>(strips(plane("x - x^3", "-y", noise), cells));
    error.push_back(std::abs(std::log(paths.rate / exact.rate)));
  }
  CHECK(error[2] < 1e-6);
  CHECK(error[1] < 0.3 * error[0]);
  CHECK(error[2] < 0.3 * error[1]);
}

TEST_CASE("the backward committor is the forward one of the time-reversed process") {
  // p = exp(-U/D) is stationary for F = -grad U + c (U_y, -U_x); its reversal turns the circulation round.
  const double noise = 0.1;
  const std::string circulation = "0.6*y", turning = "0.6*(x - x^3)";
  const auto process = [&](const std::string& sign, Index cells) {
    return solve<2>(strips(plane("x - x^3 " + sign + circulation, "-y " + sign + turning, noise), cells));
  };
  const auto weights = [&](Index cells) -> Eigen::VectorXd {
    const Grid<2> grid({Axis("x", -2.0, 2.0, cells), Axis("y", -2.0, 2.0, cells)});
    Eigen::VectorXd weight(grid.cells());
    for (Index cell = 0; cell < grid.cells(); ++cell) {
      const Point<2> x = grid.centre(cell);
      weight[cell] = std::exp(-(well(x[0]) + 0.5 * x[1] * x[1]) / noise);
    }
    return weight / weight.sum();
  };
  std::vector<double> difference_of;
  for (const Index cells : {40, 80}) {
    const TransitionPaths paths = process("+", cells), reversed = process("-", cells);
    CHECK(relative_error(paths.flux, reversed.flux) < 20.0 / static_cast<double>(cells * cells));
    const Eigen::VectorXd difference =
        paths.backward_committor - (Eigen::VectorXd::Ones(cells * cells) - reversed.forward_committor);
    difference_of.push_back(std::sqrt(weights(cells).dot(difference.cwiseAbs2())));
    // Without the circulation they are each other's complement: here they are not.
    CHECK((paths.backward_committor - (Eigen::VectorXd::Ones(cells * cells) - paths.forward_committor))
              .cwiseAbs()
              .maxCoeff() > 0.05);
  }
  CHECK(difference_of[0] < 0.005);
  CHECK(difference_of[1] < 0.3 * difference_of[0]);
}

TEST_CASE("committors are probabilities where a full tensor drives a stationary current") {
  const Eigen::Matrix2d noise = (Eigen::Matrix2d() << 0.1, 0.08, 0.08, 0.1).finished();
  const Dynamics dynamics{
      Drift(std::vector<Expression>{Expression("x - x^3", {"x", "y"}), Expression("-y", {"x", "y"})}),
      constant_diffusion(noise), Interpretation::ito};
  Problem<2> problem = strips(dynamics, 40);
  const auto disc = [](double centre) {
    return [centre](const Point<2>& x) { return std::hypot(x[0] - centre, x[1]) < 0.3; };
  };
  problem.valleys = {valley<2>("left", disc(-1.0)), valley<2>("right", disc(1.0))};
  const TransitionPaths paths = solve<2>(problem);
  for (const Eigen::VectorXd* committor : {&paths.backward_committor, &paths.forward_committor}) {
    CHECK(committor->minCoeff() >= 0.0);
    CHECK(committor->maxCoeff() <= 1.0);
  }
}

TEST_CASE("cores that touch leave no transitions under way and the message says so") {
  Problem<2> problem = strips(plane("x - x^3", "-y", 0.1), 20);
  problem.valleys = {valley<2>("left", [](const Point<2>& x) { return x[0] < 0; }),
                     valley<2>("right", [](const Point<2>& x) { return x[0] >= 0; })};
  CHECK_THROWS_WITH_AS(solve<2>(problem), doctest::Contains("the cores touch"), SolverError);
}

TEST_CASE("the three-hole potential's committor is one half on its axis of symmetry") {
  const Dynamics dynamics{Drift(built_in_landscape("three_hole", 2)),
                          constant_diffusion(0.6 * Eigen::MatrixXd::Identity(2, 2)), Interpretation::ito};
  constexpr Index cells = 61;  // odd: the axis goes through cell centres
  const Problem<2> problem =
      make_problem<2>("", dynamics, Grid<2>({Axis("x", -2.5, 2.5, cells), Axis("y", -2.0, 3.0, cells)}));
  const TransitionPaths paths = solve<2>(problem);
  const Eigen::VectorXd& q = paths.forward_committor;
  CHECK((paths.backward_committor - (Eigen::VectorXd::Ones(q.size()) - q)).cwiseAbs().maxCoeff() < 1e-9);
  for (Index j = 0; j < cells; ++j) {
    CHECK(relative_error(q[cells / 2 + cells * j], 0.5) < 1e-9);
    for (Index i = 0; i < cells; ++i)
      CHECK(relative_error(q[i + cells * j] + q[cells - 1 - i + cells * j], 1.0) < 1e-9);
  }
  // What passes the axis, over both channels, is the whole flux.
  double through = 0.0;
  for (Index j = 0; j < cells; ++j) through += paths.current[0][cells / 2 + cells * j] * 5.0 / cells;
  CHECK(relative_error(through, paths.flux) < 1e-9);
}

TEST_CASE("inertia: where nothing comes back over a cut, transition paths keep finite and near the simulated rate") {
  // Noise in the velocity y alone, T = 0.5, friction 1, L = 2 (x^2 - 1)^2: 0.00843 +- 0.00013 by BAOAB trajectories.
  Eigen::Matrix2d noise = Eigen::Matrix2d::Zero();
  noise(1, 1) = 0.5;
  std::vector<double> errors;
  for (const Index cells : {80, 160}) {
    Problem<2> problem{
        "",
        {Drift(std::vector<Expression>{Expression("y", {"x", "y"}), Expression("-y - 8*x*(x^2 - 1)", {"x", "y"})}),
         constant_diffusion(noise), Interpretation::ito},
        Grid<2>({Axis("x", -2.0, 2.0, cells), Axis("y", -4.5, 4.5, cells)}),
        {},
        {},
        {}};
    CriticalPoint<2> minimum;
    minimum.position = Point<2>(-1.0, 0.0);
    problem.valleys = {{"left", Region<2>([](const Point<2>& x) { return x[0] < 0; }),
                        Region<2>([](const Point<2>& x) { return x[0] < -0.8; }), minimum},
                       {"right",
                        Region<2>([](const Point<2>& x) { return x[0] > 0; }),
                        Region<2>([](const Point<2>& x) { return x[0] > 0.8; }),
                        {}}};
    const TransitionPaths paths = solve<2>(problem);
    CHECK(std::isfinite(paths.rate));
    errors.push_back(std::abs(paths.rate - 0.00843));
  }
  CHECK(errors[1] < 0.55 * errors[0]);  // upwind along x, where there is no noise: first order
}
