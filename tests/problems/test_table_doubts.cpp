#include "problems/case/build_problem.hpp"
#include "problems/case/case_file.hpp"
#include "problems/landscapes/tabulated_landscape.hpp"
#include "problems/tables/table_doubts.hpp"
#include "tests/problems/written_table.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

using namespace valleyflux;

TEST_CASE("probabilities, biases and points that break the curve are doubted") {
  const auto warnings = [](const std::string& text, double scale = 1.0) {
    const Written written(text);
    std::string all;
    for (const std::string& warning : tabulated_landscape(written.file, {.scale = scale}).warnings) all += warning;
    return all;
  };
  CHECK(warnings(joined(line_rows())).empty());
  std::string normal,
      bias = "#! FIELDS s metad.bias\n#! SET min_s -2\n#! SET max_s 2\n#! SET nbins_s 41\n#! SET periodic_s false\n";
  for (int k = -40; k <= 40; ++k)
    normal += fmt::format("{} {}\n", k / 10.0, std::exp(-0.5 * std::pow(k / 10.0, 2)) / std::sqrt(2.0 * M_PI));
  CHECK(warnings(normal).find("looks like a probability") != std::string::npos);
  for (int k = -20; k <= 20; ++k) bias += fmt::format("{} {}\n", k / 10.0, 50.0 - quartic(k / 10.0));
  CHECK(warnings(bias).find("is a bias, not a free energy") != std::string::npos);
  CHECK(warnings(bias, -1.0).empty());

  for (const std::size_t at : {0u, 1u, 12u, 38u}) {
    auto rows = line_rows();
    rows[at] = rows[at].substr(0, rows[at].find(' ')) + " 0";
    const std::string said = warnings(joined(rows));
    CAPTURE(said);
    CHECK(said.find(fmt::format("table.dat:{}: the value 0", at + 1)) != std::string::npos);
    CHECK(said.find("breaks the curve") != std::string::npos);
  }
  std::string wall;  // steep, but no stray point: r^-12 - r^-6
  for (int k = 0; k < 40; ++k) {
    const double r = 0.7 + 0.05 * k;
    wall += fmt::format("{} {}\n", r, std::pow(r, -12) - std::pow(r, -6));
  }
  CHECK(warnings(wall).empty());
  auto plane = plane_rows();
  plane[40] = plane[40].substr(0, plane[40].rfind(' ')) + " 30";
  CHECK(warnings(joined(plane)).find("table.dat:41: the value 30") != std::string::npos);
}

TEST_CASE("counts of a histogram are doubted and whole numbers of a landscape are not") {
  const auto doubted = [](const std::function<double(int)>& value) {
    std::string text;
    for (int k = -20; k <= 20; ++k) text += fmt::format("{} {}\n", k, value(k));
    const Written written(text);
    for (const std::string& warning : tabulated_landscape(written.file).warnings)
      if (warning.find("looks like counts of a histogram") != std::string::npos) return true;
    return false;
  };
  CHECK(doubted([](int k) { return std::round(400.0 * std::exp(-0.02 * k * k)); }));
  CHECK_FALSE(doubted([](int k) { return std::round(10.0 * quartic(0.075 * k)); }));
  CHECK_FALSE(doubted([](int k) { return 400.0 * std::exp(-0.02 * k * k); }));
}

TEST_CASE("a value at an end that leaves the curve on its way is doubted and walls are not") {
  const auto said = [](const std::function<double(double)>& value, double last) {
    std::string text;
    for (int k = 1; k <= 40; ++k)
      text += fmt::format("{} {}\n", 0.1 * k, k == 40 && last != 0.0 ? last : value(0.1 * k));
    const Written written(text);
    std::string all;
    for (const std::string& warning : tabulated_landscape(written.file, {.clip_above = 1e5}).warnings) all += warning;
    return all;
  };
  const auto well = [](double x) { return 10.0 * std::pow(x - 2.0, 2) + std::cos(3.0 * x); };
  CHECK(said(well, 0.0).find("breaks the curve") == std::string::npos);
  CHECK(said(well, 999.0).find("table.dat:40: the value 999 at column 1 = 4 breaks the curve") != std::string::npos);
  for (const int power : {6, 12})
    CHECK(said([&](double x) { return std::pow(x, -power) + x; }, 0.0).find("breaks the curve") == std::string::npos);
  CHECK(said([](double x) { return std::exp(2.0 * x); }, 0.0).find("breaks the curve") == std::string::npos);
}

TEST_CASE("the index that pandas writes is no coordinate and other guesses of columns are told") {
  std::string pandas = ",x,F\n", times = "# t x F n\n", numbered, whole = "# n F err\n", plane;
  for (int k = 0; k < 39; ++k) {
    const double x = (k - 19) / 10.0;
    pandas += fmt::format("{},{},{}\n", k, x, quartic(x));
    times += fmt::format("{} {} {} 7\n", 0.5 * k, x, quartic(x));
    numbered += fmt::format("{} {} {}\n", k, x, quartic(x));
    whole += fmt::format("{} {} 0.1\n", k, quartic(x));
  }
  for (int k = 0; k < 36; ++k) plane += fmt::format("{} {} {} {}\n", k, k % 6, k / 6, k % 6 + 2 * (k / 6));
  const TabulatedValues read = read_text(pandas).values;
  CHECK(line_error(read) < 1e-12);
  CHECK(read.doubts.empty());
  const auto guesses = [](const std::string& text, const TableOptions& options = {}) {
    const Written written(text);
    std::string all;
    for (const std::string& doubt : tabulated_landscape(written.file, {.table = options}).warnings) all += doubt;
    return all;
  };
  CHECK(guesses(times).find("x is taken for the value at t: should that be F, give landscape.columns, the coordinate "
                            "and then \"F\"") != std::string::npos);
  CHECK(guesses(times, {.columns = {"x", "F"}}).empty());
  CHECK(line_error(read_text(times, {.columns = {"x", "F"}}).values) < 1e-12);
  CHECK(guesses(numbered).find("columns = [2, 3]") != std::string::npos);
  CHECK(guesses(plane).find("columns = [2, 3, 4]") != std::string::npos);
  CHECK(guesses(whole).empty());
}

TEST_CASE("a unit in a table's head is held against the case's") {
  const Written written("x [nm]  F [kJ/mol]\n" + joined(line_rows()));
  const auto case_of = [&](const std::string& units) {
    return read_case("[landscape]\nfile = \"" + written.file.string() +
                         "\"\n[diffusion]\nmodel = \"mobility\"\nkT = 2.494\nmobility = 1\n" + units,
                     "case.toml", ".");
  };
  const auto warned = [&](const std::string& units, const std::string& what) {
    const std::vector<std::string> warnings = case_of(units).warnings;
    return std::any_of(warnings.begin(), warnings.end(),
                       [&](const std::string& warning) { return warning.find(what) != std::string::npos; });
  };
  const std::string other = "[units]\nenergy = \"kcal/mol\"\nlength = \"A\"\n";
  CHECK(
      warned(other, "the landscape is in kJ/mol as " + written.file.string() + " says, in kcal/mol as the case says"));
  CHECK(warned(other, "x is in nm as "));
  CHECK(warned("[units]\nenergy = \"eV\"\n", "in eV as the case says"));
  CHECK(case_of("[units]\nenergy = \"kJ mol^-1\"\nlength = \"nm\"\n").warnings.empty());
  const Units filled = case_of("").units;
  CHECK(filled.energy == "kJ/mol");
  REQUIRE(filled.length.size() == 1);
  CHECK(filled.length[0].unit == "nm");
}

TEST_CASE("an error that follows doubts about the table tells them") {
  std::string numbered;
  for (int k = 0; k < 39; ++k) numbered += fmt::format("{} {} {}\n", k, (k - 19) / 10.0, quartic((k - 19) / 10.0));
  const Written written(numbered);
  const auto error_of = [&](const std::string& where) {
    try {
      const Case definition = read_case("[landscape]\nfile = \"" + written.file.string() +
                                            "\"\n[grid.x]\nmin = 0\nmax = 38\ncells = 50\n[diffusion]\nD = 1\n"
                                            "[[valley]]\nname = \"a\"\nwhere = \"" +
                                            where + "\"\n",
                                        "case.toml", ".");
      build_problem<1>(definition);
    } catch (const CaseError& error) {
      return std::string(error.what());
    }
    return std::string("read");
  };
  for (const std::string where : {"x < -1", "q < 0"}) {
    const std::string error = error_of(where);
    CAPTURE(error);
    CHECK(error.starts_with("case.toml:"));
    CHECK(error.find("\nwarning: " + written.file.string() + ": its first column numbers the rows") !=
          std::string::npos);
  }
}

TEST_CASE("how energies come of probabilities is told for the kind of file and its axes") {
  TabulatedValues line = read_text(joined(line_rows())).values, plane = read_text(joined(plane_rows())).values;
  const auto hint = [](TabulatedValues& table) {
    double cell = 1.0;
    for (const auto& axis : table.axes) cell *= axis.spacing;
    table.values.setConstant(1.0 / cell / static_cast<double>(table.values.size()));
    const auto doubts = landscape_doubts("p.dat", table, 1.0);
    return doubts.empty() ? std::string() : doubts[0];
  };
  CHECK(hint(line).find("print $1, -2.494 * log($2) }' makes it") != std::string::npos);
  CHECK(hint(plane).find("print $1, $2, -2.494 * log($3) }' makes it") != std::string::npos);
  line.lines.clear();
  plane.lines.clear();
  CHECK(hint(line).find("numpy.savez(\"table.npz\", x=x, F=-2.494 * numpy.log(p)) makes it") != std::string::npos);
  CHECK(hint(plane).find("x=x, y=y, F=-2.494 * numpy.log(p)") != std::string::npos);
}
