#include "problems/case/case_file.hpp"
#include "solver/run/run.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <string>

using namespace valleyflux;

namespace {

Results results_of(const std::string& text) {
  return run(read_case(text, "case.toml", "."), RunRequest{}, SolveObserver{});
}

}  // namespace

TEST_CASE("a transition that may be lost at a wall says how often it is, and how well that is known") {
  const Results results = results_of(R"(
[landscape]
expression = "x^4/4 - x^2/2"
[diffusion]
D = 0.3
[grid]
x = { min = -1.6, max = 1.7, cells = 40, boundary = "absorbing" }
[[valley]]
name = "left"
where = "x < 0.1"
core = "x < -0.9"
[[valley]]
name = "right"
where = "x > 0.1"
core = "x > 0.9 && x < 1.2"
[[escape]]
from = "left"
to = "right"
methods = ["mean_first_passage"]
)");
  const Estimate& found = results.estimates.at(0);
  // From -1 to 0.9 before -1.6: by the scale density exp(L / D).
  using Rule = boost::math::quadrature::gauss_kronrod<double, 61>;
  const auto scale = [](double x) { return std::exp((x * x * x * x / 4 - x * x / 2) / 0.3); };
  const double lost = Rule::integrate(scale, -1.0, 0.9, 10, 1e-13) / Rule::integrate(scale, -1.6, 0.9, 10, 1e-13);
  REQUIRE(found.lost_at_walls);
  CHECK(std::abs(*found.lost_at_walls / lost - 1.0) < 1e-9);
  REQUIRE(found.lost_at_walls_low);
  CHECK(*found.lost_at_walls_low <= lost * (1.0 + 1e-12));
  CHECK(*found.lost_at_walls_high >= lost * (1.0 - 1e-12));
  CHECK(*found.lost_at_walls_high / *found.lost_at_walls_low < 1.0 + 1e-7);
  CHECK(found.note.find(fmt::format("{:.4g} of it through an absorbing wall", lost)) != std::string::npos);
}

TEST_CASE("what is lost at walls, and where escapes end, holds walls of the domain within the cells") {
  const auto with = [](const std::string& grid, const std::string& rest) {
    return results_of(R"(
[landscape]
expression = "(x^2 - 1)^2 + 2*y^2 + 1.2*x*y"
[diffusion]
D = 0.3
[[valley]]
name = "left"
where = "x < 0"
[[valley]]
name = "right"
where = "x > 0"
[[escape]]
from = "left"
to = "any"
methods = ["mean_first_passage"]
[accuracy]
relative = 0.2
[solver]
modes = 0
network = false
[theory]
paths = false
[first_passage]
points = 20
[grid]
x = { min = -1.4, max = 2.0, boundary = ["absorbing", "reflecting"], cells = )" +
                      grid + rest);
  };
  // The same problem, whose walls are those of a box.
  const Results exact = with("170 }\ny = { min = -0.437, max = 0.371, cells = 80 }", "");
  const Estimate& truth = exact.estimates.at(0);
  REQUIRE(truth.lost_at_walls_low);
  CHECK(*truth.lost_at_walls_high / *truth.lost_at_walls_low < 1.01);
  for (const int cells : {24, 37, 50}) {
    CAPTURE(cells);
    const Results found = with(fmt::format("{} }}\ny = {{ min = -1.2, max = 1.2, cells = {} }}\n", cells, cells),
                               "[domain]\nwhere = \"y > -0.437 && y < 0.371\"\n");
    const Estimate& estimate = found.estimates.at(0);
    REQUIRE(estimate.lost_at_walls_low);
    CHECK(*estimate.lost_at_walls_low <= *truth.lost_at_walls_high);
    CHECK(*estimate.lost_at_walls_high >= *truth.lost_at_walls_low);
    CHECK(*estimate.lost_at_walls_high / *estimate.lost_at_walls_low < 2.0);
    REQUIRE(estimate.shares.at(0).low);
    CHECK(*estimate.shares[0].low <= *truth.shares.at(0).high);
    CHECK(*estimate.shares[0].high >= *truth.shares[0].low);
    for (const FirstPassageTarget& target : found.first_passages.at(0).targets)
      for (const FirstPassageTarget& right : exact.first_passages.at(0).targets)
        if (right.name == target.name) {
          REQUIRE(target.grid_error);
          CHECK(std::abs(target.probability - right.probability) <= *target.grid_error + *right.grid_error);
        }
  }
}
