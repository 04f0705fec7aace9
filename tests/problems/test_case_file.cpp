#include "problems/case/build_problem.hpp"
#include "problems/case/case_file.hpp"
#include "problems/case/ready_files.hpp"
#include "problems/case/toml_text.hpp"
#include "problems/dynamics/diffusion_model.hpp"

#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>
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
  CHECK(definition.axes[0].cells == 100);
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
  CHECK(complaint(with("D = \"T\"", "D = \"T\"\nkT = 0.1"))
            .ends_with("error: diffusion.kT has no part in this model: it is needed by mobility"));
  CHECK(complaint(with("x^4/4 - x^2/2", "x^4/4 - y^2/2"))
            .starts_with("case.toml:5:23: error: landscape.expression: unknown name \"y\""));
  CHECK(complaint(with("x < 0", "x - 0")).starts_with("case.toml:13:9: error: valley.0.where must be a condition"));
  CHECK(complaint(with("until = 10.0", "until = -1")) ==
        "case.toml:19:9: error: evolve.until must be positive (got -1)");
  CHECK(complaint(with("model = \"expression\"\nD = \"T\"", "model = \"sgd\"\neta = -0.1")) ==
        "case.toml:8:7: error: diffusion.eta must be positive (got -0.1)");
  // What is missing is described as `valleyflux list keys` does it, whatever table it is missing in.
  CHECK(complaint(with("until = 10.0", "")) ==
        "case.toml:17:1: error: evolve.until is missing: time at which it ends (number)");
  CHECK(complaint(with("name = \"right\"\n", "")) ==
        "case.toml:14:1: error: [[valley]] number 2 has no name, a line \"name = ...\" below its head: what results "
        "call it: up to 100 bytes, without /, -> and control characters (text)");
  CHECK(complaint(with("from = \"left\"\n", ""))
            .find("error: [[escape]] number 1 has no from, a line \"from = ...\" below its head") != std::string::npos);
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
  CHECK(complaint(good + "[solver]\nengine = \"multigrid\"\n")
            .find("solver.engine must be one of automatic, elimination, multilevel") != std::string::npos);
  CHECK(complaint(good + "[solver]\nengine = \"multilevel\"\n").find("is for grids in the plane") != std::string::npos);
}

TEST_CASE("ends and cells of an axis are numbers or expressions of the parameters") {
  const auto on_axis = [](const std::string& ends_and_cells) {
    std::string text = with("T = 0.05\n", "T = 0.05\nR = 2.5\nn = 50\n");
    const std::string given = "min = -2.5, max = 2.5, cells = 100";
    return text.replace(text.find(given), given.size(), ends_and_cells);
  };
  const Case read = read_case(on_axis(R"(min = "-R", max = "2*R", cells = "2*n")"), "case.toml", ".");
  CHECK((*read.axes[0].min == -2.5 && *read.axes[0].max == 5.0 && *read.axes[0].cells == 100));
  const std::string by_parameters = on_axis(R"(min = "-R", max = "R", cells = "n")");
  CHECK(*read_case(by_parameters, "case.toml", ".", {"parameters.n=20"}).axes[0].cells == 20);
  CHECK(complaint(by_parameters, {"parameters.n=2.5"}).find("grid.x.cells must be a whole number (got 2.5)") !=
        std::string::npos);
  CHECK(complaint(by_parameters, {"parameters.n=2"}).find("grid.x.cells must lie between 4 and") != std::string::npos);
  for (const std::string& unknown : {on_axis(R"(min = "-Q")"), on_axis(R"(max = "x")")})
    CHECK(complaint(unknown).starts_with("case.toml:12:"));
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
  CHECK(complaint(with("A well", "Größe \\\" ☃") + "# é\n") == "");
  CHECK(complaint(with("title = \"A well\"", "title = \"\"\"é\n\"é\"\"\"\" # é")) == "");
  CHECK(complaint(with("title = \"A well\"", "title = 'é\\' # 'é")) == "");
  CHECK(complaint(with("T = 0.05", "T = 0.05\nGröße = 1")).starts_with("case.toml:4:3: error: "));
  CHECK(complaint(with("\"A well\"", "\"é\"é")).starts_with("case.toml:1:12: error: "));
  CHECK(read_case(good, "case.toml", ".", {"title=Größe"}).title == "Größe");
  // Wherever TOML has strings: keys of several parts, arrays over lines, tables within a line.
  const auto toml = [](const std::string& text) { return parsed_toml(text, "t.toml").size(); };
  CHECK(
      toml(
          "a.\"é\" = [ 'é', [\"é\" ], # é\n  \"\"\"é\"\"\"\n, { 'é' = \"é\", b . 'é'= 1, c=['é'] } ]\n\"é\".'é'=1 # é\n"
          "[ 'é' . \"ü\"]\n[[b.\"é\"]]\nc = '''\n'é'''\n") == 3);
  // A quote within a bare value begins no string; letters at which toml++ 3.3 goes astray if it is let.
  for (const char* faulty :
       {"a = 1979-05-2y\"é\"", "a = 1.5.\"é\"", "a = [1, 2.\"é\"]", "a = b[\"é\"]", "a = x{'é' = 1}", "a = {b = c.'é'}",
        "a = [t'é']", "a'é' = 1", "é", "☃ = 1", "a = é", "a\u3010 = 1", "a = 1\ufbff", "[é]", "[[a.\u4e00]]",
        "a = 1\u2e80", "a = 1 'é'", "a = [1, {b = [x\"é\"]}]"}) {
    CAPTURE(faulty);
    CHECK_THROWS_WITH_AS(toml(faulty), doctest::Contains("t.toml:1:"), CaseError);
  }
}

TEST_CASE("overrides change keys before they are checked, and errors name them") {
  CHECK(read_case(good, "case.toml", ".", {"grid.x.cells=50"}).axes[0].cells == 50);
  CHECK(read_case(good, "case.toml", ".", {"valley.left.where=x < -0.1"}).valleys[0].where->text() == "x < -0.1");
  CHECK(read_case(good, "case.toml", ".", {"escape.0.methods=[\"flux\"]"}).escapes[0].methods.size() == 1);
  CHECK(read_case(good, "case.toml", ".", {"parameters.T=0.1"}).text.find("0.1") != std::string::npos);
  CHECK(
      complaint(good, {"grid.x.cells=2.5"}).starts_with("--set grid.x.cells: error: grid.x.cells must be an integer"));
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

TEST_CASE("an unknown key is named before a missing one, in every table") {
  const auto unknown = [](const std::string& text, const Overrides& overrides = {}) {
    const std::string message = complaint(text, overrides);
    const std::size_t at = message.find("unknown key");
    return at == std::string::npos ? message : message.substr(0, at) + message.substr(at + 12);
  };
  CHECK(unknown(with("until = 10.0", "untl = 10.0")) ==
        "case.toml:19:1: error: \"evolve.untl\"; the nearest known one is \"evolve.until\"");
  CHECK(unknown(with("cells = 100", "cels = 100")) ==
        "case.toml:10:30: error: \"grid.x.cels\"; the nearest known one is \"grid.x.cells\"");
  CHECK(unknown(with("[diffusion]", "[difusion]")) ==
        "case.toml:6:2: error: \"difusion\"; the nearest known one is \"diffusion\"");
  CHECK(unknown(with("where = \"x > 0\"", "were = \"x > 0\"")) ==
        "case.toml:16:1: error: \"valley.1.were\"; the nearest known one is \"valley.1.where\"");
  CHECK(unknown(with("from = \"left\"", "form = \"left\"")) ==
        "case.toml:21:1: error: \"escape.0.form\"; the nearest known one is \"escape.0.from\"");
  CHECK(unknown(with("initial = \"left\"", "initial = { maen = [0], sd = [1] }")) ==
        "case.toml:18:13: error: \"evolve.initial.maen\"; the nearest known one is \"evolve.initial.mean\"");
  CHECK(unknown(with("expression = \"x^4", "name = \"himmelblau\"\nq = 1\nexpression = \"x^4"))
            .starts_with("case.toml:6:1: error: \"landscape.q\""));
  CHECK(unknown(good, {"difusion.D=1"}) ==
        "--set difusion.D: error: \"difusion\"; the nearest known one is \"diffusion\"");
  CHECK(unknown(good, {"evolve.untl=1"}) ==
        "--set evolve.untl: error: \"evolve.untl\"; the nearest known one is \"evolve.until\"");
  CHECK(unknown(good, {"box.min=1"}).starts_with("--set box.min: error: give either [grid] or [box]"));
}

TEST_CASE("what only a grid gives a meaning to is refused of a box, where it stands") {
  const std::string box = R"([landscape]
expression = "x^4/4 - x^2/2"
[diffusion]
D = 0.05
[box]
dimension = 1
[[valley]]
name = "left"
where = "x < 0"
minimum = [-1.0]
[[escape]]
from = "left"
to = "first_exit"
)";
  const auto complaint_of = [&box](const std::string& more) -> std::string {
    try {
      read_case(box + more, "case.toml", ".");
    } catch (const CaseError& error) {
      return error.what();
    }
    return "";
  };
  CHECK(complaint_of("[theory]\ns = 0.5\n") == "");
  for (const std::string table : {"solver", "accuracy", "evolve"})
    CHECK(complaint_of("[" + table + "]\n") == "case.toml:14:1: error: [" + table + "] needs a [grid]");
  CHECK(complaint_of("[theory]\npaths = false\n") == "case.toml:15:9: error: theory.paths needs a [grid]");
  CHECK(complaint_of("[theory]\nquasi_potential = true\n") ==
        "case.toml:15:19: error: theory.quasi_potential needs a [grid]");
}

TEST_CASE("names that a result cannot hold are refused where they stand") {
  const auto named = [](const std::string& name) {
    return complaint(with("name = \"left\"", "name = \"" + name + "\""));
  };
  for (const char* name : {"cis/trans", "", "  ", ".", "..", "any", "first_exit", "none", "outside", "x.min", "a.max",
                           "a\\u0007b", "a\\nb"}) {
    CAPTURE(name);
    CHECK(named(name).starts_with("case.toml:12:8: error: \""));
    CHECK(named(name).find("cannot be a valley's name: it ") != std::string::npos);
  }
  CHECK(named(std::string(101, 'a')).find("is longer than 100 bytes") != std::string::npos);
  CHECK(complaint(with("name = \"right\"", "name = \"left\"")) ==
        "case.toml:15:8: error: there is a valley \"left\" already");
  CHECK(named("StÃ¤"
              "be (1), x") == "");
}

TEST_CASE("the same escape or method twice, and escapes whose results share a name, are refused") {
  const std::string again = "[[escape]]\nfrom = \"left\"\nto = \"right\"\n";
  CHECK(complaint(good + again) ==
        "case.toml:24:8: error: the escape from \"left\" to \"right\" is asked for already, at case.toml:21:8");
  CHECK(complaint(good + "methods = [\"flux\", \"theory\", \"flux\"]\n") ==
        "case.toml:23:30: error: method \"flux\" is asked for twice");
  const std::string four =
      "[landscape]\nexpression = \"cos(x)\"\n[diffusion]\nD = 1\n[grid]\nx = { min = 0, max = 25, cells = 100 }\n"
      "[[valley]]\nname = \"a\"\nwhere = \"x < 6\"\n[[valley]]\nname = \"a_b\"\nwhere = \"x > 6.5 && x < 12\"\n"
      "[[valley]]\nname = \"c\"\nwhere = \"x > 13 && x < 18\"\n[[valley]]\nname = \"b_c\"\nwhere = \"x > 19\"\n";
  const auto escapes = [&](const std::string& method) {
    return four + "[[escape]]\nfrom = \"a_b\"\nto = \"c\"\nmethods = [\"" + method + "\"]\n" +
           "[[escape]]\nfrom = \"a\"\nto = \"b_c\"\nmethods = [\"" + method + "\"]\n";
  };
  for (const char* method : {"langevin", "quasi_stationary", "flux"})
    CHECK(complaint(escapes(method)) ==
          "case.toml:24:8: error: the fields of this escape and of that at case.toml:20:8 would both be named "
          "\"a_b_c\": rename a valley");
}

TEST_CASE("text that is no UTF-8, too large or nested too deeply is refused with its place") {
  CHECK(complaint("# one\ntitle = \"\xff\"\n") ==
        "case.toml:2:10: error: the byte 0xFF is no part of UTF-8, in which TOML is written");
  for (const char* stray : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
    CAPTURE(stray);
    CHECK(complaint(std::string("title = \"") + stray + "\"\n").starts_with("case.toml:1:10: error: the byte 0x"));
  }
  CHECK(complaint("\xef\xbb\xbf" + good) == "");
  std::string windows = good;
  for (std::size_t at = 0; (at = windows.find('\n', at)) != std::string::npos; at += 2) windows.insert(at, "\r");
  CHECK(complaint(windows) == "");
  CHECK(complaint(with("A well", "Î» â¬ ð")) == "");
  std::string dotted = "a";
  for (int k = 0; k < 300000; ++k) dotted += ".a";
  CHECK(complaint(dotted + " = 1\n").starts_with("case.toml:1:514: error: keys are nested more than 256 levels deep"));
  CHECK(complaint("[" + dotted + "]\n").starts_with("case.toml:1:515: error: keys are nested"));
  CHECK(complaint("a = " + std::string(100000, '[')).starts_with("case.toml:1:"));
  std::string tables = "a = ";
  for (int k = 0; k < 100000; ++k) tables += "{ a = ";
  CHECK(complaint(tables).starts_with("case.toml:1:"));
  CHECK(complaint(with("A well", std::string(300, '.'))) == "");
}

TEST_CASE("a parameter that no expression uses is warned of by its name, one that is included is not") {
  const auto warnings = [](const std::string& text) { return read_case(text, "case.toml", ".").warnings; };
  CHECK(warnings(good).empty());
  const auto unused = warnings(with("T = 0.05", "T = 0.05\nbeta = 3.0"));
  REQUIRE(unused.size() == 1);
  CHECK(unused[0].find("parameters.beta") != std::string::npos);

  const ScratchFolder folder;
  const auto file = [&](const std::string& name, const std::string& text) {
    std::ofstream(folder.path / name) << text;
  };
  const auto read = [&](const std::string& text) { return read_case(text, "case.toml", folder.path); };
  file("shared.toml", "[parameters]\nT = 0.1\nk = 2.0\nother = 1.0\n");
  const Case definition = read(with("T = 0.05", "include = \"shared.toml\"\nk = 3"));
  CHECK(definition.dynamics->diffusion->constant());
  DiffusionSamples noise;
  definition.dynamics->diffusion->sample(Eigen::MatrixXd::Zero(1, 1), false, noise);
  CHECK(noise.tensor(0, 0) == 0.1);
  REQUIRE(definition.warnings.size() == 1);  // of the case's own k
  CHECK(definition.warnings[0].find("parameters.k:") != std::string::npos);
  CHECK(definition.text.find("include") == std::string::npos);  // results know all that they come from
  CHECK(definition.inputs == std::vector{folder.path / "shared.toml"});

  const auto fault = [&](const std::string& shared, const std::string& part) {
    file("shared.toml", shared);
    CHECK_THROWS_WITH_AS(read(with("T = 0.05", "include = \"shared.toml\"")), doctest::Contains(part.c_str()),
                         CaseError);
  };
  fault("[parameters]\nT = \"warm\"\n", "shared.toml:2:");
  fault("[parameters]\nx = 1\n", "is a variable");
  fault("T = 1\n", "has no [parameters]");
  fault("[parameters]\ninclude = \"shared.toml\"\n", "includes no other");
  CHECK_THROWS_WITH_AS(read(with("T = 0.05", "include = \"nowhere.toml\"")), doctest::Contains("case.toml:3:"),
                       CaseError);
  CHECK_THROWS_WITH_AS(read(with("T = 0.05", "include = 3")), doctest::Contains("must be a string"), CaseError);
}
