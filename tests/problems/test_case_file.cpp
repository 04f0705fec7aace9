#include "problems/case/case_file.hpp"
#include "problems/case/ready_files.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace valleyflux;

namespace {

const std::string good = R"(title = "A well"
[parameters]
T = 0.05
[landscape]
expression = "x^4/4 - x^2/2"
[diffusion]
model = "expression"
D = "T"
[grid]
x = { min = -2.5, max = 2.5, cells = 100 }
[[valley]]
name = "left"
where = "x < 0"
[[valley]]
name = "right"
where = "x > 0"
[evolve]
initial = "left"
until = 10.0
[[escape]]
from = "left"
to = "right"
)";

/// `good` with the first `from` replaced.
std::string with(const std::string& from, const std::string& to) {
  std::string text = good;
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string complaint(const std::string& text, const Overrides& overrides = {}) {
  try {
    const Case definition = read_case(text, "case.toml", ".", overrides);
    build_problem<1>(definition);
  } catch (const CaseError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a case is read as it is written") {
  const Case definition = read_case(good, "case.toml", ".");
  CHECK(definition.title == "A well");
  REQUIRE(definition.axes.size() == 1);
  CHECK(definition.axes[0].cells() == 100);
  CHECK(definition.valleys.size() == 2);
  CHECK(definition.escapes.at(0).methods.size() == 5);
  CHECK(definition.evolve->until == 10.0);
  CHECK(definition.text == good);
  CHECK_FALSE(definition.departing_cell_rates);
  CHECK(read_case(std::string(good) + "[solver]\nrates = \"departing_cell\"\n", "case.toml", ".").departing_cell_rates);
  const Problem<1> problem = build_problem<1>(definition);
  CHECK(std::abs(problem.valleys.at(0).minimum->position[0] + 1.0) < 1e-13);
}

TEST_CASE("errors name file, line, column, key, value and what would be right") {
  CHECK(complaint(good) == "");
  CHECK(complaint(with("cells = 100", "cells = 2")) ==
        "case.toml:10:38: error: grid.x.cells must lie between 4 and 100000000 (got 2)");
  CHECK(complaint(with("[evolve]", "[evolv]"))
            .starts_with("case.toml:17:2: error: unknown key \"evolv\"; the nearest known one is \"evolve\""));
  CHECK(complaint(with("x^4/4 - x^2/2", "x^4/4 - y^2/2"))
            .starts_with("case.toml:5:23: error: landscape.expression: unknown name \"y\""));
  CHECK(complaint(with("x < 0", "x - 0")).starts_with("case.toml:13:9: error: valley.0.where must be a condition"));
  CHECK(complaint(with("until = 10.0", "until = -1")) ==
        "case.toml:19:9: error: evolve.until must be positive (got -1)");
  CHECK(complaint(with("model = \"expression\"\nD = \"T\"", "model = \"sgd\"\neta = -0.1")) ==
        "case.toml:8:7: error: diffusion.eta must be positive (got -0.1)");
  CHECK(complaint(with("title = \"A well\"", "title = [")).starts_with("case.toml:"));
  CHECK(complaint("[[[").starts_with("case.toml:1:"));
  CHECK(complaint(with("x^4/4 - x^2/2", "log(x)")).find("not finite") != std::string::npos);
  CHECK(complaint(with("min = -2.5", "min = 3")).starts_with("case.toml:10:5: error: axis x: min must be below max"));
  CHECK(complaint(with("to = \"right\"", "to = \"right\"\nmethods = [\"diffusion\"]"))
            .starts_with("case.toml:23:12: error: unknown method"));
  CHECK(complaint(with("T = 0.05", "T = 0.05\nsin = 1"))
            .starts_with("case.toml:4:7: error: \"sin\" is the name of a function"));
  CHECK(complaint(with("T = 0.05", "T = 0.05\nx = 1")).find("\"x\" is a variable") != std::string::npos);
  CHECK(complaint(with("T = 0.05", "T = 0.05\na-b = 1")).find("must consist of letters") != std::string::npos);
  CHECK(
      complaint(good + "[solver]\nrates = \"departing\"\n").find("solver.rates must be one of edge, departing_cell") !=
      std::string::npos);
}

TEST_CASE("sizes of memory are numbers with a unit, of any length") {
  const auto memory = [](const std::string& size) {
    return read_case(good + "[accuracy]\nmemory = \"" + size + "\"\n", "case.toml", ".").accuracy.memory;
  };
  CHECK(memory("4GB") == 4e9);
  CHECK(memory(" 0.5 kB ") == 500.0);
  CHECK(memory("12 B") == 12.0);
  CHECK(memory(std::string(200000, '0') + "1TB") == 1e12);
  for (const std::string& size : {std::string("4"), std::string("GB"), std::string("-1GB"), std::string("0MB"),
                                  std::string("inf GB"), std::string("1e3B"), std::string(400, '9') + "B"})
    CHECK_THROWS_AS(memory(size), CaseError);
}

TEST_CASE("characters beyond ASCII stand in strings and comments alone") {
  const std::string only_ascii = "outside of strings and comments only ASCII characters are allowed";
  CHECK(complaint(with("A well", "Größe \\\" ☃") + "# é\n") == "");
  CHECK(complaint(with("title = \"A well\"", "title = \"\"\"é\n\"é\"\"\"\" # é")) == "");
  CHECK(complaint(with("title = \"A well\"", "title = 'é\\' # 'é")) == "");
  CHECK(complaint(with("T = 0.05", "T = 0.05\nGröße = 1")) == "case.toml:4:3: error: " + only_ascii);
  CHECK(complaint(with("\"A well\"", "\"é\"é")) == "case.toml:1:12: error: " + only_ascii);
  CHECK(read_case(good, "case.toml", ".", {"title=Größe"}).title == "Größe");
}

TEST_CASE("overrides change keys before they are checked, and errors name them") {
  CHECK(read_case(good, "case.toml", ".", {"grid.x.cells=50"}).axes[0].cells() == 50);
  CHECK(read_case(good, "case.toml", ".", {"valley.left.where=x < -0.1"}).valleys[0].where->text() == "x < -0.1");
  CHECK(read_case(good, "case.toml", ".", {"escape.0.methods=[\"flux\"]"}).escapes[0].methods.size() == 1);
  CHECK(read_case(good, "case.toml", ".", {"parameters.T=0.1"}).text.find("0.1") != std::string::npos);
  CHECK(
      complaint(good, {"grid.x.cells=two"}).starts_with("--set grid.x.cells: error: grid.x.cells must be an integer"));
  CHECK(complaint(good, {"valley.middle.where=x<0"}).find("there is no valley \"middle\"") != std::string::npos);
  CHECK(complaint(good, {"nonsense"}).find("must have the form") != std::string::npos);
}

TEST_CASE("every ready case is read and builds") {
  const std::vector<std::string> names = ready_cases();
  CHECK(names.size() >= 10);
  for (const std::string& name : names) {
    CAPTURE(name);
    const Case definition = read_case(ready_case(name));
    CHECK_FALSE(definition.title.empty());
  }
  CHECK(ready_case("no_such_case").empty());
}
