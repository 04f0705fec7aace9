#include "problems/dynamics/diffusion_model.hpp"
#include "problems/expressions/expression.hpp"
#include "problems/landscapes/built_in.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/departing_cell.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/escape/escape.hpp"
#include "solver/particles/first_exits.hpp"
#include "solver/particles/particle_problem.hpp"
#include "solver/paths/quasi_potential.hpp"
#include "solver/paths/string_method.hpp"
#include "solver/solve_problem.hpp"
#include "tests/moving.hpp"
#include "tests/relative.hpp"
#include "tests/solver/double_well.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace valleyflux;

namespace {

constexpr Motion motion{0.2, -0.3};
constexpr double moment = 1.7;

/// Rates that differ by round-off alone, some of them tiny beside the largest.
bool same(const Generator& a, const Generator& b) {
  const auto close = [](const auto& one, const auto& other) {
    for (Index k = 0; k < static_cast<Index>(one.size()); ++k)
      if (!(std::abs(one[k] - other[k]) <= 1e-9 * std::abs(other[k]) + 1e-200)) return false;
    return one.size() == other.size();
  };
  return a.from == b.from && a.to == b.to && close(a.forward, b.forward) && close(a.backward, b.backward) &&
         close(a.exit, b.exit);
}

Expression of(const std::string& text, int dimension) {
  return Expression(text, variable_names(dimension));
}

std::shared_ptr<const DiffusionModel> white_noise(int dimension, double D) {
  return constant_diffusion(D * Eigen::MatrixXd::Identity(dimension, dimension));
}

/// What follows a landscape, a drift with noise that vanishes on x = 0, which nothing crosses, and on the line noise
/// that at the moment vanishes at the wall.
std::vector<Dynamics> dynamics_of(int dimension) {
  const std::string noise = "0.1*x^2";
  if (dimension == 1)
    return {{built_in_drift("quartic_double_well", 1), white_noise(1, 0.05)},
            {Drift({of("x - x^3", 1)}), expression_diffusion(1, {{of(noise, 1)}})},
            {Drift({of("1 - x", 1)}), expression_diffusion(1, {{of("0.1*abs(x + 1.69)", 1)}})}};
  return {{Drift(expression_landscape(of("x^4/4 - x^2/2 + y^2/2 + x*y/4", 2))), white_noise(2, 0.05)},
          {Drift({of("x - x^3 + x*y", 2), of("-y - x", 2)}),
           expression_diffusion(2, {{of(noise, 2), of("0", 2)}, {of("0", 2), of("0.2 + 0.1*x*x", 2)}})}};
}

template <int Dim>
Problem<Dim> problem_of(const Dynamics& dynamics) {
  const Axis x("x", -2.0, 2.0, 40, Boundary::reflecting, Boundary::absorbing);
  if constexpr (Dim == 1)
    return {"", dynamics, Grid<1>({x}), {}, {}, {}};
  else
    return {"", dynamics, Grid<2>({x, Axis("y", -1.5, 1.5, 24)}), {}, {}, {}};
}

/// Compares the generator of a moment with that of the dynamics frozen there, by both forms of the rates.
template <int Dim>
void compare_with_frozen() {
  for (const Dynamics& at_rest : dynamics_of(Dim)) {
    const Problem<Dim> problem = problem_of<Dim>(moving(at_rest, motion));
    const Problem<Dim> frozen = problem_of<Dim>(moving(at_rest, motion.frozen(moment)));
    Discretisation<Dim> discretisation = discretise(problem, 1.0, moment), expected = discretise(frozen);
    CHECK(discretisation.time == moment);
    CHECK(same(discretisation.generator, expected.generator));
    CHECK(discretisation.generator.exit.maxCoeff() > 0);
    CHECK_FALSE(same(discretisation.generator, discretise(problem).generator));
    CHECK(same(discretise(problem).generator,
               discretise(problem_of<Dim>(moving(at_rest, motion.frozen(0.0)))).generator));
    use_departing_cell_rates<Dim>(problem, discretisation);
    use_departing_cell_rates<Dim>(frozen, expected);
    CHECK(same(discretisation.generator, expected.generator));
  }
}

/// D(t) = 0.2 / (1 + t), the same everywhere.
class CoolingNoise final : public DiffusionModel {
 public:
  explicit CoolingNoise(int dimension) : dimension_(dimension) {}
  static double at(double time) { return 0.2 / (1.0 + time); }
  int dimension() const override { return dimension_; }
  bool depends_on_time() const override { return true; }
  bool constant() const override { return true; }
  void sample(const Eigen::Ref<const Eigen::MatrixXd>& points, bool with_gradient, DiffusionSamples& samples,
              double time) const override {
    white_noise(dimension_, at(time))->sample(points, with_gradient, samples);
  }

 private:
  int dimension_;
};

/// The stationary probabilities of the cells in a harmonic well that moves and cools.
template <int Dim>
Eigen::VectorXd moving_well_law(const Grid<Dim>& grid, double at) {
  const char* text = Dim == 1 ? "x^2/2" : "x^2/2 + y^2/2";
  const auto well = std::make_shared<MovingLandscape>(expression_landscape(of(text, Dim)), motion);
  const Problem<Dim> problem{"", {Drift(well), std::make_shared<CoolingNoise>(Dim)}, grid, {}, {}, {}};
  const Discretisation<Dim> discretisation = discretise(problem, 1.0, at);
  return discretisation.space.cell_probabilities(stationary_probabilities(
      EliminationOrder(discretisation.generator, discretisation.space.lattice()), discretisation.generator));
}

/// The part at fault of what cannot take time.
template <class Act>
std::string refused(const Act& act) {
  try {
    act();
  } catch (const ProblemError& error) {
    CHECK(std::string(error.what()).find("depends on time") != std::string::npos);
    return error.key();
  }
  return "";
}

}  // namespace

TEST_CASE("a moment's generator is that of the dynamics frozen there") {
  compare_with_frozen<1>();
  compare_with_frozen<2>();
}

TEST_CASE("noise that vanishes at a place that moves blocks where it is") {
  for (const double at : {0.0, moment}) {
    const Discretisation<1> line = discretise(problem_of<1>(moving(dynamics_of(1)[1], motion)), 1.0, at);
    REQUIRE(line.blocked.size() == 2);
    CHECK(std::abs(line.blocked[0].place[0] - motion(at)) < 1e-12);
    const Discretisation<2> plane = discretise(problem_of<2>(moving(dynamics_of(2)[1], motion)), 1.0, at);
    REQUIRE(!plane.blocked.empty());
    for (const auto& crossing : plane.blocked) CHECK(std::abs(crossing.place[0] - motion(at)) < 1e-9);
  }
}

TEST_CASE("surfaces are cut at the moment of the discretisation") {
  const auto passage = [](const Dynamics& dynamics, double at) {
    Problem<2> problem = problem_of<2>(dynamics);
    CriticalPoint<2> start;
    start.position = Point<2>(-1.0, 0.0);
    const Region<2> arrived([](const Point<2>& x) { return x[0] + 0.3 * x[1] > 0.53; });
    problem.valleys = {{"from", Region<2>([](const Point<2>& x) { return x[0] < 0; }), {}, start},
                       {"to", Region<2>([](const Point<2>& x) { return x[0] >= 0; }), arrived, {}}};
    const std::vector<int> labels(static_cast<std::size_t>(problem.grid.cells()), 0);
    return *solve_escape<2>(problem, discretise(problem, 1.0, at), labels, {0, 1}, {false, false})
                .mean_first_passage_time;
  };
  const Dynamics at_rest = dynamics_of(2)[0];
  CHECK(relative_error(passage(moving(at_rest, motion), moment), passage(moving(at_rest, motion.frozen(moment)), 0.0)) <
        1e-9);
}

TEST_CASE("the law of a harmonic well that moves and cools is the Gaussian of the moment") {
  for (const double at : {0.0, moment, 5.0}) {
    const double sd = std::sqrt(CoolingNoise::at(at));
    const Axis axis("x", -4.0, 4.0, 80);
    const Eigen::VectorXd law = moving_well_law<1>(Grid<1>({axis}), at);
    double mean = 0.0;
    for (Index cell = 0; cell < axis.cells(); ++cell) {
      const auto below = [&](double x) { return 0.5 * std::erfc((motion(at) - x) / (sd * std::sqrt(2.0))); };
      const double expected = below(axis.edge(cell + 1)) - below(axis.edge(cell));
      if (expected > 1e-3) CHECK(relative_error(law[cell], expected) < 1e-11);
      mean += law[cell] * axis.centre(cell);
    }
    CHECK(std::abs(mean - motion(at)) < 1e-11);

    const Grid<2> plane({Axis("x", -4.0, 4.0, 80), Axis("y", -2.5, 2.5, 40)});
    const Eigen::VectorXd cells = moving_well_law<2>(plane, at);
    Point<2> centre = Point<2>::Zero();
    for (Index cell = 0; cell < plane.cells(); ++cell) centre += cells[cell] * plane.centre(cell);
    CHECK((centre - Point<2>(motion(at), 0.0)).norm() < 1e-11);
  }
}

TEST_CASE("what takes no time refuses dynamics that depend on it, and names them") {
  const Dynamics wells = dynamics_of(1)[0], moving_wells = moving(wells, motion);
  const Axis axis("x", -2.5, 2.5, 40);
  const auto solve = [&](const Dynamics& dynamics) {
    return refused([&] { solve_problem(double_well(dynamics, axis)); });
  };
  const auto moving_noise = std::make_shared<MovingDiffusion>(wells.diffusion, motion);
  const auto moving_drift = std::make_shared<MovingField>(dynamics_of(1)[1].drift.field(), motion);
  CHECK(solve({moving_wells.drift, wells.diffusion}) == "landscape");
  CHECK(solve({Drift(moving_drift), wells.diffusion}) == "drift");
  CHECK(solve({wells.drift, moving_noise}) == "diffusion");
  CHECK(solve(moving(wells, motion.frozen(moment))) == "");

  const Problem<1> problem = double_well(moving_wells, axis);
  CHECK(refused([&] { first_exits<1>(problem, {0, 1}, {.particles = 10}); }) == "landscape");
  CHECK(refused([&] { quasi_potential<1>(moving_wells, problem.grid, Point<1>(-1.0 + motion.start)); }) == "landscape");
  CHECK(refused([&] {
          minimum_energy_path(*moving_wells.drift.landscape(), Eigen::VectorXd::Constant(1, -1.0),
                              Eigen::VectorXd::Constant(1, 1.0));
        }) == "landscape");
  const ParticleProblem particles =
      make_particle_problem("", moving_wells, {{"x", -2.5, 2.5, Boundary::reflecting, Boundary::reflecting}},
                            {{"left", of("x < 0.2", 1), {}, {-1.0 + motion.start}}});
  CHECK(refused([&] { solve_particles(particles, {{escape_from(0), {"langevin"}}}, {}); }) == "landscape");
}
