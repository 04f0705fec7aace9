// What spreadsheets, pandas and printing make of tables: the same table must come out.

#include "problems/tables/known_units.hpp"
#include "tests/problems/written_table.hpp"
#include "tests/relative.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

using namespace valleyflux;

namespace {

std::string with_commas(std::string text) {
  std::replace(text.begin(), text.end(), '.', ',');
  return text;
}

/// A matrix with its coordinates, x in steps of `step`.
std::string matrix_text(const std::string& corner, const std::string& separator, int columns, double step) {
  std::string text = corner;
  for (int i = 0; i < columns; ++i) text += fmt::format("{}{}", separator, step * (i - columns / 2));
  text += "\n";
  for (int j = -3; j <= 3; ++j) {
    text += fmt::format("{}", 0.25 * j);
    for (int i = 0; i < columns; ++i)
      text += fmt::format("{}{}", separator, tilted(step * (i - columns / 2), 0.25 * j));
    text += "\n";
  }
  return text;
}

void check_line_in_units(const TabulatedValues& table, const std::string& axis) {
  CHECK(line_error(table) < 1e-12);
  CHECK(table.axes[0].name == axis);
  CHECK(table.axes[0].unit == "nm");
  CHECK(table.unit == "kJ/mol");
}

}  // namespace

TEST_CASE("matrices with decimal commas are those with points, narrow and wide") {
  for (const int columns : {5, 9, 21})
    for (const double step : {0.2, 1.0})
      for (const std::string separator : {";", "\t"})
        for (const std::string corner : {"", "y\\x", "0"}) {
          const std::string text = with_commas(matrix_text(corner, separator, columns, step));
          CAPTURE(text);
          const auto [table, format] = read_text(text);
          CHECK(format->name == "matrix");
          REQUIRE(table.axes.size() == 2);
          CHECK(worst(table, tilted) < 1e-12);
        }
}

TEST_CASE("ranges have no part in a matrix with coordinates, and values whose edges are straight keep theirs") {
  const TableOptions ranged{.ranges = {{-2.0, 2.0}, {-0.75, 0.75}}};
  for (const std::string corner : {"", "y\\x", "0", "nan"})
    CHECK(complaint(matrix_text(corner, ";", 9, 0.5), ranged).find("ranges have no part in a matrix") !=
          std::string::npos);
  const auto slope = [](double x, double y) { return 3.0 * x - y; };
  std::string bare;
  for (int j = -3; j <= 3; ++j)
    for (int i = -4; i <= 4; ++i) bare += fmt::format("{}{}", slope(0.5 * i, 0.25 * j), i < 4 ? "," : "\n");
  TableOptions as_matrix = ranged;
  as_matrix.format = "matrix";
  CHECK(worst(read_text(bare, as_matrix).values, slope) < 1e-12);
}

TEST_CASE("columns that are not asked for may hold text") {
  std::string last, named = "x F name\n", first = "name,x,F\n", bare, numbers = "x 300 310\n";
  for (const std::string& row : line_rows()) last += row + " bin\n", named += row + " b0\n";
  for (const std::string& row : line_rows(",")) first += "b0," + row + "\n", bare += "b0," + row + "\n";
  for (const std::string& row : line_rows())
    numbers += row.substr(0, row.find(' ')) + " - " + row.substr(row.find(' ')) + "\n";
  CHECK(line_error(read_text(last, {.columns = {"1", "2"}}).values) < 1e-12);
  CHECK(line_error(read_text(named, {.columns = {"x", "F"}}).values) < 1e-12);
  CHECK(line_error(read_text(named, {.quantity = "F"}).values) < 1e-12);
  CHECK(line_error(read_text(first, {.columns = {"x", "F"}}).values) < 1e-12);
  const TabulatedValues without_names = read_text(bare, {.columns = {"2", "3"}}).values;
  CHECK(without_names.values.size() == 39);
  CHECK(line_error(without_names) < 1e-12);
  CHECK(line_error(read_text(numbers, {.columns = {"x", "310"}}).values) < 1e-12);
  CHECK(complaint(last) == ":1: \"bin\" is no number");
  CHECK(complaint(last, {.columns = {"1", "3"}}) == ":1: \"bin\" is no number");
  CHECK(complaint("x F\n0 1\n1 2.o\n2 3\n", {.columns = {"x", "F"}}) == ":3: \"2.o\" is no number");
}

TEST_CASE("the index that pandas writes is passed over between tabs and semicolons too") {
  for (const std::string separator : {",", "\t", ";"})
    for (const int dimensions : {1, 2}) {
      const bool line = dimensions == 1;
      std::string text = separator + "x" + (line ? "" : separator + "y") + separator + "F\n";
      int number = 0;
      for (const std::string& row : line ? line_rows() : plane_rows()) {
        std::string fields;
        for (const char c : row) fields += c == ' ' ? separator : std::string(1, c);
        text += fmt::format("{}{}{}\n", number++, separator, fields);
      }
      CAPTURE(text);
      const TabulatedValues table = read_text(text).values;
      REQUIRE(table.axes.size() == static_cast<std::size_t>(dimensions));
      CHECK(worst(table, line ? Plane([](double x, double) { return quartic(x); }) : Plane(tilted)) < 1e-12);
      CHECK(table.quantity == "F");
      CHECK(table.doubts.empty());
    }
}

TEST_CASE("coordinates that are regular but for their print are regular, and angles among them close") {
  const auto rows = [](double first, double step, int count, auto value) {
    std::string text;
    for (int k = 0; k < count; ++k) text += fmt::format("{:.2f} {:.8f}\n", first + step * k, value(first + step * k));
    return text;
  };
  const TabulatedValues line = read_text(rows(-1.8, 0.045, 81, quartic)).values;
  REQUIRE(line.axes[0].points == 81);
  CHECK(relative_error(line.axes[0].spacing, 0.045) < 1e-3);
  CHECK(relative_error(line.values[17], quartic(-1.8 + 0.045 * 17)) < 1e-6);
  const auto wave = [](double x) { return std::cos(x); };
  for (const int count : {90, 91}) {
    const TabulatedValues angles = read_text(rows(-M_PI, 2 * M_PI / 90, count, wave)).values;
    CHECK(angles.axes[0].periodic);
    CHECK(angles.axes[0].points == 90);
    CHECK(relative_error(angles.axes[0].spacing, 2 * M_PI / 90) < 1e-12);
  }
  // Steps of one digit more are no angles that their print has moved.
  CHECK(!read_text(rows(0.0, 0.04, 157, wave)).values.axes[0].periodic);
  const auto hill = [](double x, double y) { return std::cos(x) + y * y; };
  std::string matrix = "y\\x";
  for (int k = 0; k < 90; ++k) matrix += fmt::format(";{:.2f}", -M_PI + 2 * M_PI / 90 * k);
  for (int j = -3; j <= 3; ++j) {
    matrix += fmt::format("\n{}", 0.25 * j);
    for (int k = 0; k < 90; ++k) matrix += fmt::format(";{:.8f}", hill(-M_PI + 2 * M_PI / 90 * k, 0.25 * j));
  }
  const TabulatedValues ring = read_text(matrix).values;
  REQUIRE(ring.axes.size() == 2);
  CHECK(ring.axes[0].periodic);
  CHECK(!ring.axes[1].periodic);
  CHECK(relative_error(ring.values[90 * 3 + 20], hill(-M_PI + 2 * M_PI / 90 * 20, 0.0)) < 1e-6);
  std::string stray = rows(-1.8, 0.045, 81, quartic);
  stray.replace(stray.find("\n-1.53 ") + 1, 5, "-1.52");
  CHECK(complaint(stray).find("lies on no regular grid") != std::string::npos);
}

TEST_CASE("units in brackets behind names are those of the columns") {
  const std::string rows = joined(line_rows()), commas = joined(line_rows(","));
  for (const std::string& text :
       {"x [nm]  F [kJ/mol]\n" + rows, "# x (nm) F (kJ mol^-1)\n" + rows, "x[nm],F(kJ/mol)\n" + commas,
        "x (nm),F (kJ mol\xE2\x81\xBB\xC2\xB9)\n" + commas,
        "@ xaxis label \"x (nm)\"\n@ yaxis label \"E (kJ mol\\S-1\\N)\"\n@TYPE xy\n" + rows}) {
    CAPTURE(text);
    check_line_in_units(read_text(text).values, "x");
  }
  const std::string both = "x [nm]  F [kJ/mol]\n" + rows;
  CHECK(line_error(read_text(both, {.columns = {"x", "F"}}).values) < 1e-12);
  CHECK(line_error(read_text(both, {.columns = {"x [nm]", "F [kJ/mol]"}}).values) < 1e-12);
  const TabulatedValues others = read_text("r (bin) F(x)\n" + rows).values;
  CHECK(others.axes[0].name == "r (bin)");
  CHECK((others.axes[0].unit + others.unit).empty());
  CHECK(read_text("x F(A)\n" + rows).values.unit.empty());
  for (const auto& [text, unit] : std::vector<std::pair<std::string, std::string>>{{"kJ mol\\S-1\\N", "kJ/mol"},
                                                                                   {"kcal mol$^{-1}$", "kcal/mol"},
                                                                                   {"k\\sB\\NT", "kT"},
                                                                                   {"k_BT", "kT"},
                                                                                   {"eV", "eV"},
                                                                                   {"\xC3\x85", "A"},
                                                                                   {"Angstrom", "A"},
                                                                                   {"degrees", "deg"},
                                                                                   {"\xC2\xB0", "deg"},
                                                                                   {"rad", "rad"},
                                                                                   {"a.u.", ""},
                                                                                   {"MeV", "MeV"},
                                                                                   {"x", ""}})
    CHECK(known_unit(text).value_or("") == unit);
}

TEST_CASE("units in a line of their own below the names are those of the columns") {
  const std::string rows = joined(line_rows()), commas = joined(line_rows(","));
  for (const std::string& text :
       {"z,F\nnm,kJ/mol\n" + commas, "z,F\n[nm],(kJ mol^-1)\n" + commas, "z F\nnm kJ/mol\n" + rows,
        "# z F\n# nm kJ/mol\n" + rows, "# made on Monday\n# z F\n# nm kJ/mol\n" + rows, "z F\n# nm kJ/mol\n" + rows,
        "# z F\nnm kJ/mol\n" + rows, "z\tF\nnm\tkJ/mol\n" + joined(line_rows("\t"))}) {
    CAPTURE(text);
    check_line_in_units(read_text(text).values, "z");
  }
  const std::string plane = joined(plane_rows());
  const TabulatedValues both = read_text("phi psi F\nrad rad kcal/mol\n" + plane).values;
  CHECK(worst(both, tilted) < 1e-12);
  CHECK(both.axes[1].name == "psi");
  CHECK(both.axes[1].unit == "rad");
  CHECK(text_of(both.axes[1]) == "psi [rad]: 7 points, -0.75 to 0.75");
  CHECK(both.quantity == "F [kcal/mol]");
  CHECK(read_text("phi psi F\nrad rad kcal/mol\n" + plane, {.columns = {"phi", "psi", "F"}}).values.values ==
        both.values);
  // Units that are unknown here, or none, beside one that is known.
  const TabulatedValues part = read_text("s F\n- eV\n" + rows).values;
  CHECK(part.axes[0].name == "s");
  CHECK(part.axes[0].unit.empty());
  CHECK(part.unit == "eV");
  // Two lines of words, neither of them of units.
  CHECK(read_text("my table\nx F\n" + rows).values.axes[0].name == "x");
}

TEST_CASE("rows of many spellings are read as the C library reads each number") {
  std::vector<std::string> spellings{"0",
                                     "-0.0",
                                     "1.5",
                                     "1.5e-3",
                                     "-2E+05",
                                     ".5",
                                     "-.25",
                                     "+1.25",
                                     "7.",
                                     "1e-320",
                                     "3D-2",
                                     "1e22",
                                     "123456789012345678",
                                     "0.1e-7",
                                     "1e300",
                                     "2.5e-310"};
  for (const std::string separator : {" ", "\t", "   ", ",", ", ", " , "}) {
    std::string text;
    std::vector<double> expected;
    for (std::size_t k = 0; k < spellings.size(); ++k) {
      text += fmt::format("{}{}{}{}", k, separator, spellings[k], k % 5 == 4 ? " # remark\n" : "\n");
      std::string plain = spellings[k];
      std::replace(plain.begin(), plain.end(), 'D', 'e');
      expected.push_back(std::strtod(plain.c_str(), nullptr));
    }
    const TabulatedValues table = read_text(text).values;
    REQUIRE(table.values.size() == std::ssize(expected));
    for (std::size_t k = 0; k < expected.size(); ++k) CHECK(table.values[static_cast<Index>(k)] == expected[k]);
  }
  // What ends like a number and is none is named wherever it stands.
  for (const std::string damaged : {"5 1.2x", "5 1.2 3", "5", "5 0x10", "5 1..2", "5 1e"})
    CHECK(complaint("0 1\n1 1\n2 2\n3 3\n4 4\n" + damaged + "\n6 6\n").starts_with(":6: "));
}

TEST_CASE("texts in UTF-16 say so") {
  const std::string text = joined(line_rows());
  std::string low = "\xFF\xFE", high = "\xFE\xFF";
  for (const char c : text) low += {c, '\0'}, high += {'\0', c};
  for (const std::string& wide : {low, high, low.substr(2), high.substr(2)})
    CHECK(complaint(wide).starts_with(": a text in UTF-16"));
}
