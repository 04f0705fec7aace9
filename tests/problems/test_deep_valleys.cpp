#include "problems/case/build_problem.hpp"
#include "problems/case/case_file.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/landscapes/expression_landscape.hpp"
#include "problems/valleys/deep_valleys.hpp"

#include "tests/relative.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>
#include <random>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

template <int Dim>
Dynamics downhill(const std::string& text, double noise) {
  return {Drift(expression_landscape(Expression(text, variable_names(Dim)))),
          constant_diffusion(noise * Eigen::MatrixXd::Identity(Dim, Dim)), Interpretation::ito};
}

Grid<2> plane(double end, Index cells, Boundary boundary = Boundary::reflecting) {
  return Grid<2>({Axis("x", -end, end, cells, boundary, boundary), Axis("y", -end, end, cells, boundary, boundary)});
}

/// A PLUMED grid of f on periodic axes, with a ripple of normal numbers.
template <class F>
void write_table(const std::filesystem::path& file, int points, double ripple, const F& f) {
  std::mt19937 generator(3);
  std::normal_distribution<double> normal;
  std::ofstream out(file);
  out << "#! FIELDS phi psi file.free\n";
  for (const char* axis : {"phi", "psi"})
    out << "#! SET min_" << axis << " -pi\n#! SET max_" << axis << " pi\n#! SET nbins_" << axis << ' ' << points
        << "\n#! SET periodic_" << axis << " true\n";
  out.precision(17);
  const double spacing = 2.0 * std::numbers::pi / points;
  for (int j = 0; j < points; ++j)
    for (int i = 0; i < points; ++i) {
      const double x = -std::numbers::pi + i * spacing, y = -std::numbers::pi + j * spacing;
      out << x << ' ' << y << ' ' << f(x, y) + ripple * normal(generator) << '\n';
    }
}

bool mentions(const std::vector<std::string>& warnings, const std::string& text) {
  for (const std::string& warning : warnings)
    if (warning.find(text) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("wells deeper than the noise are kept and refined, shallower ones are not") {
  // Wells about 1.2 and 0.8 deep: the shallower one between 1.6 and 1.7 times the noise.
  const double noise = 0.5;
  const DeepValleys<1> both(downhill<1>("(x^2 - 1)^2 + x/5", noise), Grid<1>({Axis("x", -2, 2, 50)}), 1.5);
  REQUIRE(both.minima().size() == 2);
  for (const auto& minimum : both.minima()) {
    const double x = minimum.position[0];
    CHECK(std::abs(4 * x * (x * x - 1) + 0.2) < 1e-13);
    CHECK_FALSE(minimum.degenerate);
  }
  REQUIRE(both.passes().size() == 1);
  const double top = both.passes()[0].saddle.position[0];
  CHECK(std::abs(4 * top * (top * top - 1) + 0.2) < 1e-13);
  CHECK(both.passes()[0].saddle.index == 1);

  const DeepValleys<1> one(downhill<1>("(x^2 - 1)^2 + x/5", noise), Grid<1>({Axis("x", -2, 2, 50)}), 1.7);
  REQUIRE(one.minima().size() == 1);
  CHECK(one.minima()[0].position[0] < 0);
  CHECK(one.merged() == 1);
  CHECK(one.passes().empty());
  CHECK(one.region(0).contains(Point<1>(1.9)));
}

TEST_CASE("in a region that is asked for the most persistent minimum is kept however shallow it is") {
  // Two wells 5 deep, between them one of 0.4 at 0 and ripples beside it.
  const std::string text = "5*(x^2 - 1)^2 - 0.9*exp(-(x/0.2)^2) + 0.001*cos(200*x)";
  const Region<1> top([](const Point<1>& x) { return std::abs(x[0]) < 0.3; });
  const Grid<1> line({Axis("x", -2, 2, 50)});
  const DeepValleys<1> without(downhill<1>(text, 1.0), line, 1.0);
  CHECK(without.minima().size() == 2);
  const DeepValleys<1> with(downhill<1>(text, 1.0), line, 1.0, {top});
  REQUIRE(with.minima().size() == 3);
  CHECK(std::abs(with.minima()[2].position[0]) < 0.05);
  CHECK(with.passes().size() == 2);
  CHECK(with.merged() + 1 == without.merged());
  // One that is deep enough is all that its region needs.
  const Region<1> left([](const Point<1>& x) { return x[0] < -0.2; });
  CHECK(DeepValleys<1>(downhill<1>(text, 1.0), line, 1.0, {left}).minima().size() == 2);
}

TEST_CASE("borders of valleys in the plane are the separatrices, in all directions of the lattice") {
  // Two equal wells mirrored at a line through the origin, at an angle that is none of the lattice.
  for (const double angle : {0.0, 0.3, 0.5, 0.7}) {
    const std::string u = "(" + std::to_string(std::cos(angle)) + "*x + " + std::to_string(std::sin(angle)) + "*y)";
    const std::string v = "(" + std::to_string(std::cos(angle)) + "*y - " + std::to_string(std::sin(angle)) + "*x)";
    const Grid<2> grid = plane(1.7, 64);
    const DeepValleys<2> valleys(downhill<2>("(" + u + "^2 - 1)^2 + 2*" + v + "^2", 0.1), grid, 1.0);
    REQUIRE(valleys.minima().size() == 2);
    REQUIRE(valleys.passes().size() == 1);
    CHECK(valleys.passes()[0].saddle.position.norm() < 1e-6);
    const Region<2> first = valleys.region(0);
    const double side = valleys.minima()[0].position.dot(Point<2>(std::cos(angle), std::sin(angle)));
    for (double across = -1.0; across <= 1.0; across += 0.05)
      for (const double along : {-0.02, 0.02}) {
        const Point<2> x(along * std::cos(angle) - across * std::sin(angle),
                         along * std::sin(angle) + across * std::cos(angle));
        CHECK(first.contains(x) == (along * side > 0));
      }
  }
}

TEST_CASE("both ways round a period are passes, and what runs into an absorbing wall is no valley") {
  const DeepValleys<1> ring(downhill<1>("cos(2*x) + 0.1*cos(x)", 0.1),
                            Grid<1>({Axis("x", 0, 2 * std::numbers::pi, 64, Boundary::periodic, Boundary::periodic)}),
                            1.0);
  CHECK(ring.minima().size() == 2);
  REQUIRE(ring.passes().size() == 2);
  CHECK(relative_error(ring.passes()[0].saddle.height, 0.9) < 1e-12);
  CHECK(relative_error(ring.passes()[1].saddle.height, 1.1) < 1e-12);

  // x^3/3 - x: a minimum at 1, a maximum at -1, downhill to the left of it.
  const auto out = [](Boundary left) {
    return DeepValleys<1>(downhill<1>("x^3/3 - x", 0.1), Grid<1>({Axis("x", -3, 2, 50, left)}), 1.0);
  };
  REQUIRE(out(Boundary::absorbing).minima().size() == 1);
  CHECK(relative_error(out(Boundary::absorbing).minima()[0].position[0], 1.0) < 1e-12);
  CHECK_FALSE(out(Boundary::absorbing).region(0).contains(Point<1>(-1.5)));
  REQUIRE(out(Boundary::reflecting).minima().size() == 2);
  CHECK(out(Boundary::reflecting).minima()[0].at_wall);
}

TEST_CASE("a table with noise has the valleys of what is below the noise, a formula all of its minima") {
  // Three wells along phi, one along psi; the barriers are near 6, the noise 1, the ripple 0.1.
  const ScratchFolder folder;
  write_table(folder.path / "table.dat", 40, 0.1,
              [](double x, double y) { return 3.0 * std::cos(3.0 * x) + std::cos(x) - 5.0 * std::cos(y); });
  const std::string text = R"([landscape]
file = "table.dat"
interpolation = "cubic"
[diffusion]
D = 1.0
[grid]
x = { cells = 40 }
y = { cells = 40 }
)";
  const Problem<2> problem = build_problem<2>(read_case(text, "case.toml", folder.path));
  CHECK(problem.valleys.size() == 3);
  CHECK(mentions(problem.warnings, "valleys.depth"));
  REQUIRE(problem.joined_minima);
  int saddles = 0;
  for (const auto& point : problem.critical_points) {
    saddles += point.index == 1;
    CHECK(problem.grid.contains(point.position));
  }
  CHECK(saddles >= 3);
  // Every cell belongs to one.
  for (const int label : valley_labels<2>(problem)) CHECK(label >= 0);
  for (const auto& valley : problem.valleys) {
    REQUIRE(valley.minimum);
    CHECK(std::abs(valley.minimum->position[1]) < 0.4);
  }
  // As deep as nothing but one well.
  CHECK(build_problem<2>(read_case(text + "[valleys]\ndepth = 20\n", "case.toml", folder.path)).valleys.size() == 1);
  // Valleys that are given stay what they are.
  const Problem<2> given = build_problem<2>(read_case(
      text + "[[valley]]\nname = \"left\"\nwhere = \"x < 0\"\n[[valley]]\nname = \"right\"\nwhere = \"x >= 0\"\n",
      "case.toml", folder.path));
  CHECK(given.valleys.size() == 2);
  CHECK(given.valleys[0].name == "left");

  const std::string formula = R"([landscape]
expression = "0.1*cos(20*x) + (x^2 - 1)^2"
[diffusion]
D = 0.3
[grid]
x = { min = -2, max = 2, cells = 100 }
)";
  const auto valleys_of = [&](const std::string& rest) {
    return build_problem<1>(read_case(formula + rest, "case.toml", ".")).valleys.size();
  };
  CHECK(valleys_of("") == valleys_of("[valleys]\ndepth = 0\n"));
  CHECK(valleys_of("") > 5);
  CHECK(valleys_of("[valleys]\ndepth = 1\n") == 2);
  // With a mobility kT counts, whatever D is.
  std::string mobile = formula;
  mobile.replace(mobile.find("D = 0.3"), 7, "model = \"mobility\"\nkT = 0.3\nD = \"0.001*(2 + x)\"");
  const auto mobile_valleys = [&](const std::string& rest) {
    return build_problem<1>(read_case(mobile + rest, "case.toml", ".")).valleys.size();
  };
  CHECK(mobile_valleys("[valleys]\ndepth = 1\n") == 2);
}

TEST_CASE("a valley beside missing data has a core on every grid") {
  const ScratchFolder folder;
  {
    std::ofstream out(folder.path / "cut.dat");
    for (int i = 0; i <= 60; ++i)
      for (int j = 0; j <= 45; ++j) {
        const double x = -2.0 + i / 15.0, y = -1.5 + j / 15.0;
        out << x << ' ' << y << ' ';
        if (x > 0.6)
          out << "inf\n";
        else
          out << 3.0 * std::pow(x * x - 1.0, 2) + 4.0 * y * y + x * y << '\n';
      }
  }
  for (const char* const cells : {"60", "120", "150", "240"}) {
    CAPTURE(cells);
    const Case read = read_case(std::string("[landscape]\nfile = \"cut.dat\"\n[diffusion]\nD = 1.0\n[grid]\n"
                                            "x = { max = 0.5666, cells = ") +
                                    cells + " }\ny = { cells = 64 }\n",
                                "case.toml", folder.path);
    const Problem<2> problem = build_problem<2>(read);
    REQUIRE(problem.valleys.size() == 2);
    const std::vector<char> core = problem.valleys[1].core.cells(problem.grid);
    CHECK(std::count(core.begin(), core.end(), 1) >= 1);
  }
}

TEST_CASE("minima at walls of missing data are the lowest places along these") {
  // 2 (x - 1)^2 + (y - 0.137 - 0.3 x)^2 without values beyond x = 0: lowest at (0, 0.137), where it is 2.
  const ScratchFolder folder;
  {
    std::ofstream out(folder.path / "cut.dat");
    for (int j = -20; j <= 20; ++j)
      for (int i = -20; i <= 20; ++i) {
        const double x = 0.05 * i, y = 0.05 * j;
        out << x << ' ' << y << ' ';
        if (i > 0)
          out << "nan\n";
        else
          out << fmt::format("{}\n", 2 * (x - 1) * (x - 1) + std::pow(y - 0.137 - 0.3 * x, 2));
      }
  }
  const Problem<2> problem = build_problem<2>(read_case(
      "[landscape]\nfile = \"cut.dat\"\n[diffusion]\nD = 0.1\n[grid]\nx = { cells = 60 }\ny = { cells = 50 "
      "}\n[[valley]]\nname = \"low\"\nwhere = \"y < 0.4\"\n[[valley]]\nname = \"high\"\nwhere = \"y > 0.6\"\n",
      "case.toml", folder.path));
  REQUIRE(problem.valleys.size() == 2);
  REQUIRE(problem.valleys[0].minimum);
  CHECK((problem.valleys[0].minimum->position - Point<2>(0.0, 0.137)).norm() < 1e-6);
  CHECK(relative_error(problem.valleys[0].minimum->height, 2.0) < 1e-6);
}

TEST_CASE("[valleys] needs heights, and a depth that is no negative number") {
  const auto complaint = [](const std::string& text) -> std::string {
    try {
      read_case(text, "case.toml", ".");
    } catch (const CaseError& error) {
      return error.what();
    }
    return "";
  };
  const std::string rest = "[diffusion]\nD = 1.0\n[grid]\nx = { min = -1, max = 1, cells = 10 }\n[valleys]\n";
  CHECK(complaint("[landscape]\nexpression = \"x^2\"\n" + rest + "depth = -1\n") ==
        "case.toml:8:9: error: valleys.depth must not be negative (got -1)");
  CHECK(complaint("[drift]\nexpression = [\"-x\"]\n" + rest + "depth = 1\n") ==
        "case.toml:7:1: error: [valleys] needs a [landscape]: a drift has no heights");
}
