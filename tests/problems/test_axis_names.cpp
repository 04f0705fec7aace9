#include "problems/case/case_file.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

using Names = std::vector<std::string>;

const std::string plane_of_names = "[landscape]\nexpression = \"(q^2 - 1)^2 + y^2\"\n[diffusion]\nD = 0.2\n";

Case named(const std::string& text, const Overrides& overrides = {}) {
  return read_case(text, "case.toml", ".", overrides);
}

double height_at(const Case& definition, const Eigen::Vector2d& x) {
  FieldSamples samples;
  definition.dynamics->drift.landscape()->sample(x, 0, samples);
  return samples.value[0];
}

std::string fault_of_names(const std::string& text, const Overrides& overrides = {}) {
  try {
    named(text, overrides);
  } catch (const CaseError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("coordinates have the names of the case: its variables, or the keys of [grid] as they are written") {
  const std::string grid = "[grid]\nq = { min = -2, max = 2, cells = 9 }\np = { min = -1, max = 1, cells = 8 }\n";
  const Case by_keys = named(plane_of_names + grid);
  CHECK(by_keys.variables == Names{"q", "p"});  // though p comes first in the alphabet
  CHECK(by_keys.axes[0].name == "q");
  CHECK(by_keys.axes[0].cells == 9);
  CHECK(by_keys.axes[1].min == -1.0);
  CHECK(place_of(by_keys, "grid.p").starts_with("case.toml:7:5"));
  const Eigen::Vector2d at(2.0, 3.0);
  CHECK(height_at(by_keys, at) == 18.0);

  const Case by_list = named("variables = [\"q\", \"p\"]\n" + plane_of_names);
  CHECK(by_list.variables == Names{"q", "p"});
  CHECK(by_list.axes.size() == 2);
  CHECK(height_at(by_list, at) == 18.0);

  const Case of_letters = named("[landscape]\nexpression = \"x^2\"\n[diffusion]\nD = 1\n");
  CHECK(of_letters.variables == Names{"x"});
  const Case of_box = named(
      "variables = [\"a\", \"b\", \"c\", \"d\"]\n[box]\ndimension = 4\n[landscape]\nexpression = \"a^2 + b^2 + c^2 + "
      "x4^2\"\n[diffusion]\nD = 1\n[[valley]]\nname = \"v\"\nwhere = \"d < 1\"\nminimum = [0, 0, 0, 0]\n"
      "[[escape]]\nfrom = \"v\"\nto = \"first_exit\"\nmethods = [\"langevin\"]\n");
  CHECK(of_box.box[3].name == "d");
}

TEST_CASE("x and y stay names of the axes beside the case's own") {
  const std::string grid = "[grid]\nq = { min = -2, max = 2, cells = 9 }\np = { min = -1, max = 1, cells = 8 }\n";
  CHECK(named(plane_of_names + grid, {"grid.x.cells=12"}).axes[0].cells == 12);
  CHECK(named(plane_of_names + grid, {"grid.p.cells=12"}).axes[1].cells == 12);
  const std::string letters = "variables = [\"q\", \"p\"]\n" + plane_of_names +
                              "[grid]\nx = { min = -2, max = 2, cells = 9 }\ny = { min = -1, max = 1, cells = 8 }\n";
  CHECK(named(letters).axes[1].name == "p");
  CHECK(named(letters, {"grid.p.cells=12"}).axes[1].cells == 12);
  CHECK(fault_of_names("variables = [\"q\", \"p\"]\n" + plane_of_names + grid + "x = { cells = 7 }\n")
            .find("grid.q.cells is given by grid.x.cells already: they are the same axis") != std::string::npos);
}

TEST_CASE("names that cannot be are refused with their place") {
  const std::string plain = "[landscape]\nexpression = \"x^2\"\n[diffusion]\nD = 1\n";
  CHECK(
      fault_of_names("variables = [\"sin\"]\n" + plain).starts_with("case.toml:1:13: error: \"sin\" is the name of a"));
  CHECK(fault_of_names("variables = [\"d 1\"]\n" + plain).find("must consist of letters") != std::string::npos);
  CHECK(fault_of_names("variables = [\"q\", \"q\"]\n" + plain).find("two coordinates are called") != std::string::npos);
  CHECK(fault_of_names("variables = [\"y\"]\n" + plain).find("\"y\" is a variable") != std::string::npos);
  CHECK(fault_of_names("variables = []\n" + plain).find("variables must hold") != std::string::npos);
  CHECK(fault_of_names("variables = [\"q\"]\n[parameters]\nq = 1\n" + plain).find("is a parameter as well") !=
        std::string::npos);
  CHECK(fault_of_names(
            "variables = [\"q\", \"p\"]\n[landscape]\nname = \"styblinski_tang\"\n[grid]\nx = {}\n[diffusion]\nD = 1\n")
            .find("variables names 2 coordinates, the case has 1") != std::string::npos);
  CHECK(fault_of_names(plain + "[grid]\nx = {}\nxx = {}\n")
            .find("unknown key \"grid.xx\"; the nearest known one is "
                  "\"grid.x\"") != std::string::npos);
  CHECK(fault_of_names(plain + "[grid]\ncells = 100\n").find("unknown key \"grid.cells\"") != std::string::npos);
  CHECK(fault_of_names(plain + "[grid]\na = {}\nb = {}\nc = {}\n")
            .starts_with("case.toml:8:5: error: grid.c is a third"));
  CHECK(fault_of_names("[landscape]\nexpression = \"q^2\"\n[grid]\nx = {}\n[diffusion]\nD = 1\n")
            .find("unknown name \"q\"") != std::string::npos);
}

TEST_CASE("a table's file names the coordinates") {
  const ScratchFolder folder;
  const auto with_table = [&](const std::string& fields, const std::string& rest) {
    std::string text = fields + "\n";
    for (int k = 0; k < 6; ++k)
      for (int i = 0; i < 7; ++i) text += fmt::format("{} {} {}\n", i, k, (i - 3) * (i - 3) + (k - 2) * (k - 2));
    std::ofstream(folder.path / "f.dat") << text;
    return read_case("[landscape]\nfile = \"f.dat\"\n[diffusion]\nD = \"1 + 0*" + rest, "case.toml", folder.path);
  };
  const Case named_by_file = with_table("# phi psi L", "psi\"\n");
  CHECK(named_by_file.variables == Names{"phi", "psi"});
  CHECK(named_by_file.axes[1].name == "psi");
  // The order is the file's, whatever that of the keys.
  const Case turned = with_table("# phi psi L", "phi\"\n[grid]\npsi = { cells = 5 }\nphi = { cells = 8 }\n");
  CHECK(turned.axes[0].name == "phi");
  CHECK(turned.axes[0].cells == 8);
  CHECK(turned.axes[1].cells == 5);
  const Case own =
      with_table("", "a\"\n[grid]\na = { cells = 5 }\nb = { cells = 8 }\n[units]\nlength = { b = \"m\", a = \"s\" }\n");
  CHECK(own.variables == Names{"a", "b"});
  CHECK(own.units.length[1].unit == "m");
  CHECK_THROWS_WITH_AS(with_table("# phi psi L", "phi\"\n[grid]\npsi = {}\ntheta = {}\n"),
                       doctest::Contains("unknown key \"grid.theta\"; the nearest known one is \"grid.phi\""),
                       CaseError);
  const Case one_of_two = with_table("# phi psi L", "phi\"\n[grid]\npsi = { cells = 5 }\n");
  CHECK(!one_of_two.axes[0].cells);
  CHECK(one_of_two.axes[1].cells == 5);
  const Case other_place = with_table("# y x L", "x\"\n");
  CHECK(other_place.variables == Names{"x", "y"});
  CHECK(other_place.table.find("the axes by their names, in the file y, x") != std::string::npos);
  CHECK(other_place.warnings.empty());
}
