#include "problems/case/case_file.hpp"
#include "tests/relative.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

using namespace valleyflux;

namespace {

/// A case whose landscape is a table in its folder, with these keys beside `file`.
struct TableCase : ScratchFolder {
  explicit TableCase(const std::string& table) { std::ofstream(path / "t.dat") << table; }
  Case read(const std::string& keys) const {
    return read_case("[landscape]\nfile = \"t.dat\"\n" + keys + "\n[diffusion]\nD = 0.5\n[grid]\nx = { cells = 20 }\n",
                     "case.toml", path);
  }
  std::string complaint(const std::string& keys) const {
    try {
      read(keys);
    } catch (const CaseError& error) {
      return error.what();
    }
    return "read";
  }
};

const std::string three = "# x F G\n0 0 1\n1 1 2\n2 4 3\n3 9 4\n4 16 5\n5 25 6\n";  // F = x^2, G = x + 1

double value_at(const Case& definition, double x) {
  FieldSamples samples;
  definition.dynamics->drift.landscape()->sample(Eigen::MatrixXd::Constant(1, 1, x), 0, samples);
  return samples.value[0];
}

}  // namespace

TEST_CASE("keys of the landscape choose columns, scale and shift, and the case knows what it reads") {
  const TableCase table(three);
  CHECK(relative_error(value_at(table.read(""), 2.5), 6.25) < 1e-12);
  CHECK(relative_error(value_at(table.read("columns = [\"x\", \"G\"]"), 2.5), 3.5) < 1e-12);
  CHECK(relative_error(value_at(table.read("columns = [1, 3]\nscale = 2.0\nshift = -1.0"), 2.5), 6.0) < 1e-12);
  CHECK(relative_error(value_at(table.read("quantity = \"G\""), 2.5), 3.5) < 1e-12);
  CHECK(table.read("").table.find("plain columns; x: 6 points, 0 to 5") != std::string::npos);
  CHECK(relative_error(value_at(TableCase("0\n1\n4\n9\n16\n25\n").read("ranges = [[0, 5]]"), 2.5), 6.25) < 1e-12);
}

TEST_CASE("wrong keys of a table are refused at their place, the file's faults with its line") {
  const TableCase table(three);
  CHECK(table.complaint("format = \"excel\"").starts_with("case.toml:3:"));
  CHECK(table.complaint("columns = [1]").starts_with("case.toml:3:"));
  CHECK(table.complaint("columns = [1, 2.5]").starts_with("case.toml:3:"));
  CHECK(table.complaint("columns = [1, 7]").find("there is no column \"7\" (the file has x, F, G)") !=
        std::string::npos);
  CHECK(table.complaint("ranges = [0, 1]").starts_with("case.toml:3:"));
  CHECK(table.complaint("ranges = [[1, 1]]").starts_with("case.toml:3:"));
  CHECK(table.complaint("scale = 0").starts_with("case.toml:3:"));
  CHECK(table.complaint("colums = [1, 2]").find("landscape.columns") != std::string::npos);
  CHECK(TableCase("0 1\n1 2\n2 two\n").complaint("").find("t.dat:3: \"two\" is no number") != std::string::npos);
}
