#include "problems/case/build_problem.hpp"
#include "problems/case/case_file.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "solver/discretisation/discretise.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/escape/killed_process.hpp"
#include "solver/level.hpp"
#include "solver/particles/first_exits.hpp"
#include "solver/particles/particle_system.hpp"
#include "solver/run/run.hpp"

#include "tests/relative.hpp"
#include "tests/scratch_folder.hpp"
#include "tests/solver/quadrature.hpp"

#include <doctest/doctest.h>

#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <array>
#include <cmath>
#include <fstream>
#include <numbers>
#include <numeric>

using namespace valleyflux;

namespace {

/// Rates of a case, one an estimate, those that have none left out.
std::vector<double> rates_of(const std::string& text) {
  std::vector<double> rates;
  const Results results = run(read_case(text, "case.toml", "."), {.rates_only = true}, {});
  for (const Estimate& estimate : results.estimates)
    if (estimate.rate && !estimate.method.starts_with("theory")) rates.push_back(*estimate.rate);
  return rates;
}

const std::string wells = R"(
[landscape]
expression = "(x^2 - 1)^2 + 2*y^2 + 0.3*x*y"
[diffusion]
model = "expression"
D = [["0.2 + 0.02*x^2", "0.05"], ["0.05", "0.3"]]
[accuracy]
relative = 1.0
[solver]
grids = 2
)";

Problem<2> flat(const Grid<2>& grid, const Eigen::Matrix2d& noise) {
  return {"",
          {Drift(expression_landscape(Expression("0*x + 0*y", {"x", "y"}))), constant_diffusion(noise),
           Interpretation::ito},
          grid,
          {},
          {},
          {}};
}

}  // namespace

TEST_CASE("a part of the box that is itself a box gives the rates of that box") {
  const std::vector<double> part = rates_of(wells + R"([grid]
x = { min = -2, max = 2, cells = 40 }
y = { min = -1.6, max = 1.6, cells = 32 }
[domain]
where = "x < 1.7 && y > -1.3"
)");
  const std::vector<double> whole = rates_of(wells + R"([grid]
x = { min = -2, max = 1.7, cells = 37 }
y = { min = -1.3, max = 1.6, cells = 29 }
)");
  REQUIRE(part.size() == whole.size());
  REQUIRE(part.size() >= 8);
  // Valleys are told apart by another lattice: both borders lie within a hundredth of a cell.
  for (std::size_t k = 0; k < part.size(); ++k) CHECK(relative_error(part[k], whole[k]) < 2e-5);
}

TEST_CASE("a minimum at a wall of the domain is left from the nearest state where its cell is none of the domain") {
  // L = U(x) + y^2 with U = cos(pi x) / 2 and the wall in a cell whose centre lies beyond it: cells from -0.928 on.
  using boost::math::quadrature::gauss_kronrod;
  constexpr double noise = 0.2, wall = -0.928, core = 0.9;
  const auto energy = [](double x) { return 0.5 * std::cos(std::numbers::pi * x); };
  const double time = gauss_kronrod<double, 61>::integrate(
      [&](double x) {
        return std::exp(energy(x) / noise) / noise *
               gauss_kronrod<double, 61>::integrate([&](double y) { return std::exp(-energy(y) / noise); }, wall, x, 5);
      },
      wall, core, 5);
  const std::vector<double> rates = rates_of(R"(
landscape.expression = "cos(pi*x)/2 + y^2"
diffusion.D = 0.2
grid = { x = { min = -1.9, max = 1.7, cells = 100 }, y = { min = -1.5, max = 1.5, cells = 30 } }
domain.where = "x > -0.9313"
valley = [{ name = "left", where = "x < 0" }, { name = "right", where = "x > 0", core = "x > 0.9" }]
escape = [{ from = "left", to = "right", methods = ["mean_first_passage"] }]
solver = { grids = 1, modes = 0, network = false }
)");
  REQUIRE(rates.size() == 1);
  CHECK(relative_error(rates[0], 1.0 / time) < 2e-3);
}

TEST_CASE("the mean time to a core in the middle of a disc with a reflecting rim") {
  // T'' + T'/r = -1/D between the core's radius a and the rim 1, T(a) = 0, T'(1) = 0.
  constexpr double a = 0.3, noise = 0.4, at = 0.8;
  const double exact = (a * a - at * at) / (4.0 * noise) + std::log(at / a) / (2.0 * noise);
  const Region<2> core([](const Point<2>& x) { return x.norm() < a; });
  std::vector<double> errors;
  for (const Index cells : {64, 256}) {
    const Grid<2> disc({Axis("x", -1.2, 1.2, cells), Axis("y", -1.2, 1.2, cells)},
                       [](const Point<2>& x) { return x.norm() < 1.0; });
    const Problem<2> problem = flat(disc, noise * Eigen::Matrix2d::Identity());
    const Discretisation<2> discretisation = discretise<2>(problem);
    CHECK(discretisation.generator.states == disc.held_cells());
    const KilledProcess<2> process = killed_process<2>(problem, discretisation, core);
    const Eigen::VectorXd time =
        process.over_whole(EliminationOrder(discretisation.generator, discretisation.space.lattice())
                               .part(process.generator, process.whole)
                               ->factorise(process.generator)
                               ->solve(Eigen::VectorXd::Ones(process.generator.states)));
    const Point<2> x(at * std::cos(0.4), at * std::sin(0.4));
    errors.push_back(relative_error(time[discretisation.space.nearest(x)], exact));
  }
  CHECK(errors[0] < 0.03);
  CHECK(errors[1] < 0.008);
}

TEST_CASE("the stationary law of a part of the box is Boltzmann's over its cells") {
  const Grid<2> grid({Axis("x", -2.0, 2.0, 100), Axis("y", -1.5, 1.5, 80)},
                     [](const Point<2>& x) { return x[0] + 0.5 * x[1] < 0.9 && x.norm() < 1.7; });
  Problem<2> problem = flat(grid, 0.25 * Eigen::Matrix2d::Identity());
  problem.dynamics.drift = Drift(expression_landscape(Expression("(x^2-1)^2 + y^2", {"x", "y"})));
  Level<2> level = make_level<2>(problem, 0);
  find_stationary<2>(level);
  REQUIRE(level.stationary);
  const Eigen::VectorXd density = level.discretisation.space.cell_probabilities(*level.stationary);
  const auto ratio = [&](const Point<2>& one, const Point<2>& other) {
    return density[grid.cell_containing(one)] / density[grid.cell_containing(other)];
  };
  const auto boltzmann = [&](const Point<2>& one, const Point<2>& other) {
    const auto weight = [&](const Point<2>& x) {  // of the cell that holds x
      const Point<2> centre = grid.centre(grid.cell_containing(x));
      using Rule = boost::math::quadrature::gauss_kronrod<double, 15>;
      const double along_x = Rule::integrate([&](double u) { return std::exp(-std::pow(u * u - 1, 2) / 0.25); },
                                             centre[0] - 0.02, centre[0] + 0.02, 0);
      const double along_y = Rule::integrate([&](double v) { return std::exp(-v * v / 0.25); }, centre[1] - 0.01875,
                                             centre[1] + 0.01875, 0);
      return along_x * along_y;
    };
    return weight(one) / weight(other);
  };
  for (const Point<2>& x : {Point<2>(-1, 0.3), Point<2>(0.2, -0.5), Point<2>(0.6, 0.1)})
    CHECK(relative_error(ratio(x, Point<2>(-0.9, 0)), boltzmann(x, Point<2>(-0.9, 0))) < 0.005);
  for (Index cell = 0; cell < grid.cells(); ++cell)
    if (!grid.holds(cell)) CHECK(density[cell] == 0.0);
}

TEST_CASE("nothing goes through a wall of one cell with any offsets of the noise") {
  const auto beside_slit = [](const Point<2>& x) { return std::abs(x[0]) > 0.04 || x[1] > 0.6; };
  const Grid<2> grid({Axis("x", -1.0, 1.0, 41), Axis("y", -1.0, 1.0, 40)}, beside_slit);
  for (const double off : {0.0, 0.45, -0.49}) {
    const Problem<2> problem = flat(grid, (Eigen::Matrix2d() << 0.5, off, off, 0.5).finished());
    const Discretisation<2> discretisation = discretise<2>(problem);
    for (std::size_t e = 0; e < discretisation.generator.from.size(); ++e) {
      const Point<2> from = discretisation.space.position(discretisation.generator.from[e]);
      const Point<2> to = discretisation.space.position(discretisation.generator.to[e]);
      if (from[0] * to[0] >= 0) continue;
      const double t = from[0] / (from[0] - to[0]);  // where it crosses x = 0
      CHECK(from[1] + t * (to[1] - from[1]) > 0.5);
    }
  }
}

TEST_CASE("particles stay in the domain and leave it at the rate of the grid") {
  const Case definition = read_case(R"([landscape]
expression = "(x^2 - 1)^2 + y^2"
[diffusion]
D = 0.4
[grid]
x = { min = -2, max = 2, cells = 80 }
y = { min = -1.5, max = 1.5, cells = 60 }
[domain]
where = "abs(y) < 0.5 + 0.2*x^2 && x > -1.5"
[[valley]]
name = "left"
where = "x < 0"
[[valley]]
name = "right"
where = "x > 0"
[[escape]]
from = "left"
to = "right"
methods = ["mean_first_passage", "langevin"]
[langevin]
particles = 800
step = 1e-3
)",
                                    "case.toml", ".");
  const Results results = run(definition, {.rates_only = true}, {});
  REQUIRE(results.estimates.size() == 2);
  const Estimate &grid = results.estimates[0], &particles = results.estimates[1];
  REQUIRE(grid.rate);
  REQUIRE(particles.log_rate_error);
  const double apart = std::abs(*particles.log_rate - *grid.log_rate);
  CHECK(apart < 3.0 * *particles.log_rate_error + 0.02);
}

TEST_CASE("a wall that the starting grid misses is seen by finer ones") {
  const auto is_free = [](const Point<2>& x) { return std::abs(x[0] - 0.02) > 0.01 || x[1] > 0.3; };
  const Grid<2> coarse({Axis("x", -2.0, 2.0, 40), Axis("y", -1.2, 1.2, 40)}, is_free);
  CHECK(coarse.covers_box());
  CHECK_FALSE(coarse.refined(8).covers_box());
  CHECK(coarse.refined(8).coarsened(8).domain());
  const ParticleSystem system = particle_system<2>(flat(coarse, Eigen::Matrix2d::Identity()));
  REQUIRE(system.domain);
  CHECK_FALSE(system.domain({0.02, 0.0}));
  CHECK(system.domain({0.02, 0.5}));
}

TEST_CASE("on the line a domain gives the axis other ends") {
  const std::string line = R"([landscape]
expression = "x^4/4 - x^2/2"
[diffusion]
D = 0.05
)";
  const Case part =
      read_case(line + "[grid]\nx = { min = -2, max = 2, cells = 200 }\n[domain]\nwhere = \"x > -1.25 && L < 0.5\"\n",
                "case.toml", ".");
  const Problem<1> problem = build_problem<1>(part);
  CHECK(relative_error(problem.grid.axis(0).min(), -1.25) < 1e-12);
  // x^4/4 - x^2/2 = 1/2 at x^2 = 1 + sqrt(3).
  CHECK(relative_error(problem.grid.axis(0).max(), std::sqrt(1.0 + std::sqrt(3.0))) < 1e-12);
  CHECK(problem.valleys.size() == 2);
  CHECK_THROWS_WITH_AS(
      build_problem<1>(
          read_case(line + "[grid]\nx = { min = -2, max = 2, cells = 200 }\n[domain]\nwhere = \"abs(x) > 0.1\"\n",
                    "case.toml", ".")),
      doctest::Contains("falls into 2 parts"), CaseError);
}

TEST_CASE("an absorbing wall that a domain cuts off is refused and one that it reaches is kept") {
  const auto built = [](const std::string& dimensions, const std::string& where) {
    const bool plane = dimensions == "plane";
    return read_case("[landscape]\nexpression = \"(x^2-1)^2" + std::string(plane ? " + y^2" : "") +
                         "\"\n[diffusion]\nD = 0.1\n[grid]\nx = { min = -2, max = 2, cells = 40, boundary = "
                         "[\"reflecting\", \"absorbing\"] }\n" +
                         (plane ? "y = { min = -2, max = 2, cells = 40 }\n" : "") + "[domain]\nwhere = \"" + where +
                         "\"\n",
                     "case.toml", ".");
  };
  CHECK_THROWS_WITH_AS(build_problem<1>(built("line", "x < 1.5")), doctest::Contains("absorbing wall at x = 2"),
                       CaseError);
  CHECK_THROWS_WITH_AS(build_problem<2>(built("plane", "x < 1.5")), doctest::Contains("absorbing wall at x = 2"),
                       CaseError);
  CHECK(build_problem<1>(built("line", "x > -1.5")).grid.axis(0).upper() == Boundary::absorbing);
  CHECK(build_problem<2>(built("plane", "x > -1.5")).grid.axis(0).upper() == Boundary::absorbing);
}

TEST_CASE("probability leaves through an absorbing wall of a part of a box as it does of the whole") {
  const auto axis = [](const char* name, Boundary upper) {
    return Axis(name, 0.0, 1.0, 40, Boundary::reflecting, upper);
  };
  const std::array<Axis, 2> axes{axis("x", Boundary::absorbing), axis("y", Boundary::reflecting)};
  // Diffusion from a reflecting wall at 0 to an absorbing one at 1: mean time (1 - x^2) / (2 D).
  const Discretisation<2> part =
      discretise(flat(Grid<2>(axes, [](const Point<2>& at) { return at[1] < 0.71; }), Eigen::Matrix2d::Identity()));
  const EliminationOrder order(part.generator, part.space.lattice());
  const Eigen::VectorXd time = order.factorise(part.generator)->solve(Eigen::VectorXd::Ones(part.space.states()));
  for (Index state = 0; state < part.space.states(); ++state) {
    const double x = part.space.position(state)[0];
    CHECK(std::abs(time[state] - 0.5 * (1.0 - x * x)) < 1e-3 * 0.5);  // of the longest
  }
  // Whatever the directions that noise takes, a cell that is missing at the other end changes no rate out.
  for (const double shear : {0.0, 0.4, 0.9, -0.97}) {
    CAPTURE(shear);
    const Eigen::Matrix2d noise{{1.0, shear}, {shear, 1.0}};
    const Discretisation<2> whole = discretise(flat(Grid<2>(axes), noise)),
                            without = discretise(
                                flat(Grid<2>(axes, [](const Point<2>&at) { return at.sum() > 0.03; }), noise));
    REQUIRE(without.space.states() == whole.space.states() - 1);
    REQUIRE(without.exits.size() == whole.exits.size());
    for (std::size_t k = 0; k < whole.exits.size(); ++k) {
      CHECK(without.space.position(without.exits[k].state) == whole.space.position(whole.exits[k].state));
      CHECK(without.exits[k].rate == whole.exits[k].rate);
    }
  }
}

TEST_CASE("intervals hold what the walls of a domain do that lie within the cells") {
  // The two axes are independent: the escape is that of the line, with walls at the ends of the domain.
  constexpr double noise = 0.3, lower = -1.27, start = -1.0, end = 0.6;
  const auto height = [](double x) { return (x * x - 1.0) * (x * x - 1.0); };
  const auto inner = [&](double y) {
    return integral(lower, y, [&](double x) { return std::exp((height(y) - height(x)) / noise) / noise; });
  };
  const double expected = 1.0 / integral(start, end, inner);
  for (const int cells : {40, 44, 53}) {
    CAPTURE(cells);
    const Case given = read_case(
        "[landscape]\nexpression = \"(x^2 - 1)^2 + y^2\"\n[diffusion]\nD = 0.3\n[grid]\nx = { min = "
        "-1.4, max = 1.4, cells = " +
            std::to_string(cells) +
            " }\ny = { min = -0.9, max = 0.9, cells = 40 }\n"
            "[domain]\nwhere = \"x > -1.27 && x < 1.31 && y < 0.61\"\n"
            "[accuracy]\nrelative = 1\n[theory]\npaths = false\n"
            "[[valley]]\nname = \"left\"\nwhere = \"x < 0\"\ncore = \"x < -0.6\"\n"
            "[[valley]]\nname = \"right\"\nwhere = \"x > 0\"\ncore = \"x > 0.6\"\n"
            "[[escape]]\nfrom = \"left\"\nto = \"right\"\nmethods = [\"mean_first_passage\"]\n",
        "case.toml", ".");
    const Results found = run(given);
    REQUIRE(found.estimates[0].low);
    CHECK(*found.estimates[0].low < expected);
    CHECK(*found.estimates[0].high > expected);
    CHECK(*found.estimates[0].high < 1.2 * expected);
    // Neumann's eigenvalues of the flat direction are not those of the box either.
    REQUIRE(found.spectrum_error.size() > 1);
    CHECK(found.spectrum_error[1] > 0.0);
    REQUIRE(found.network);
    CHECK(found.network->low(0, 1) < found.network->rate(0, 1));
  }
  // Eigenvalues of a flat rectangle, pi^2 / a^2.
  const Results flat_one =
      run(read_case("[landscape]\nexpression = \"0*x\"\n[diffusion]\nD = 1\n[grid]\n"
                    "x = { min = -1.2631, max = 1.3112, cells = 40 }\n"
                    "y = { min = -0.9695, max = 0.9337, cells = 64 }\n"
                    "[domain]\nwhere = \"x > -1.1716 && x < 1.1855 && y > -0.9607 && y < 0.9224\"\n"
                    "[solver]\nmodes = 3\n[[valley]]\nname = \"all\"\nwhere = \"x < 5\"\n",
                    "case.toml", "."));
  const double pi = std::numbers::pi;
  REQUIRE(flat_one.spectrum.size() >= 3);
  CHECK(std::abs(flat_one.spectrum[1].real() + pi * pi / std::pow(2.3571, 2)) < flat_one.spectrum_error[1]);
  CHECK(std::abs(flat_one.spectrum[2].real() + pi * pi / std::pow(1.8831, 2)) < flat_one.spectrum_error[2]);
}

TEST_CASE("a table on the line that misses a value is named with the place where it parts the axis") {
  const ScratchFolder folder;
  {
    std::ofstream table(folder.path / "pmf.dat");
    for (int i = 0; i <= 40; ++i) {
      const double x = -2.0 + 0.1 * i;
      table << x << ' ' << (i == 20 ? "nan" : std::to_string(x * x * x * x / 4.0 - x * x / 2.0)) << '\n';
    }
  }
  const auto built = [&] {
    return build_problem<1>(
        read_case("[landscape]\nfile = \"pmf.dat\"\n[diffusion]\nD = 0.1\n[grid]\nx = { cells = "
                  "80, min = -2, max = 2 }\n",
                  "case.toml", folder.path));
  };
  CHECK_THROWS_WITH_AS(built(), doctest::Contains("pmf.dat"), CaseError);
  CHECK_THROWS_WITH_AS(built(), doctest::Contains("line 21"), CaseError);
}

TEST_CASE("domains that hold nothing or fall apart are refused with their place") {
  const auto built = [](const std::string& where) {
    return build_problem<2>(
        read_case("[landscape]\nexpression = \"(x^2-1)^2 + y^2\"\n[diffusion]\nD = 0.1\n[grid]\n"
                  "x = { min = -2, max = 2, cells = 40 }\ny = { min = -2, max = 2, cells = 40 }\n"
                  "[domain]\nwhere = \"" +
                      where + "\"\n",
                  "case.toml", "."));
  };
  CHECK_THROWS_WITH_AS(built("x > 3"), doctest::Contains("case.toml:9:"), CaseError);
  CHECK_THROWS_WITH_AS(built("x > 3"), doctest::Contains("holds no cell's centre"), CaseError);
  CHECK_THROWS_WITH_AS(built("abs(x) > 0.5"), doctest::Contains("parts that nothing joins"), CaseError);
  CHECK_THROWS_WITH_AS(built("x > 3"), doctest::Contains("domain.where = \"x > 3\""), CaseError);
  // A channel across both axes, 0.08 high: 0.8 cells.
  CHECK_THROWS_WITH_AS(built("abs(y - 0.5*x) < 0.04"), doctest::Contains("80 x 80 cells keep it whole"), CaseError);
  CHECK_THROWS_WITH_AS(built("abs(y) < 0.01"), doctest::Contains("keep it whole"), CaseError);
  CHECK_THROWS_WITH_AS(built("x + 1"), doctest::Contains("must be a condition"), CaseError);
  // What hangs together at corners alone, here and there along a wall, is left out.
  CHECK(built("L < 2").valleys.size() == 2);
}

TEST_CASE("a domain of the line that crosses the seam of a circle gives the rates of the circle turned") {
  const auto on_circle = [](const std::string& landscape, double start, const std::string& where) {
    return rates_of("[landscape]\nexpression = \"" + landscape + "\"\n[diffusion]\nD = 0.3\n[grid]\nx = { min = " +
                    std::to_string(start) + ", max = " + std::to_string(start + 4.0) +
                    ", cells = 200, boundary = \"periodic\" }\n[domain]\nwhere = \"" + where +
                    "\"\n[[valley]]\nname = \"a\"\nwhere = \"sin(pi*x/2 + 0.3) < 0\"\n[[valley]]\nname = \"b\"\nwhere "
                    "= \"sin(pi*x/2 + 0.3) >= 0\"\n[[escape]]\nfrom = \"a\"\nto = \"b\"\nmethods = "
                    "[\"mean_first_passage\"]\n");
  };
  const std::string landscape = "cos(pi*x + 0.6) + 0.2*sin(pi*x/2)", where = "cos(pi*x/2 - 0.2) > -0.9";
  const std::vector<double> within = on_circle(landscape, -2.0, where), across = on_circle(landscape, 0.0, where);
  REQUIRE(within.size() == 1);
  REQUIRE(across.size() == 1);
  CHECK(relative_error(across[0], within[0]) < 1e-9);
  CHECK_THROWS_AS(on_circle("(x - 2)^2", 0.0, where), CaseError);  // no period: it goes on differently beyond the seam
}
