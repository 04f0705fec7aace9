#include "problems/case/case_file.hpp"
#include "solver/run/run.hpp"

#include "tests/relative.hpp"
#include "tests/solver/quadrature.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

constexpr double noise_level = 0.1, lower = -2.0, upper = 1.5, left = -1.0;

double well_height(double x) {
  return x * x * x * x / 4.0 - x * x / 2.0;
}

/// int dy exp(L / D) over [from, to].
double scale(double from, double to) {
  return integral(from, to, [](double y) { return std::exp(well_height(y) / noise_level); });
}

double weight(double from, double to) {
  return integral(from, to, [](double y) { return std::exp(-well_height(y) / noise_level); });
}

/// Of first passage from the left minimum to `end`, the lower end reflecting.
double mean_time_to(double end) {
  return integral(left, end, [](double y) { return std::exp(well_height(y) / noise_level) * weight(lower, y); }) /
         noise_level;
}

const std::string valleys_of_targets = R"([[valley]]
name = "left"
where = "x < 0"
[[valley]]
name = "right"
where = "x > 0"
)";

const std::string line_case = R"(
[landscape]
expression = "x^4/4 - x^2/2"
[diffusion]
D = 0.1
[grid]
x = { min = -2.0, max = 1.5, cells = 280 }
)" + valleys_of_targets;

/// The same along x, and a spring along y that has no part in it.
const std::string plane_case = R"(
[landscape]
expression = "x^4/4 - x^2/2 + y^2"
[diffusion]
D = 0.1
[grid]
x = { min = -2.0, max = 1.5, cells = 112 }
y = { min = -1.5, max = 1.5, cells = 96 }
)" + valleys_of_targets;

struct Named {
  const char* name;
  double end;
};

constexpr Named to_wall{"x.max", upper}, to_region{"x > 0.4", 0.4};

const std::string rates_alone = "[solver]\nmodes = 0\nnetwork = false\n";

std::string escape_to(const std::string& to, const std::string& methods = R"(["mean_first_passage"])") {
  return "[[escape]]\nfrom = \"left\"\nto = " + to + "\nmethods = " + methods + "\n";
}

Results results_of(const std::string& text) {
  return run(read_case(text, "case.toml", "."), RunRequest{}, SolveObserver{});
}

std::string complaint(const std::string& text) {
  try {
    results_of(text);
  } catch (const CaseError& error) {
    return error.what();
  }
  return "";
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const Estimate& row(const Results& results, const std::string& method, const std::string& to) {
  for (const Estimate& estimate : results.estimates)
    if (estimate.method == method && estimate.to == to) return estimate;
  FAIL("no row of " << method << " to " << to);
  return results.estimates.front();
}

/// widened: by how much more than 95 % of chance is to be allowed for.
void check_holds(const Estimate& estimate, double rate, double widened = 1.0) {
  CAPTURE(estimate.method);
  CAPTURE(estimate.to);
  CAPTURE(estimate.note);
  CHECK(std::log(rate / *estimate.rate) >= widened * std::log(estimate.low.value() / *estimate.rate));
  CHECK(std::log(rate / *estimate.rate) <= widened * std::log(estimate.high.value() / *estimate.rate));
}

constexpr double three_errors = 3.0 / 1.96;

}  // namespace

TEST_CASE("mean times to a wall and to a region of the line are those of quadrature, to round-off") {
  const Results results = results_of(line_case + escape_to("\"x.max\"") + escape_to("{ where = \"x > 0.4\" }") +
                                     escape_to("{ where = \"x > 0.4 + 0.3\", name = \"far side\" }") + rates_alone);
  for (const Named& target : {to_wall, to_region, Named{"far side", 0.7}}) {
    const Estimate& found = row(results, "mean_first_passage", target.name);
    CAPTURE(target.name);
    CHECK(found.from == "left");
    CHECK(found.recommended);
    CHECK(relative_error(found.time.value(), mean_time_to(target.end)) < 1e-9);
    CHECK(found.low.value() <= found.rate.value());
    CHECK(found.high.value() >= found.rate.value());
  }
}

TEST_CASE("in the plane an escape along one coordinate takes the time of the line, within its interval") {
  const Results results =
      results_of(plane_case + escape_to("\"x.max\"") + escape_to("{ where = \"x > 0.4\" }") + rates_alone);
  check_holds(row(results, "mean_first_passage", "x.max"), 1.0 / mean_time_to(upper));
  check_holds(row(results, "mean_first_passage", "x > 0.4"), 1.0 / mean_time_to(0.4));
}

TEST_CASE("a wall that is a target absorbs for its own escape alone") {
  const std::string valley = escape_to("\"right\"", R"(["mean_first_passage", "reactive_flux"])");
  const std::string one_grid = rates_alone + "grids = 1\n";
  for (const std::string& text : {line_case, plane_case}) {
    const Results without = results_of(text + valley + one_grid);
    const Results beside = results_of(text + valley + escape_to("\"x.max\"") + one_grid);
    for (const char* method : {"mean_first_passage", "reactive_flux"})
      CHECK(relative_error(*row(beside, method, "right").rate, *row(without, method, "right").rate) < 1e-12);
    CHECK(relative_error(*beside.valleys.at(0).stationary_probability, *without.valleys.at(0).stationary_probability) <
          1e-12);
  }
}

TEST_CASE("a wall that absorbs anyway is a target of its own, and what other walls take is said") {
  std::string text = line_case;
  text.replace(text.find("cells = 280"), 11, "cells = 280, boundary = \"absorbing\"");
  const Results results = results_of(text + escape_to("\"x.max\"") + rates_alone + "[first_passage]\n");
  const double at_upper = scale(lower, left) / scale(lower, upper);
  const Estimate& found = row(results, "mean_first_passage", "x.max");
  CHECK(relative_error(found.lost_at_walls.value(), 1.0 - at_upper) < 1e-9);
  const FirstPassageResult& passage = results.first_passages.at(0);
  CHECK(passage.to == "x.max");
  REQUIRE(passage.targets.size() == 2);
  CHECK(passage.targets[0].name == "x.max");
  CHECK(passage.targets[1].name == "x.min");
  CHECK(relative_error(passage.targets[0].probability, at_upper) < 1e-9);
  CHECK(relative_error(passage.targets[0].exit_points(0, 0), upper) < 1e-12);
}

TEST_CASE("distributions of first passage know walls and regions by their names") {
  for (const std::string& text : {line_case, plane_case}) {
    const Results results = results_of(text + escape_to("\"x.max\"") + escape_to("{ where = \"x > 0.4\" }") +
                                       rates_alone + "[first_passage]\n");
    REQUIRE(results.first_passages.size() == 2);
    std::size_t number = 0;
    for (const Named& target : {to_wall, to_region}) {
      const FirstPassageResult& found = results.first_passages[number++];
      CAPTURE(target.name);
      CHECK(found.to == target.name);
      REQUIRE(found.targets.size() == 1);
      CHECK(found.targets[0].name == target.name);
      CHECK(std::abs(found.targets[0].probability - 1.0) < 1e-9);
      CHECK(relative_error(found.mean, mean_time_to(target.end)) < 2e-3);
      for (Eigen::Index place = 0; place < found.targets[0].exit_points.cols(); ++place)
        CHECK(std::abs(found.targets[0].exit_points(0, place) - target.end) < 0.05);
    }
  }
}

TEST_CASE("transitions to a region are counted as transition path theory says by quadrature") {
  std::string text = line_case;
  text.replace(text.find("where = \"x < 0\""), 15, "where = \"x < 0\"\ncore = \"x < -0.8\"");
  const Results results = results_of(text + escape_to("{ where = \"x > 0.4\" }", R"(["reactive_flux"])") + rates_alone);
  constexpr double core = -0.8, end = 0.4;
  const double law = weight(lower, upper), way = scale(core, end);
  const double left_last = weight(lower, core) + integral(core, end, [&](double x) {
                             return std::exp(-well_height(x) / noise_level) * scale(x, end) / way;
                           });
  const double flux = noise_level / (way * law);
  check_holds(row(results, "reactive_flux", "x > 0.4"), flux / (left_last / law));
}

TEST_CASE("particles that arrive at a wall or in a region do so within their interval") {
  const std::string by = R"(["langevin", "splitting"])";
  for (const std::string& text : {line_case, plane_case}) {
    const Results results = results_of(text + escape_to("\"x.max\"", by) + escape_to("{ where = \"x > 0.4\" }", by) +
                                       rates_alone + "[langevin]\nparticles = 4000\nstep = 0.002\nruns = 32\n");
    for (const Named& target : {to_wall, to_region})
      for (const char* method : {"langevin", "splitting"})
        check_holds(row(results, method, target.name), 1.0 / mean_time_to(target.end), three_errors);
  }
}

TEST_CASE("particles of a box arrive at its walls and in regions within their interval") {
  const std::string box = R"(
[landscape]
expression = "x^4/4 - x^2/2 + y^2 + z^2 + y*z"
[diffusion]
D = 0.1
[box]
dimension = 3
min = -2.0
max = 1.5
[[valley]]
name = "left"
where = "x < 0"
minimum = [-1.0, 0.0, 0.0]
)";
  const std::string by = R"(["langevin"])";
  const Results results = results_of(box + escape_to("\"x.max\"", by) + escape_to("{ where = \"x > 0.4\" }", by) +
                                     "[langevin]\nparticles = 4000\nstep = 0.002\n");
  check_holds(row(results, "langevin", "x.max"), 1.0 / mean_time_to(upper), three_errors);
  check_holds(row(results, "langevin", "x > 0.4"), 1.0 / mean_time_to(0.4), three_errors);
}

TEST_CASE("discrete SGD arrives at a wall in the mean time of its own steps") {
  constexpr double eta = 0.2;
  const Results results =
      results_of(line_case + escape_to("\"x.max\"", R"(["sgd_chain"])") + rates_alone + "[langevin]\nstep = 0.2\n");
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  constexpr int chains = 4000;
  double sum = 0.0, squares = 0.0;
  for (int chain = 0; chain < chains; ++chain) {
    double x = left, time = 0.0;
    while (x < upper) {
      x += eta * (x - x * x * x) + std::sqrt(2.0 * eta * noise_level) * normal(random);
      if (x < lower) x = 2.0 * lower - x;
      time += eta;
    }
    sum += time;
    squares += time * time;
  }
  const double mean = sum / chains, error = std::sqrt((squares / chains - mean * mean) / chains);
  CHECK(std::abs(row(results, "sgd_chain", "x.max").time.value() - mean) < 4.0 * error);
}

TEST_CASE("a method that has no rate to a wall or region gives a row with its reason") {
  const std::string by = R"(["reactive_flux", "theory:kramers", "mean_first_passage"])";
  const Results results =
      results_of(line_case + escape_to("\"x.max\"", by) + escape_to("{ where = \"x > 0.4\" }", by) + rates_alone);
  const Estimate& flux = row(results, "reactive_flux", "x.max");
  CHECK_FALSE(flux.rate);
  CHECK(flux.note == "transition path theory needs a stationary law: x.max takes the probability of this escape");
  for (const char* name : {"x.max", "x > 0.4"}) {
    const Estimate& form = row(results, "theory:kramers", name);
    CHECK_FALSE(form.rate);
    CHECK(says(form.note, "over saddles into other valleys, not to a wall or a condition"));
    CHECK(row(results, "mean_first_passage", name).rate);
  }
  CHECK(row(results, "reactive_flux", "x > 0.4").rate);
}

TEST_CASE("where nothing is said a target is measured by what has an answer there") {
  const Results results = results_of(line_case + "[[escape]]\nfrom = \"left\"\nto = \"x.max\"\n" + rates_alone);
  std::vector<std::string> methods;
  for (const Estimate& estimate : results.estimates) methods.push_back(estimate.method);
  CHECK(methods == std::vector<std::string>{"quasi_stationary", "mean_first_passage", "flux"});
}

TEST_CASE("walls have the axes' own names, and those of x and y as well") {
  std::string text = plane_case;
  for (const auto& [from, to] :
       {std::pair{"x^4/4 - x^2/2 + y^2", "phi^4/4 - phi^2/2 + psi^2"}, std::pair{"\nx = {", "\nphi = {"},
        std::pair{"\ny = {", "\npsi = {"}, std::pair{"x < 0", "phi < 0"}, std::pair{"x > 0", "phi > 0"}})
    text.replace(text.find(from), std::string(from).size(), to);
  const std::string coarse = rates_alone + "grids = 1\n";
  const double own = *row(results_of(text + escape_to("\"phi.max\"") + coarse), "mean_first_passage", "phi.max").rate;
  CHECK(*row(results_of(text + escape_to("\"x.max\"") + coarse), "mean_first_passage", "phi.max").rate == own);
  CHECK(says(complaint(text + escape_to("\"phi.max\"") + escape_to("\"x.max\"") + coarse), "is asked for already"));
  CHECK(
      says(complaint(text + escape_to("\"q.max\"") + coarse),
           "case.toml:17:6: error: escape.to = \"q.max\": there is no axis \"q\"; walls are phi.min, phi.max, psi.min, "
           "psi.max"));
}

TEST_CASE("targets that cannot be are refused at their place, with what would be right") {
  const auto refused = [](const std::string& text, const std::string& to) {
    return complaint(text + escape_to(to) + rates_alone);
  };
  CHECK(refused(line_case, "{ where = \"x < -0.9\" }") ==
        "case.toml:16:6: error: escape.to = { where = \"x < -0.9\" } holds the minimum of \"left\", x = -1: an escape "
        "starts apart from its target");
  CHECK(refused(line_case, "{ where = \"x > 7\" }") ==
        "case.toml:16:6: error: escape.to = { where = \"x > 7\" } holds no cell of the grid (x from -2 to 1.5)");
  CHECK(
      refused(line_case, "{ where = \"x > 1\", name = \"right\" }") ==
      "case.toml:16:6: error: escape.to = { where = \"x > 1\" } has the name of valley \"right\": give it another one");
  CHECK(
      says(refused(line_case, "{ where = \"x/2 > 0.4\" }"), "cannot be the target's name as well, as it holds \"/\""));
  CHECK(says(refused(line_case, "{ where = \"x > 1\", name = \"any\" }"), "\"any\" cannot be a target's name"));
  CHECK(says(refused(line_case, "{ where = \"x + 1\" }"), "escape.0.to.where must be a condition"));
  CHECK(says(refused(line_case, "{ name = \"there\" }"), "escape.0.to.where is missing"));
  CHECK(says(refused(line_case, "{ were = \"x > 1\" }"), "the nearest known one is \"escape.0.to.where\""));
  CHECK(says(complaint(line_case + escape_to("{ where = \"x > 1\", name = \"far\" }") +
                       escape_to("{ where = \"x > 1.2\", name = \"far\" }") + rates_alone),
             "\"far\" is the name of the target at case.toml:16:6 already: give this one another name"));

  std::string ring = line_case;
  ring.replace(ring.find("cells = 280"), 11, "cells = 280, boundary = \"periodic\"");
  CHECK(refused(ring, "\"x.max\"") ==
        "case.toml:16:6: error: escape.to = \"x.max\" is no wall: x is periodic; a target is { where = \"x > ...\" } "
        "then");
  std::string open = line_case;
  open.replace(open.find("x = { min = -2.0, max = 1.5, cells = 280 }"), 42, "x = { min = -2.0 }");
  CHECK(refused(open, "\"x.max\"") ==
        "case.toml:16:6: error: escape.to = \"x.max\" would lie where the program ends the axis: give grid.x.max");
}
