#include "problems/case/case_file.hpp"
#include "problems/landscapes/function_landscape.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace valleyflux;

namespace {

std::size_t axes_without_grid(const std::string& text) {
  return read_case(text, "case.toml", ".").axes.size();
}

std::string complaint_without_grid(const std::string& text) {
  try {
    read_case(text, "case.toml", ".");
  } catch (const CaseError& error) {
    return error.what();
  }
  return "";
}

const std::string plain_noise = "[diffusion]\nD = 0.1\n";

}  // namespace

TEST_CASE("without a grid the dimension is what landscape, drift or noise tell") {
  CHECK(axes_without_grid("[landscape]\nexpression = \"x^2\"\n" + plain_noise) == 1);
  CHECK(axes_without_grid("[landscape]\nexpression = \"x^2 + exp(y)\"\n" + plain_noise) == 2);
  CHECK(axes_without_grid("[landscape]\nexpression = \"y^2\"\n" + plain_noise) == 2);
  CHECK(axes_without_grid("[landscape]\nname = \"himmelblau\"\n" + plain_noise) == 2);
  CHECK(axes_without_grid("[drift]\nname = \"maier_stein\"\n" + plain_noise) == 2);
  CHECK(axes_without_grid("[drift]\nexpression = [\"-x\", \"-1\"]\n" + plain_noise) == 2);
  CHECK(axes_without_grid("[landscape]\nname = \"styblinski_tang\"\n[diffusion]\nD = [[1, 0], [0, 2]]\n") == 2);
  CHECK(axes_without_grid("[landscape]\nname = \"styblinski_tang\"\n[grid]\nx = {}\n" + plain_noise) == 1);
  CHECK(axes_without_grid("[grid]\n[landscape]\nexpression = \"x^2\"\n" + plain_noise) == 1);
}

TEST_CASE("a dimension that nothing tells or two things tell differently is an error that says what to write") {
  const std::string what_to_write =
      "write [grid] with x = {} for one dimension, x = {} and y = {} for two (or variables = [...], the names of the "
      "coordinates), or [box] for particles alone";
  CHECK(complaint_without_grid("[landscape]\nname = \"styblinski_tang\"\n" + plain_noise) ==
        "case.toml:1:1: error: nothing says how many dimensions the case has: " + what_to_write);
  CHECK(complaint_without_grid("[landscape]\nexpression = \"x^2\"\n[diffusion]\nD = [[1, 0], [0, 1]]\n") ==
        "case.toml:1:1: error: landscape.expression says 1 dimension, diffusion.D says 2: " + what_to_write);
  CHECK(
      complaint_without_grid("[landscape]\nexpression = \"x^2 + y^2 + z^2\"\n" + plain_noise) ==
      "case.toml:1:1: error: landscape.expression has 3 dimensions, grids have one or two: give a [box], for particles "
      "alone");
}

TEST_CASE("axes may lack what can be chosen and nothing else") {
  const std::string well = "[landscape]\nexpression = \"x^2\"\n" + plain_noise + "[grid]\n";
  const Case definition =
      read_case(well + "x = { min = -2, boundary = [\"absorbing\", \"reflecting\"] }\n", "case.toml", ".");
  REQUIRE(definition.axes.size() == 1);
  CHECK(definition.axes[0].min == -2.0);
  CHECK_FALSE(definition.axes[0].max.has_value());
  CHECK_FALSE(definition.axes[0].cells.has_value());
  CHECK(complaint_without_grid(well + "x = { boundary = \"periodic\" }\n") ==
        "case.toml:6:18: error: grid.x.min is missing: a periodic axis needs both ends");
  CHECK(complaint_without_grid(well + "x = { min = 0, boundary = [\"reflecting\", \"absorbing\"] }\n") ==
        "case.toml:6:27: error: grid.x.max is missing: an absorbing wall needs its place");
  CHECK(complaint_without_grid(well + "x = { min = 2, max = 1 }\n") ==
        "case.toml:6:5: error: axis x: min must be below max, both finite (got min = 2, max = 1)");
}

TEST_CASE("a landscape by code stands in the place of the table and says the dimension") {
  const auto well = landscape([](auto x, auto y) { return x * x + y * y; });
  const auto read = [&](const std::string& text) {
    return read_case(plain_noise + text, "case.toml", ".", {}, {.landscape = well});
  };
  const Case definition = read("");
  CHECK(definition.variables == std::vector<std::string>{"x", "y"});
  CHECK(definition.dynamics->drift.landscape() == well);
  CHECK(read("[grid]\nphi = {}\npsi = {}\n").variables == std::vector<std::string>{"phi", "psi"});
  CHECK_THROWS_WITH_AS(read("[landscape]\nexpression = \"x^2\"\n"),
                       doctest::Contains("the landscape is given by code already"), CaseError);
  CHECK_THROWS_WITH_AS(read("[grid]\nx = {}\n"), doctest::Contains("by code has 2 coordinates, the case has 1"),
                       CaseError);
}
