#include "problems/case/case_file.hpp"
#include "solver/grid_choice/cell_choice.hpp"
#include "solver/grid_choice/grid_choice.hpp"
#include "solver/run/run.hpp"

#include "tests/relative.hpp"
#include "tests/solver/quadrature.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

/// V(u) = u^4/4 - u^2/2 in units of the noise: barrier over noise 5.
constexpr double well_steepness = 20.0;

double scaled_well(double u) {
  return well_steepness * (u * u * u * u / 4.0 - u * u / 2.0);
}

/// D / s^2 times the mean time from -1 to 0.9 in units of the wells' distance s.
double well_time() {
  return integral(-1.0, 0.9, [](double y) {
    return integral(-3.5, y, [&](double z) { return std::exp(scaled_well(y) - scaled_well(z)); });
  });
}

/// Two wells at c - s and c + s along x, no [grid]. across: what is added to the landscape, in units of the noise.
std::string two_wells(double c, double s, double noise, const std::string& across = "") {
  return fmt::format(
      "[parameters]\nc = {0}\ns = {1}\nD = {2}\n[landscape]\n"
      "expression = \"20*D*(((x - c)/s)^4/4 - ((x - c)/s)^2/2){3}\"\n"
      "[diffusion]\nmodel = \"expression\"\nD = \"D\"\n"
      "[[valley]]\nname = \"left\"\nwhere = \"x < c\"\n"
      "[[valley]]\nname = \"right\"\nwhere = \"x > c\"\ncore = \"x > c + 0.9*s\"\n"
      "[[escape]]\nfrom = \"left\"\nto = \"right\"\nmethods = [\"mean_first_passage\"]\n"
      "[solver]\nmodes = 0\nnetwork = false\n",
      c, s, noise, across.empty() ? "" : " + D*(" + across + ")");
}

Results solved_without_grid(const std::string& text) {
  return run(read_case(text, "case.toml", "."));
}

/// Inverse of the one rate, and whether the interval, with `room` on both sides, holds the truth.
double mean_time_found(const Results& results) {
  return 1.0 / results.estimates.at(0).rate.value();
}

bool interval_holds(const Estimate& estimate, double rate, double room) {
  return *estimate.low <= rate * (1.0 + room) && *estimate.high >= rate * (1.0 - room);
}

/// What is wrong with the grid of a case.
std::string grid_trouble(const std::string& text) {
  try {
    const Case definition = read_case(text, "case.toml", ".");
    if (definition.axes.size() == 1)
      choose_grid<1>(definition);
    else
      choose_grid<2>(definition);
  } catch (const CaseError& error) {
    return error.what();
  }
  return "";
}

std::string landscape_alone(const std::string& expression) {
  return "[landscape]\nexpression = \"" + expression + "\"\n[diffusion]\nD = 0.1\n";
}

bool choice_tells(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("chosen ends stay where landscape and noise exist and where a domain ends") {
  const auto chosen = [](const std::string& text) {
    return choose_grid<1>(read_case(text, "case.toml", ".")).grid.axis(0);
  };
  // Gamma distributions, x^(1/0.3) exp(-x/0.3), and with D = x/10 x^19 exp(-20 x).
  for (const char* text : {"[landscape]\nexpression = \"x - log(x)\"\n[diffusion]\nD = 0.3\n",
                           "[landscape]\nexpression = \"(x - 1)^2\"\n[diffusion]\nD = \"0.1*x\"\n"}) {
    const Axis axis = chosen(text);
    CAPTURE(std::string(text));
    CHECK(axis.min() >= 0.0);
    CHECK(axis.min() < 0.4);
    CHECK(axis.max() > 2.0);
  }
  const Axis part =
      chosen("[landscape]\nexpression = \"x^4/4 - x^2/2\"\n[domain]\nwhere = \"x > -0.5\"\n[diffusion]\nD = 0.05\n");
  CHECK(part.min() <= -0.5);
  CHECK(part.min() > -0.6);
  CHECK(part.max() > 1.5);
}

TEST_CASE("an end beyond all stable points leaves none and the message says so with its place") {
  const Case beyond = read_case(
      "[landscape]\nexpression = \"x^4/4 - x^2/2\"\n[diffusion]\nD = 0.3\n[grid]\nx = { min = 2 }\n", "case.toml", ".");
  CHECK_THROWS_WITH_AS(choose_grid<1>(beyond), doctest::Contains("case.toml:5:1: error: the drift leads to no stable"),
                       CaseError);
}

TEST_CASE("without a grid mean first-passage times on the line are right at every scale and place") {
  const double expected = well_time();
  struct Place {
    double centre, scale, noise;
  };
  for (const Place& place : {Place{0.0, 1.0, 0.05}, Place{0.0, 1e-3, 2e-7}, Place{0.0, 3e3, 40.0},
                             Place{500.0, 1.0, 0.05}, Place{-2e4, 30.0, 1.0}, Place{0.5, 1e-2, 1.0}}) {
    CAPTURE(place.centre);
    CAPTURE(place.scale);
    const Results results = solved_without_grid(two_wells(place.centre, place.scale, place.noise));
    const double unit = place.scale * place.scale / place.noise;
    CHECK(relative_error(mean_time_found(results) / unit, expected) < 1e-8);
    REQUIRE(results.accuracy->chosen);
    CHECK(*results.accuracy->reached < 1e-3);
    const auto& [min, max] = results.accuracy->domain.at(0);
    CHECK(min < place.centre - 1.5 * place.scale);
    CHECK(max < place.centre + 3.0 * place.scale);
  }
}

TEST_CASE("without a grid separable landscapes of the plane have the rate of the line and however stiff across") {
  const double expected = 1.0 / well_time();
  for (const char* across : {"y^2/2", "3e4*(y - 7)^2", "((y + 40)/20)^2"}) {
    CAPTURE(across);
    const Results results = solved_without_grid(two_wells(0.0, 1.0, 1.0, across));
    const Estimate& estimate = results.estimates.at(0);
    CHECK(relative_error(*estimate.rate, expected) < 1e-3);
    CHECK(interval_holds(estimate, expected, 1e-4));
    CHECK(results.accuracy->cells.size() == 2);
  }
}

TEST_CASE("without a grid the domain reaches beyond the boundary of a valley that is left") {
  // Ornstein-Uhlenbeck from the middle of a disc of radius 2, D = 1/2: T'' + (1/r - 2 r) T' = -2.
  const Results results = solved_without_grid(
      "[drift]\nexpression = [\"-x\", \"-y\"]\n[diffusion]\nD = 0.5\n[[valley]]\nname = \"disc\"\nwhere = \"x^2 + y^2 "
      "< "
      "4\"\n[[escape]]\nfrom = \"disc\"\nto = \"first_exit\"\nmethods = [\"mean_first_passage\"]\n[solver]\nmodes = "
      "0\n");
  const double expected = integral(0.0, 2.0, [](double r) {
    return r > 0 ? 2.0 * integral(0.0, r, [&](double s) { return s / r * std::exp(r * r - s * s); }) : 0.0;
  });
  CHECK(relative_error(mean_time_found(results), expected) < 5e-3);
  CHECK(interval_holds(results.estimates.at(0), 1.0 / expected, 1e-4));
  CHECK(results.accuracy->domain[0][1] > 2.0);
}

TEST_CASE("without a grid SGD noise has the mean first-passage time of its scale and speed densities") {
  constexpr double kappa = 0.05, injected = 0.02;
  const Results results = solved_without_grid(fmt::format(
      "[landscape]\nname = \"quartic_double_well\"\n[diffusion]\nmodel = \"sgd\"\neta = {}\nbatch_size = 1\ninjected = "
      "{}\n[[valley]]\nname = \"left\"\nwhere = \"x < 0\"\n[[valley]]\nname = \"right\"\nwhere = \"x > 0\"\ncore = \"x "
      "> 0.9\"\n[[escape]]\nfrom = \"left\"\nto = \"right\"\nmethods = [\"mean_first_passage\"]\n",
      2 * kappa, injected));
  // Trapezoids from -6 on: Phi = -int F / D, speed e^-Phi / D, scale e^Phi.
  const auto noise = [](double x) { return kappa * std::abs(3.0 * x * x - 1.0) + injected; };
  const auto slope = [&](double x) { return (x * x * x - x) / noise(x); };
  constexpr double h = 2e-5;
  double phi = -40.0, speed = 0.0, time = 0.0;
  for (double x = -6.0; x < 0.9 - 0.5 * h; x += h) {
    const double next = phi + 0.5 * h * (slope(x) + slope(x + h));
    const double before = speed;
    speed += 0.5 * h * (std::exp(-phi) / noise(x) + std::exp(-next) / noise(x + h));
    if (x > -1.0 - 0.5 * h) time += 0.5 * h * (std::exp(phi) * before + std::exp(next) * speed);
    phi = next;
  }
  CHECK(relative_error(mean_time_found(results), time) < 1e-5);
}

TEST_CASE("what nothing confines ends in an error that says which end to give") {
  CHECK(choice_tells(grid_trouble(landscape_alone("x^3/3 - x")),
                     "case.toml:1:1: error: nothing confines x towards x = -infinity"));
  CHECK(choice_tells(grid_trouble(landscape_alone("x^3/3 - x")), "Give grid.x.min"));
  CHECK(choice_tells(grid_trouble(landscape_alone("-x^2")), "the drift leads to no stable point"));
  CHECK(choice_tells(grid_trouble(landscape_alone("0*x + 1")), "the drift vanishes wherever it was looked at"));
  CHECK(choice_tells(grid_trouble(landscape_alone("-exp(-x^2) - exp(-(x - 4)^2)")), "is no smaller than farther in"));
  CHECK(choice_tells(grid_trouble(landscape_alone("x^2 - y^2")), "the drift leads to no stable point"));
  CHECK(choice_tells(grid_trouble(landscape_alone("x^2 + y^3/3 - y")), "nothing confines y towards y = -infinity"));
  CHECK(choice_tells(grid_trouble(landscape_alone("cos(2*pi*x/3)")), "repeats itself along x with the period 3"));
  CHECK(choice_tells(grid_trouble(landscape_alone("cos(x) + y^2")), "repeats itself along x"));
  CHECK(grid_trouble(landscape_alone("x^2 + cos(y)") +
                     "[grid]\nx = {}\ny = { min = 0, max = 6.283185307179586, boundary = \"periodic\" }\n") == "");
  CHECK(grid_trouble(landscape_alone("x^3/3 - x") +
                     "[grid]\nx = { min = -2, boundary = [\"absorbing\", \"reflecting\"] }\n") == "");
}

TEST_CASE("given parts of a grid are obeyed and the same case has the same choice") {
  const std::string text = two_wells(0.0, 1.0, 0.05) + "[grid]\nx = { max = 1.7, cells = 100 }\n";
  const Case definition = read_case(text, "case.toml", ".");
  const GridChoice<1> choice = choose_grid<1>(definition), again = choose_grid<1>(definition);
  CHECK(choice.grid.axis(0).max() == 1.7);
  CHECK(choice.grid.axis(0).cells() == 100);
  CHECK(choice.grid.axis(0).min() < -1.7);
  CHECK(choice.grid.axis(0).min() == again.grid.axis(0).min());
  CHECK(choice_tells(choice.rule, "x.min = "));
  CHECK_FALSE(choice_tells(choice.rule, "cells"));
  const GridChoice<1> cells = choose_grid<1>(
      read_case(two_wells(0.0, 1.0, 0.05) + "[grid]\nx = { min = -3, max = 3, grading = { centre = 0, width = 1 } }\n",
                "case.toml", "."));
  CHECK(cells.grid.axis(0).grading()->width == 1.0);
  CHECK(cells.grid.axis(0).min() == -3.0);
  CHECK(choice_tells(cells.rule, " cells along x to start with"));
}

TEST_CASE("a larger noise has a larger domain and the initial density lies inside") {
  const auto end = [](const std::string& text) {
    return choose_grid<1>(read_case(text, "case.toml", ".")).grid.axis(0).max();
  };
  CHECK(end(landscape_alone("x^2/2")) < end("[landscape]\nexpression = \"x^2/2\"\n[diffusion]\nD = 1.0\n"));
  CHECK(end(landscape_alone("x^2/2") + "[evolve]\nuntil = 1\ninitial = { mean = [9], sd = [0.5] }\n") >= 11.5);
}

TEST_CASE("closed forms are answered where nothing confines") {
  // Wells at -a and a, and a slope without end beyond two more passes.
  const Results results =
      solved_without_grid(landscape_alone("x^4/4 - x^2/2 - x^6/30") +
                          "[[escape]]\nfrom = \"valley_1\"\nto = \"valley_2\"\nmethods = [\"theory:kramers\"]\n");
  const double a2 = 2.5 * (1.0 - std::sqrt(0.2)), height = a2 * a2 / 4.0 - a2 / 2.0 - a2 * a2 * a2 / 30.0;
  const double curvature = 3.0 * a2 - 1.0 - a2 * a2;
  CHECK(relative_error(*results.estimates.at(0).rate, std::sqrt(curvature) / (2.0 * M_PI) * std::exp(height / 0.1)) <
        1e-9);
  CHECK(choice_tells(*results.accuracy->chosen, "around the critical points"));
}

TEST_CASE("cells resolve the narrowest feature and grading pays where uniform cells would be too many") {
  const OpenAxis axis{"x", -10.0, 10.0};
  const CellWishes wishes{.per_width = 4.0, .fewest = 64, .most = 512, .most_uniform = 512};
  const Axis uniform = choose_cells(axis, {{0.0, 0.5}, {5.0, 2.0}}, wishes);
  CHECK_FALSE(uniform.grading());
  CHECK(uniform.cells() == 160);
  const Axis graded = choose_cells(axis, {{0.0, 1e-3}, {8.0, 1.0}}, wishes);
  REQUIRE(graded.grading());
  CHECK(graded.cells() <= 512);
  CHECK(graded.size(std::lround(graded.cell_coordinate(0.0))) < 1e-3 / 3.5);
  CHECK(graded.size(std::lround(graded.cell_coordinate(8.0))) < 1.0 / 3.5);
  CHECK(choose_cells({"x", -1.0, 1.0}, {}, wishes).cells() == 64);
}
