#include "problems/case/build_problem.hpp"
#include "problems/case/case_file.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "tests/relative.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
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

TEST_CASE("a table of one value alone is a constant coefficient") {
  const ScratchFolder folder;
  std::ofstream(folder.path / "d.dat") << "-4 0.05\n-2 0.05\n0 0.05\n2 0.05\n4 0.05\n";
  const Case read = read_case("[landscape]\nexpression = \"x^4/4 - x^2/2\"\n[diffusion]\nD = { file = \"d.dat\" }\n",
                              "case.toml", folder.path);
  CHECK(read.dynamics->diffusion->constant());
}

TEST_CASE("a table of one value alone keeps its standard errors") {
  const ScratchFolder folder;
  std::ofstream(folder.path / "d.dat") << "-4 0.05 0.01\n-2 0.05 0.01\n0 0.05 0.01\n2 0.05 0.01\n4 0.05 0.01\n";
  const Case read = read_case(
      "[landscape]\nexpression = \"x^4/4 - x^2/2\"\n[diffusion]\nD = { file = \"d.dat\", columns = [1, 2], error = 3 "
      "}\n",
      "case.toml", folder.path);
  CHECK_FALSE(read.dynamics->diffusion->constant());
  REQUIRE(redrawn(*read.dynamics, 1));
  DiffusionSamples drawn;
  redrawn(*read.dynamics, 1)->diffusion->sample(Eigen::MatrixXd::Zero(1, 1), false, drawn);
  CHECK(drawn.tensor(0, 0) != 0.05);
  CHECK(std::abs(drawn.tensor(0, 0) - 0.05) < 6 * 0.01);
}

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

namespace {

/// Tables d.dat, x and 1 + x / 2 from -2 to 2, and p.csv, of the plane, x, y and x - y there, beside a case.
struct EntryCase : ScratchFolder {
  EntryCase() {
    std::ofstream line(path / "d.dat"), plane(path / "p.csv");
    line << "# x D\n";
    plane << "x,y,w,v\n";
    for (int i = 0; i <= 16; ++i) {
      const double x = -2.0 + 0.25 * i;
      line << x << " " << 1.0 + x / 2.0 << "\n";
      for (int j = 0; j <= 16; ++j) plane << x << "," << -2.0 + 0.25 * j << ",0," << x + 2.0 - 0.25 * j << "\n";
    }
  }
  Case line(const std::string& dynamics, const std::string& grid = "x = { min = -1, max = 1, cells = 20 }") const {
    return read_case(dynamics + "\n[grid]\n" + grid + "\n", "case.toml", path);
  }
  Case plane(const std::string& dynamics) const {
    return line(dynamics, "x = { min = -1, max = 1, cells = 20 }\ny = { min = -2, max = 2, cells = 20 }");
  }
  template <typename Read>
  static std::string complaint(const Read& read) {
    try {
      read();
    } catch (const CaseError& error) {
      return error.what();
    }
    return "read";
  }
};

Eigen::MatrixXd tensor_at(const Case& definition, const Eigen::VectorXd& x) {
  DiffusionSamples samples;
  definition.dynamics->diffusion->sample(x, false, samples);
  return samples.tensor.reshaped(x.size(), x.size());
}

const std::string well = "[landscape]\nexpression = \"x^2\"\n[diffusion]\n";
const std::string bowl = "[landscape]\nexpression = \"x^2 + y^2\"\n[diffusion]\n";

}  // namespace

TEST_CASE("entries of D are numbers and expressions and tables side by side") {
  const EntryCase tables;
  const Eigen::VectorXd x = Eigen::VectorXd::Constant(1, 0.4);
  const Eigen::Vector2d place(0.4, -0.3);
  CHECK(relative_error(tensor_at(tables.line(well + "D = { file = \"d.dat\" }"), x)(0, 0), 1.2) < 1e-12);
  CHECK(relative_error(tensor_at(tables.line(well + "D = { file = \"d.dat\", scale = 2, shift = 0.5 }"), x)(0, 0),
                       2.9) < 1e-12);
  CHECK(relative_error(tensor_at(tables.line(well + "D = \"2 + table('d.dat', x^2)\""), x)(0, 0), 3.08) < 1e-12);
  const std::string tensor =
      "D = [[{ file = \"p.csv\", columns = [\"x\", \"y\", \"v\"], shift = 4 }, \"0.1*x\"], [\"0.1*x\", 0.3]]";
  for (const std::string& model :
       {std::string(), std::string("model = \"expression\"\n"), std::string("model = \"mobility\"\nkT = 0.5\n")}) {
    const Eigen::MatrixXd at = tensor_at(tables.plane(bowl + model + tensor), place);
    CHECK(relative_error(at(0, 0), 4.7) < 1e-12);
    CHECK(relative_error(at(0, 1), 0.04) < 1e-12);
    CHECK(relative_error(at(1, 1), 0.3) < 1e-12);
  }
  const Eigen::MatrixXd diagonal = tensor_at(
      tables.plane(bowl + "model = \"mobility\"\nkT = 0.5\nmobility = [0.3, \"1 + table('d.dat', x)\"]"), place);
  CHECK(relative_error(diagonal(0, 0), 0.15) < 1e-12);
  CHECK(relative_error(diagonal(1, 1), 1.1) < 1e-12);
  CHECK(diagonal(0, 1) == 0.0);
}

TEST_CASE("components of a drift are tables too") {
  const EntryCase tables;
  const Case definition = tables.plane(
      "[drift]\nexpression = [{ file = \"p.csv\", columns = [1, 2, 4], scale = -1 }, \"-y*table('d.dat', y)\"]\n"
      "[diffusion]\nD = 0.2");
  Eigen::MatrixXd force, jacobian;
  definition.dynamics->drift.sample(Eigen::Vector2d(0.4, -0.3), force, &jacobian);
  CHECK(relative_error(force(0, 0), -0.7) < 1e-12);
  CHECK(relative_error(force(1, 0), 0.3 * 0.85) < 1e-12);
  CHECK(relative_error(jacobian(0, 0), -1.0) < 1e-12);
  CHECK(relative_error(jacobian(2, 0), 1.0) < 1e-12);
  CHECK(relative_error(jacobian(3, 0), -0.7) < 1e-12);  // -(y (1 + y / 2))'
  CHECK(definition.inputs.size() == 2);
}

TEST_CASE("what is wrong with a table of a coefficient is said at its place") {
  const EntryCase tables;
  const auto of_line = [&](const std::string& diffusion,
                           const std::string& grid = "x = { min = -1, max = 1, cells = 20 }") {
    return EntryCase::complaint([&] { tables.line(well + diffusion, grid); });
  };
  const auto has = [](const std::string& message, const std::string& part) {
    CAPTURE(message);
    CHECK(message.find(part) != std::string::npos);
  };
  has(of_line("D = { fil = \"d.dat\" }"), "case.toml:4:5: error: diffusion.D.file is missing");
  has(of_line("D = { file = \"d.dat\", colums = [1, 2] }"),
      "case.toml:4:23: error: unknown key \"diffusion.D.colums\"");
  has(of_line("D = { file = \"d.dat\", scale = 0 }"), "error: diffusion.D.scale must not be 0");
  has(of_line("D = { file = \"no.dat\" }"), "case.toml:4:14: error: ");
  has(of_line("D = { file = \"p.csv\", columns = [1, 2, 4] }"), "p.csv holds a table of 2 dimensions, the case has 1");
  has(of_line("D = true"), "case.toml:4:5: error: diffusion.D must be a number, an expression or a table");
  has(of_line("model = \"constant\"\nD = { file = \"d.dat\" }"), "tables need diffusion.model = \"expression\"");
  has(of_line("D = \"table('d.dat', x, x)\""), "d.dat holds a table of 1 dimension, not of 2 (column 7");
  const std::string wide = of_line("D = { file = \"d.dat\" }", "x = { min = -1, max = 3, cells = 20 }");
  has(wide, "case.toml:4:14: error: diffusion.D: grid.x reaches from -1 to 3, ");
  has(wide, "d.dat's data from -2 to 2");
  has(of_line("D = { file = \"d.dat\" }", "x = { min = -2, max = 2, cells = 20, boundary = \"periodic\" }"),
      "grid.x cannot be periodic from -2 to 2");
  has(EntryCase::complaint([&] { tables.plane(bowl + "D = { file = \"d.dat\" }"); }),
      "of one variable it is \"table('FILE', x)\"");
}

TEST_CASE("a formula that leaves its table is refused with the table and its ends") {
  const EntryCase tables;
  const auto of = [&](const std::string& dynamics, const std::string& part) {
    const std::string message =
        EntryCase::complaint([&] { build_problem<1>(tables.line(dynamics, "x = { min = -3, max = 1, cells = 40 }")); });
    CAPTURE(message);
    CHECK(message.find(part) != std::string::npos);
    CHECK(message.find("d.dat is asked for an argument = -2.95, its data reach from -2 to 2") != std::string::npos);
  };
  of("[landscape]\nexpression = \"table('d.dat', x)\"\n[diffusion]\nD = 1",
     "the landscape is not finite (nan) at x = ");
  of("[drift]\nexpression = [\"-table('d.dat', x)\"]\n[diffusion]\nD = 1", "the drift is not finite at x = ");
  of(well + "D = \"1 + table('d.dat', x)\"", "the diffusion D is not finite at x = ");
}

TEST_CASE("standard errors are another column of the landscape's table and move what is redrawn") {
  const TableCase table("# x F E\n0 0 0.1\n1 1 0\n2 4 0.2\n3 9 0.1\n4 16 0.1\n5 25 0.3\n");
  CHECK(table.read("").dynamics->drift.landscape()->redrawn(1) == nullptr);
  for (const char* keys : {"error = \"E\"\nscale = -2", "columns = [1, 2]\nerror = 3\nscale = 2"}) {
    const Case definition = table.read(keys);
    CHECK(definition.table.find("with standard errors") != std::string::npos);
    const auto& landscape = *definition.dynamics->drift.landscape();
    Eigen::MatrixXd points(1, 3);
    points << 1.0, 2.0, 5.0;
    FieldSamples standard, drawn;
    landscape.sample(points, 0, standard);
    Eigen::VectorXd squares = Eigen::VectorXd::Zero(3);
    constexpr int draws = 400;
    for (int seed = 0; seed < draws; ++seed) {
      landscape.redrawn(static_cast<std::uint64_t>(seed))->sample(points, 0, drawn);
      squares += (drawn.value - standard.value).cwiseAbs2() / draws;
    }
    CHECK(squares[0] < 1e-20);
    CHECK(relative_error(std::sqrt(squares[1]), 0.4) < 0.15);
    CHECK(relative_error(std::sqrt(squares[2]), 0.6) < 0.15);
  }
  CHECK(table.complaint("error = 1.5").find("case.toml:3:9: error: landscape.error must be the name or the number") !=
        std::string::npos);
  CHECK(table.complaint("error = \"G\"").find("there is no column \"G\"") != std::string::npos);
  CHECK(TableCase("# x F E\n0 0 1\n1 1 -1\n2 4 1\n3 9 1\n4 16 1\n")
            .complaint("error = \"E\"")
            .find("E = -1 is no standard error, at x = 1") != std::string::npos);
}

TEST_CASE("what is bent over has errors that are bent with it") {
  const TableCase table("# x F E\n0 0 0.1\n1 1 0.1\n2 4 0.1\n3 9 0.1\n4 16 0.1\n5 1e6 0.1\n");
  const Case definition = table.read("error = \"E\"\nclip_above = 10");
  FieldSamples standard, drawn;
  definition.dynamics->drift.landscape()->sample(Eigen::MatrixXd::Constant(1, 1, 5.0), 0, standard);
  definition.dynamics->drift.landscape()->redrawn(3)->sample(Eigen::MatrixXd::Constant(1, 1, 5.0), 0, drawn);
  CHECK(std::abs(drawn.value[0] - standard.value[0]) < 1e-5);  // 0.1 times 5 / 1e6
}

TEST_CASE("a table of D that is negative somewhere is refused with the place and errors need a grid") {
  const EntryCase tables;
  const std::string negative =
      EntryCase::complaint([&] { build_problem<1>(tables.line(well + "D = { file = \"d.dat\", shift = -0.6 }")); });
  CHECK(negative.find("case.toml:4:5: error: the diffusion D has the negative eigenvalue -0.075 at x = -0.95") !=
        std::string::npos);
  const std::string turned = EntryCase::complaint(
      [&] { build_problem<2>(tables.plane(bowl + "D = [[1, \"table('d.dat', x)\"], [\"table('d.dat', x)\", 1]]")); });
  CHECK(turned.find("negative eigenvalue") != std::string::npos);
  const std::string box = EntryCase::complaint([&] {
    read_case("[landscape]\nfile = \"d.dat\"\nerror = 2\n[diffusion]\nD = 1\n[box]\ndimension = 1\nmin = -1\nmax = 1\n",
              "case.toml", tables.path);
  });
  CHECK(box.find("case.toml:3:9: error: landscape.error needs a [grid]") != std::string::npos);
}

TEST_CASE("tables of coefficients say what they were taken for and which of their points are doubtful") {
  const ScratchFolder folder;
  {
    std::ofstream out(folder.path / "D.dat");
    out << "# x D\n";
    for (int k = 0; k <= 100; ++k) {
      const double x = -2.5 + 0.05 * k;
      out << x << ' ' << (k == 40 ? 5.0 : 0.1 * (1.0 + 0.5 * std::sin(2.0 * x))) << '\n';
    }
  }
  for (const std::string diffusion : {"D = { file = \"D.dat\" }", "D = \"table('D.dat', x)\""}) {
    const Case read = read_case("[landscape]\nexpression = \"x^4/4 - x^2/2\"\n[diffusion]\n" + diffusion +
                                    "\n[grid]\nx = { min = -2.5, max = 2.5, cells = 100 }\n",
                                "case.toml", folder.path);
    REQUIRE(read.tables.size() == 1);
    CAPTURE(read.tables[0]);
    CHECK(read.tables[0].find("D.dat (plain columns; x: 101 points, -2.5 to 2.5)") != std::string::npos);
    CHECK(std::any_of(read.warnings.begin(), read.warnings.end(), [](const std::string& warning) {
      return warning.find("D.dat:42: the value 5 at x = -0.5 breaks the curve") != std::string::npos;
    }));
  }
}

TEST_CASE("values whose last digit is above the noise are refused at their line") {
  const auto table = [](double factor, double offset) {
    std::string text = "x F\n";
    for (int k = 0; k <= 60; ++k) {
      const double x = -1.8 + 0.06 * k;
      text += std::to_string(x) + " " + std::to_string(factor * std::pow(x * x - 1.0, 2) + offset) + "\n";
    }
    return text;
  };
  CHECK(TableCase(table(1.0, 0.0)).complaint("").find("beyond reason") == std::string::npos);
  // 0.5 is the spacing of doubles between 2^51 and 2^52.
  for (const auto& [factor, offset] : {std::pair(1e305, 0.0), std::pair(1e17, 0.0), std::pair(1.0, 1e17)}) {
    const std::string said = TableCase(table(factor, offset)).complaint("");
    CAPTURE(said);
    CHECK(said.find("case.toml:2:8: error: ") != std::string::npos);
    CHECK(said.find("t.dat:2: F = ") != std::string::npos);
    CHECK(said.find("is beyond reason: its last digit, about ") != std::string::npos);
    CHECK(said.find("is above the noise level, 0.5;") != std::string::npos);
  }
}

TEST_CASE("zeros of a table of D are told with their line and those of what couples axes are not") {
  const ScratchFolder folder;
  {
    std::ofstream out(folder.path / "d.csv");
    out << "x,y,Dxx,Dxy\n";
    for (int j = 0; j <= 10; ++j)
      for (int i = 0; i <= 10; ++i) out << i << ',' << j << ',' << (i == 3 && j == 2 ? 0 : 1) << ",0\n";
  }
  const auto warned = [&](const std::string& D) {
    const Case read =
        read_case("[landscape]\nexpression = \"(x - 5)^2 + (y - 5)^2\"\n[diffusion]\nD = " + D +
                      "\n[grid]\nx = { min = 0, max = 10, cells = 20 }\ny = { min = 0, max = 10, cells = 20 }\n",
                  "case.toml", folder.path);
    std::string all;
    for (const std::string& warning : read.warnings)
      if (warning.find("the noise vanishes there") != std::string::npos) all += warning;
    return all;
  };
  const std::string xx = "{ file = \"d.csv\", columns = [\"x\", \"y\", \"Dxx\"] }",
                    xy = "{ file = \"d.csv\", columns = [\"x\", \"y\", \"Dxy\"] }";
  CHECK(warned("[" + xx + ", 1.0]").find("d.csv:27: Dxx is 0 at x = 3, y = 2: the noise vanishes there") !=
        std::string::npos);
  CHECK(warned("[[1.0, " + xy + "], [" + xy + ", 1.0]]").empty());
}

TEST_CASE("where a table of D holds no value is outside of the domain") {
  const ScratchFolder folder;
  {
    std::ofstream line(folder.path / "d1.dat"), plane(folder.path / "d2.dat");
    for (int k = 0; k <= 80; ++k) {
      const double x = -2.0 + 0.05 * k;
      line << x << ' ' << (k < 10 || k > 70 ? "nan" : std::to_string(0.1 + 0.02 * x)) << '\n';
      for (int l = 0; l <= 40; ++l)
        plane << x << ' ' << -1.0 + 0.05 * l << ' ' << (k >= 60 && l >= 20 ? "nan" : "0.1") << '\n';
    }
  }
  const std::string well = "[landscape]\nexpression = \"(x^2 - 1)^2\"\n";
  const std::string noise = "[diffusion]\nD = { file = \"d1.dat\" }\n";
  const Case read =
      read_case(well + noise + "[grid]\nx = { cells = 160, min = -2, max = 2 }\n", "case.toml", folder.path);
  const auto built = build_problem<1>(read);
  CHECK(relative_error(built.grid.axis(0).min(), -1.5) < 1e-10);  // found by bisection
  CHECK(relative_error(built.grid.axis(0).max(), 1.5) < 1e-10);
  const auto in_plane = build_problem<2>(
      read_case("[landscape]\nexpression = \"(x^2 - 1)^2 + y^2\"\n[diffusion]\nD = { file = \"d2.dat\" }\n[grid]\n"
                "x = { cells = 80, min = -2, max = 2 }\ny = { cells = 40, min = -1, max = 1 }\n",
                "case.toml", folder.path));
  Index held = 0;
  for (Index cell = 0; cell < in_plane.grid.cells(); ++cell) held += in_plane.grid.holds(cell) ? 1 : 0;
  CHECK(held == 80 * 40 - 21 * 21);  // cells that a missing point is a corner of
  const std::string box = EntryCase::complaint([&] {
    read_case(well + noise + "[box]\ndimension = 1\nmin = -1\nmax = 1\n[[escape]]\nfrom = \"a\"\n", "case.toml",
              folder.path);
  });
  CHECK(box.find("diffusion.D lacks values") != std::string::npos);
  const std::string expression = EntryCase::complaint([&] {
    read_case(well + "[diffusion]\nD = \"table('d1.dat', x)\"\n[grid]\nx = { cells = 160 }\n", "case.toml",
              folder.path);
  });
  CHECK(expression.find("needs one at every point") != std::string::npos);
}

TEST_CASE("the level between two temperatures is a share of the way to a saddle of a table and not of its ripples") {
  const ScratchFolder folder;
  {
    std::ofstream out(folder.path / "ripples.dat");
    for (int k = 0; k <= 400; ++k) {
      const double x = -1.5 + 3.0 * k / 400;
      out << x << ' ' << std::pow(x * x - 1.0, 2) + 0.02 * std::cos(60.0 * x) << '\n';
    }
  }
  const Case read = read_case(
      "[landscape]\nfile = \"ripples.dat\"\ninterpolation = \"cubic\"\n[diffusion]\nmodel = \"two_temperature\"\n"
      "T_a = 0.2\nT_b = 0.1\ns = 0.5\n",
      "case.toml", folder.path);
  CHECK(std::abs(read.two_temperature->height - 0.5) < 0.03);
}
