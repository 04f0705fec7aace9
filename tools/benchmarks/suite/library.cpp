#include "tools/benchmarks/suite/library.hpp"

#include "output/version.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/engines.hpp"
#include "solver/evolution/evolve.hpp"
#include "solver/evolution/initial_density.hpp"
#include "solver/particles/first_exits.hpp"
#include "solver/spectrum/leading_spectrum.hpp"
#include "tools/benchmarks/suite/problems.hpp"
#include "tools/benchmarks/suite/references.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

namespace suite {

using namespace valleyflux;

namespace {

double relative(double given, double exact) {
  return std::abs(given / exact - 1.0);
}

double energy_on_line(double x) {
  return (x * x - 1.0) * (x * x - 1.0);
}

/// The last frame of one.
Eigen::VectorXd evolved(const Generator& generator, const EliminationOrder& order, const Eigen::VectorXd& start,
                        double time, double tolerance) {
  Eigen::VectorXd last;
  const std::vector<int> nowhere(static_cast<std::size_t>(generator.states), -1);
  evolve(generator, order, start, whole_parts(nowhere, 0),
         {.until = time, .frames = 1, .stepper = Stepper::exponential, .tolerance = tolerance},
         [&](const EvolutionFrame& frame) { last = frame.probability; });
  return last;
}

template <int Dim>
Outcome cells(const Problem<Dim>& problem, const std::vector<double>& mean, const std::vector<double>& exact) {
  Eigen::VectorXd found;
  const double seconds = seconds_of([&] {
    const Discretisation<Dim> made = discretise(problem);
    const EliminationOrder order(made.generator, made.space.lattice());
    const std::vector<double> widths(Dim, 0.2);
    const Eigen::VectorXd start = made.space.from_cells(gaussian<Dim>(problem.grid, mean, widths));
    found = made.space.cell_probabilities(evolved(made.generator, order, start, 10.0, 1e-6));
  });
  return {seconds, l1_error(found, exact), version(), "exponential, tolerance 1e-6"};
}

double slowest_on(int cells) {
  const Discretisation<1> made = discretise(double_well_on_line(0.2, Axis("x", -2.2, 2.2, cells)));
  const EliminationOrder order(made.generator, made.space.lattice());
  const Eigen::VectorXd weights = order.stationary(made.generator);
  const std::vector<Index> minima{made.space.nearest(Point<1>(-1.0)), made.space.nearest(Point<1>(1.0))};
  return -leading_spectrum(made.generator, order, weights, minima, 2).eigenvalue[1].real();
}

}  // namespace

Outcome passage_of(const Chain& chain, bool multilevel) {
  const Generator generator = generator_of(chain);
  const Eigen::MatrixXi positions = positions_of(chain);
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(generator.states);
  Eigen::VectorXd u;
  const double seconds = seconds_of([&] {
    if (multilevel)
      u = MultilevelEngine(positions).factorise(generator)->solve(ones);
    else
      u = Elimination(EliminationOrder(generator, positions), generator).solve(ones);
  });
  return {seconds, largest_relative_error(u, chain.answer), version(), multilevel ? "multilevel" : "elimination"};
}

Outcome density_of(const Chain& chain, double tolerance) {
  const Generator generator = generator_of(chain);
  const Eigen::MatrixXi positions = positions_of(chain);
  const Eigen::VectorXd start = Eigen::Map<const Eigen::VectorXd>(chain.start.data(), chain.states());
  Eigen::VectorXd p;
  const double seconds =
      seconds_of([&] { p = evolved(generator, EliminationOrder(generator, positions), start, chain.time, tolerance); });
  return {seconds, l1_error(p, chain.answer), version(), fmt::format("exponential, tolerance {:g}", tolerance)};
}

Outcome eigenvalue_of(const Chain& chain) {
  const Generator generator = generator_of(chain);
  const Eigen::MatrixXi positions = positions_of(chain);
  Eigen::VectorXd weights(generator.states);
  Index left = -1, right = -1;  // the likeliest states of the two valleys
  const int middle = positions.row(0).maxCoeff() / 2;
  for (Index i = 0; i < generator.states; ++i) {
    weights[i] = std::exp(chain.log_weight[static_cast<std::size_t>(i)]);
    Index& valley = positions(0, i) <= middle ? left : right;
    if (valley < 0 || weights[i] > weights[valley]) valley = i;
  }
  weights /= weights.sum();
  double slowest = 0.0;
  const double seconds = seconds_of([&] {
    slowest = -leading_spectrum(generator, EliminationOrder(generator, positions), weights,
                                {std::min(left, right), std::max(left, right)}, 2)
                   .eigenvalue[1]
                   .real();
  });
  return {seconds, relative(slowest, chain.answer[0]), version(), "leading_spectrum, 2 modes"};
}

Outcome line_passage(int cells, double noise) {
  const Problem<1> problem =
      double_well_on_line(noise, Axis("x", -2.2, 0.8, cells, Boundary::reflecting, Boundary::absorbing));
  double time = 0.0;
  const double seconds = seconds_of([&] {
    const Discretisation<1> made = discretise(problem);
    const EliminationOrder order(made.generator, made.space.lattice());
    const Eigen::VectorXd u = Elimination(order, made.generator).solve(Eigen::VectorXd::Ones(made.space.states()));
    time = u[made.space.nearest(Point<1>(-1.0))];
  });
  const double exact = exact_line_passage(noise);
  return {seconds, relative(time, exact), version(), "discretise, eliminate"};
}

double exact_line_passage(double noise) {
  return passage_by_quadrature(energy_on_line, noise, -2.2, -1.0, 0.8);
}

Outcome line_cells(int cells) {
  return suite::cells<1>(double_well_on_line(0.2, Axis("x", -2.2, 2.2, cells)), {-1.0}, cells_on_line(cells));
}

Outcome plane_cells(int cells) {
  const Drift drift(expression_landscape(Expression("(x^2-1)^2 + y^2", {"x", "y"})));
  return suite::cells<2>(make_problem("", Dynamics{drift, constant_diffusion(0.2 * Eigen::MatrixXd::Identity(2, 2))},
                                      Grid<2>({Axis("x", -2.2, 2.2, cells), Axis("y", -2.0, 2.0, cells)})),
                         {-1.0, 0.25}, cells_in_plane(cells));
}

Outcome decision_time(int cells) {
  const Drift drift(expression_landscape(Expression("-x", {"x"})));
  const Problem<1> problem =
      make_problem<1>("", Dynamics{drift, constant_diffusion(Eigen::MatrixXd::Constant(1, 1, 0.5))},
                      Grid<1>({Axis("x", -1.0, 1.0, cells, Boundary::absorbing, Boundary::absorbing)}),
                      {{"all", Region<1>([](const Point<1>&) { return true; }), {}}});
  double time = 0.0;
  const double seconds = seconds_of([&] {
    const Discretisation<1> made = discretise(problem);
    const EliminationOrder order(made.generator, made.space.lattice());
    const Eigen::VectorXd u = Elimination(order, made.generator).solve(Eigen::VectorXd::Ones(made.space.states()));
    time = u[made.space.nearest(Point<1>(0.0))];
  });
  return {seconds, relative(time, std::tanh(1.0)), version(), "discretise, eliminate"};
}

Outcome slowest_rate(int cells) {
  double slowest = 0.0;
  const double seconds = seconds_of([&] { slowest = slowest_on(cells); });
  return {seconds, relative(slowest, exact_slowest_rate()), version(), "leading_spectrum, 2 modes"};
}

double exact_slowest_rate() {
  return slowest_on(20000);
}

Outcome particle_exits(int particles, double noise, double step) {
  const Problem<1> problem = double_well_on_line(noise, Axis("x", -2.2, 2.2, 400));
  double mean = 0.0, steps = 0.0;
  const double seconds = seconds_of([&] {
    const FirstExits exits =
        first_exits(problem, {0, 1}, {.particles = static_cast<std::uint32_t>(particles), .step = step});
    mean = std::accumulate(exits.time.begin(), exits.time.end(), 0.0) / particles;
    steps = exits.steps;
  });
  const double exact = exact_line_passage(noise);
  return {seconds, relative(mean, exact), version(), fmt::format("{:.3g} ns a step", 1e9 * seconds / steps)};
}

}  // namespace suite
