#include "problems/tables/table_formats.hpp"

#include "problems/landscapes/tabulated_landscape.hpp"
#include "tests/problems/written_table.hpp"
#include "tests/relative.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace valleyflux;

TEST_CASE("plain columns are read whatever separates them, heads them and comments on them") {
  for (const char* separator : {" ", "\t", "  \t ", ",", ", ", ";", " ; "})
    for (const char* end : {"\n", "\r\n", "\r"})
      for (const std::string& head :
           std::vector<std::string>{"", "# x F(x)\n", "x,F\n", "x F\n", "; a comment\n! another\n% one more\n",
                                    "@ title \"Umbrella\"\n@TYPE xy\n", "\xEF\xBB\xBFx F\n\n"}) {
        const auto [table, format] = read_text(head + joined(line_rows(separator), end));
        CHECK(format->name == "columns");
        REQUIRE(table.axes.size() == 1);
        CHECK(table.axes[0].points == 39);
        CHECK(line_error(table) < 1e-12);
      }
  CHECK(line_error(read_text(joined(line_rows()) + "&\n").values) < 1e-12);
  CHECK(complaint(joined(line_rows()) + "&\n1 2\n") ==
        ":41: a second set of data after \"&\": one table a file can be read");
}

TEST_CASE("names of columns choose among them, and say what is read") {
  const std::string text = "# r F error\n0 1 5\n1 2 5\n2 4 5\n3 8 5\n4 16 5\n";
  CHECK(read_text(text).values.quantity == "F");
  CHECK(read_text(text).values.axes[0].name == "r");
  CHECK(read_text(text, {.quantity = "error"}).values.values[4] == 5.0);
  CHECK(read_text(text, {.columns = {"r", "error"}}).values.values[4] == 5.0);
  CHECK(read_text(text, {.columns = {"1", "2"}}).values.values[4] == 16.0);
  CHECK(complaint(text, {.columns = {"1", "9"}}) == ": there is no column \"9\" (the file has r, F, error)");
  CHECK(complaint(text, {.columns = {"1", "1"}}) == ": a column is asked for twice");
}

TEST_CASE("the labels of an xvg file's axes name what is read") {
  const std::string head = "@    xaxis  label \"z\"\n@    yaxis  label \"E (kJ mol\\S-1\\N)\"\n@TYPE xy\n";
  const TabulatedValues table = read_text(head + joined(line_rows("\t"))).values;
  CHECK(table.axes[0].name == "z");
  CHECK(table.quantity == "E (kJ mol\\S-1\\N)");
}

TEST_CASE("rows of columns come in any order, some may be missing") {
  auto rows = line_rows();
  std::reverse(rows.begin(), rows.end());
  CHECK(line_error(read_text(joined(rows)).values) < 1e-12);
  std::swap(rows[3], rows[30]);
  CHECK(line_error(read_text(joined(rows)).values) < 1e-12);
  rows.erase(rows.begin() + 7);
  const TabulatedValues gap = read_text(joined(rows)).values;
  CHECK(gap.values.size() == 39);
  CHECK((gap.values.array().isNaN()).count() == 1);

  auto plane = plane_rows();
  for (int turn = 0; turn < 3; ++turn) {  // x fastest, y fastest, shuffled
    if (turn == 1)
      std::sort(plane.begin(), plane.end(), [](const auto& a, const auto& b) { return std::stod(a) < std::stod(b); });
    if (turn == 2)
      for (std::size_t k = 0; k < plane.size(); ++k) std::swap(plane[k], plane[k * 37 % plane.size()]);
    const auto [table, format] = read_text(joined(plane));
    CHECK(format->name == "columns");
    REQUIRE(table.axes.size() == 2);
    CHECK(table.axes[0].points == 9);
    CHECK(table.axes[1].points == 7);
    CHECK(worst(table, tilted) < 1e-12);
  }
}

TEST_CASE("decimal commas, Fortran's exponents and what stands for no number") {
  const auto with_commas = read_text("x;F\n-1,5;1\n-1,0;2,5\n-0,5;3\n0;4\n0,5;5\n");
  CHECK(with_commas.values.values[1] == 2.5);
  CHECK(with_commas.values.axes[0].spacing == 0.5);
  const auto odd = read_text("0 1.0D+01\n1 2d0\n2 -nan\n3 Infinity\n4 NA\n5 +6\n").values.values;
  CHECK(odd[0] == 10.0);
  CHECK(odd[1] == 2.0);
  for (const Index p : {2, 3, 4}) CHECK(std::isnan(odd[p]));
  CHECK(odd[5] == 6.0);
}

TEST_CASE("angles that cover their period are periodic, with one end listed, both or none") {
  const auto wave = [](double x, double) { return std::cos(x * M_PI / 180.0); };
  for (const auto& [first, points] :
       {std::pair(-180.0, 36), std::pair(-180.0, 37), std::pair(-175.0, 36), std::pair(0.0, 37)}) {
    std::string text;
    for (int k = 0; k < points; ++k) text += fmt::format("{} {}\n", first + 10.0 * k, wave(first + 10.0 * k, 0.0));
    const TabulatedValues table = read_text(text).values;
    CHECK(table.axes[0].periodic);
    CHECK(table.axes[0].points == 36);
    CHECK(worst(table, wave) < 1e-12);
  }
  std::string rounded;  // three digits, as many programs print them
  for (int k = 0; k < 82; ++k)
    rounded += fmt::format("{:.3f} {}\n", -M_PI + 2 * M_PI * k / 82, std::sin(2 * M_PI * k / 82));
  CHECK(read_text(rounded).values.axes[0].periodic);
  std::string open;  // both ends listed, but they differ
  for (int k = 0; k <= 36; ++k) open += fmt::format("{} {}\n", 10 * k, k * k);
  CHECK(!read_text(open).values.axes[0].periodic);
}

TEST_CASE("columns that are no grid are refused at their line") {
  CHECK(complaint("0 1\n1 2\n2 3\n3 4\n3.5 5\n4 6\n5 7\n").starts_with(":5: column 1 = 3.5 lies on no regular grid"));
  CHECK(complaint("0 1\n1 2\n2 3\n1 4\n3 5\n") ==
        ":4: the point column 1 = 1 has two values, 2 and 4 (the first in line 2)");
  CHECK(complaint("0 1\n1 2\n2\n") == ":3: 1 columns where the rows before have 2");
  CHECK(complaint("x F\n0 1\n1 two\n") == ":3: \"two\" is no number");
  CHECK(complaint("x F\n0 1\n1 +-2\n2 3\n") == ":3: \"+-2\" is no number");
  CHECK(complaint("0 1\n1 2\nx F\n2 3\n") == ":3: \"x\" is no number");
  CHECK(complaint("1\n2\n", {.format = "columns"}).starts_with(":1: one column of numbers"));
  CHECK(complaint("0 1\nnan 2\n2 3\n") == ":2: column 1 is no finite number");
  CHECK(complaint("0,5 1,5\n1,5 2,5 ,\n2,5 3\n") == ":2: \",\" is no number");
  CHECK(complaint(std::string("0 1\n1 2\n2 \0\n", 11))
            .starts_with(": a byte 0 in line 3, which no text has: the format is none of"));
  CHECK(complaint(std::string("0 1\n1 2\n2 \0\n", 11), {.format = "columns"}) == ":3: a byte 0: this is no text");
}

TEST_CASE("rows that are damaged are no names of columns") {
  CHECK(complaint("-2.0000OO 22.5\n-1 0\n0 2.5\n") == ":1: \"-2.0000OO\" is no number");
  CHECK(complaint("x F\n1.o 22.5\n-1 0\n0 2.5\n") == ":2: \"1.o\" is no number");
  CHECK(complaint("2theta I(a.u.)\n0 1\n1 2\n2 4\n") == "read");
  CHECK(complaint("x F\n0 1  # the first\n1 2 # and so on\n2 4\n") == "read");
}

TEST_CASE("ranges are refused where the file holds its coordinates") {
  CHECK(complaint("0 1\n1 2\n2 4\n", {.ranges = {{0.0, 1.0}}}).find("ranges have no part in columns") !=
        std::string::npos);
}

TEST_CASE("lists over time of PLUMED are told from grids") {
  CHECK(complaint("#! FIELDS time x sigma_x height biasf\n 1 0.5 0.1 1.2 10\n 2 0.6 0.1 1.2 10\n").find("sum_hills") !=
        std::string::npos);
  CHECK(complaint("#! FIELDS\n0 1\n").find("names no columns") != std::string::npos);
}

TEST_CASE("files of no known format name those that are, and a conversion") {
  for (const std::string& text : {std::string("no numbers at all\n"), std::string("\x7f"
                                                                                  "ELF\0\0\1",
                                                                                  7)}) {
    const std::string said = complaint(text);
    CHECK(said.starts_with(text[0] == 'n' ? ": the format is none of result"
                                          : ": a byte 0 in line 1, which no text has: the format is none of result"));
    for (const TableFormat& format : table_formats()) CHECK(said.find(format.name) != std::string::npos);
    CHECK(said.find("numpy.savetxt") != std::string::npos);
  }
  CHECK(complaint("0 1\n", {.format = "vtk"}).starts_with(": there is no format \"vtk\"; known are result"));
}

TEST_CASE("files that are known to be no tables are called what they are") {
  CHECK(complaint("<!DOCTYPE html><html><body>404 not found</body></html>")
            .starts_with(":1: this begins like a page of HTML"));
  CHECK(complaint("\n<html>\n<p>1 2</p>").starts_with(":2: this begins like a page of HTML"));
  CHECK(complaint("<?xml version=\"1.0\"?>\n<VTKFile/>") ==
        ":1: this begins like XML, not like a table: <?xml version=\"1.0\"?>");
  CHECK(complaint("{\"x\":[1,2,3],\"F\":[1,2,3]}") ==
        ":1: this begins like JSON, not like a table: {\"x\":[1,2,3],\"F\":[1,2,3]}");
  CHECK(complaint("[[0, 1],\n [1, 2]]\n").starts_with(":1: this begins like JSON"));
  CHECK(complaint("%PDF-1.5\n0 1\n") == ": a PDF, not a table");
  CHECK(complaint("\x89PNG\r\n") == ": a picture, not a table");
  CHECK(complaint(std::string("PK\x03\x04\0\0[Content_Types].xml", 25)).starts_with(": a sheet of Excel"));
  CHECK(complaint("[x] [F]\n0 1\n1 2\n2 4\n") == "read");
}

TEST_CASE("free energies of WHAM are read in one and two dimensions") {
  std::string text = "#Coor\t\tFree\t\t+/-\t\tProb\t\t+/-\n-2.0\tinf\t-nan\t0.0\t-nan\n";
  for (int k = -19; k <= 19; ++k) text += fmt::format("{}\t{}\t-nan\t0.01\t-nan\n", k / 10.0, quartic(k / 10.0));
  text += "#Window\t\tFree\t\t+/-\n#0\t0.000000\t-nan\n";
  auto [line, format] = read_text(text);
  CHECK(format->name == "wham");
  CHECK(line.quantity == "Free");
  CHECK(std::isnan(line.values[0]));
  line.values[0] = quartic(-2.0);
  CHECK(line_error(line) < 1e-12);
  CHECK(read_text(text, {.quantity = "Prob"}).values.values[5] == 0.01);

  std::string plane = "#X\t\tY\t\tFree\t\tPro\n";
  for (int i = -4; i <= 4; ++i) {
    for (int j = -3; j <= 3; ++j)
      plane += fmt::format("{}\t{}\t{}\t0.1\n", 0.5 * i, 0.25 * j, tilted(0.5 * i, 0.25 * j));
    plane += "\n";
  }
  const auto [surface, said] = read_text(plane);
  CHECK(said->name == "wham");
  CHECK(worst(surface, tilted) < 1e-12);
}

TEST_CASE("grids of Colvars follow their head") {
  std::string text = "# 1\n# -2.0 0.1 40 0\n\n";
  for (int k = 0; k < 40; ++k) text += fmt::format(" {:.14e} {:.14e}\n", -1.95 + 0.1 * k, quartic(-1.95 + 0.1 * k));
  const auto [line, format] = read_text(text);
  CHECK(format->name == "colvars");
  CHECK(line_error(line) < 1e-10);
  CHECK(!line.axes[0].periodic);

  const auto wave = [](double x, double y) { return std::cos(x * M_PI / 180.0) + y; };
  std::string plane = "# 2\n# -180 30 12 1\n# 0 0.5 6 0\n\n";
  for (int i = 0; i < 12; ++i) {
    for (int j = 0; j < 6; ++j)
      plane += fmt::format("{} {} {} 7\n", -165 + 30 * i, 0.25 + 0.5 * j, wave(-165 + 30 * i, 0.25 + 0.5 * j));
    plane += "\n";
  }
  const TabulatedValues surface = read_text(plane).values;
  CHECK(surface.axes[0].periodic);
  CHECK(!surface.axes[1].periodic);
  CHECK(worst(surface, wave) < 1e-12);
  CHECK(read_text(plane, {.columns = {"1", "2", "4"}}).values.values[3] == 7.0);

  CHECK(complaint("# 1\n# -2.0 0.1 4 0\n-1.95 1\n-1.85 1\n-1.75 2\n") == ":5: 3 rows of data, the head asks for 4");
  CHECK(complaint("# 1\n# -2.0 0.2 3 0\n-1.95 1\n-1.85 1\n-1.75 2\n")
            .starts_with(":2: the rows have 3 points in steps of"));
  CHECK(complaint("# 3\n# 0 1 2 0\n# 0 1 2 0\n# 0 1 2 0\n0 0 0 1\n").starts_with(":1: a grid of 3 variables"));
  CHECK(complaint("# 1\n# 0 1 1e300 0\n0.5 1\n").starts_with(":3: 1 rows of data"));
}

TEST_CASE("matrices are read with their coordinates, or with ranges") {
  for (const char* separator : {",", ";", "\t"})
    for (const std::string& corner : std::vector<std::string>{"", "y\\x", "0", "nan"}) {
      std::string text = corner, bare;
      for (int i = -4; i <= 4; ++i) text += fmt::format("{}{}", separator, 0.5 * i);
      text += "\n";
      for (int j = 3; j >= -3; --j) {  // the top row is the highest y
        text += fmt::format("{}", 0.25 * j);
        for (int i = -4; i <= 4; ++i) {
          text += fmt::format("{}{}", separator, tilted(0.5 * i, 0.25 * j));
          bare += fmt::format("{}{}", i > -4 ? separator : "", tilted(0.5 * i, 0.25 * j));
        }
        text += "\n";
        bare += "\n";
      }
      CAPTURE(text);
      const auto [table, format] = read_text(text);
      CHECK(format->name == "matrix");
      CHECK(worst(table, tilted) < 1e-12);
      const auto with = [&](const TableOptions& options) { return read_text(bare, options).values; };
      CHECK(worst(with({.format = "matrix", .ranges = {{-2.0, 2.0}, {0.75, -0.75}}}), tilted) < 1e-12);
      CHECK(complaint(bare, {.format = "matrix"}).find("landscape.ranges") != std::string::npos);
      CHECK(complaint(bare, {.format = "matrix", .ranges = {{-2.0, 2.0}}}) ==
            ": ranges are given for 1 axes, the table has 2");
    }
  std::string values;
  for (int k = -20; k <= 20; ++k) values += fmt::format("{}\n", quartic(k / 10.0));
  CHECK(line_error(read_text(values, {.ranges = {{-2.0, 2.0}}}).values) < 1e-12);
  CHECK(complaint(values).starts_with(":1: one column of 41 numbers"));
  CHECK(complaint(values).find("landscape.ranges = [[-2, 2]]") != std::string::npos);
  std::replace(values.begin(), values.end(), '\n', ' ');
  CHECK(line_error(read_text(values, {.ranges = {{-2.0, 2.0}}}).values) < 1e-12);
}

TEST_CASE("a matrix whose rows or columns are out of their order is refused where that begins") {
  const auto matrix = [](const std::string& corner, const std::vector<int>& columns, const std::vector<int>& rows) {
    std::string text = corner;
    for (const int i : columns) text += fmt::format(",{}", 0.5 * i);
    for (const int j : rows) {
      text += fmt::format("\n{}", 0.25 * j);
      for (const int i : columns) text += fmt::format(",{}", tilted(0.5 * i, 0.25 * j));
    }
    return text + "\n";
  };
  const std::vector<int> ordered{-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6},
      swapped{-6, -5, -4, -3, -2, -1, 0, 4, 2, 3, 1, 5, 6};
  for (const std::string& corner : std::vector<std::string>{"", "y\\x", "0"}) {
    CAPTURE(corner);
    CHECK(complaint(matrix(corner, ordered, ordered)) == "read");
    CHECK(complaint(matrix(corner, ordered, swapped))
              .starts_with(":9: 1, the coordinate of this row, does not follow 0 in a step of 0.25"));
    CHECK(complaint(matrix(corner, swapped, ordered))
              .find("2, the coordinate of column 9, does not follow 0 in a step of 0.5") != std::string::npos);
  }
}

TEST_CASE("a table of columns is no matrix, though one may look like the other") {
  CHECK(read_text("0 1 2 3 5\n1 1 2 3 5\n2 1 2 3 5\n3 1 2 3 5\n").format->name == "columns");
}

TEST_CASE("a landscape is scaled and shifted, and says its format") {
  const Written written(joined(line_rows()));
  const TabulatedLandscape landscape = tabulated_landscape(written.file, {.scale = -2.0, .shift = 3.0});
  FieldSamples at;
  landscape.landscape->sample(Eigen::MatrixXd::Constant(1, 1, 0.5), 0, at);
  CHECK(relative_error(at.value[0], 3.0 - 2.0 * quartic(0.5)) < 1e-10);
  CHECK(landscape.description ==
        fmt::format("column 2 of {} (plain columns; column 1: 39 points, -1.9 to 1.9)", written.file.string()));
}

TEST_CASE("numbers with decimal commas stand between blanks or tabs too") {
  for (const std::string separator : {"\t", "  "}) {
    std::string text = "x" + separator + "F\n";
    for (int k = -19; k <= 19; ++k) {
      std::string row = fmt::format("{:.1f}{}{:.9f}\n", k / 10.0, separator, quartic(k / 10.0));
      std::replace(row.begin(), row.end(), '.', ',');
      text += row;
    }
    CHECK(line_error(read_text(text).values) < 1e-8);
  }
  // Of a CSV file a row without its comma is damaged.
  CHECK(complaint("x,F\n0,1\n1,2 3,4\n2,3\n3,4\n").find(":3: \"2 3\" is no number") != std::string::npos);
}

TEST_CASE("what is asked for and a format cannot tell is refused") {
  const std::string matrix = ",0,1,2,3,4\n0,1,2,3,4,5\n1,2,3,4,5,6\n2,3,4,5,6,7\n3,4,5,6,7,8\n4,5,6,7,8,9\n";
  CHECK(read_text(matrix).format->name == std::string("matrix"));
  CHECK(complaint(matrix, {.format = "matrix", .columns = {"1", "2"}})
            .find("columns, dataset and quantity have no part in matrix") != std::string::npos);
  CHECK(complaint(matrix, {.error = "2"}).find("hold one set of values") != std::string::npos);
  CHECK(complaint(joined(line_rows()), {.dataset = "F"}).find("dataset has no part in columns") != std::string::npos);
}

TEST_CASE("standard errors of angles lie on the points of their values whether they close or not") {
  // Of a landscape that closes, errors that do not, and the other way round: constant ones of one that does not.
  for (const bool closes : {true, false})
    for (const bool both_ends : {true, false}) {
      std::string text = "# phi F E\n";
      const int count = both_ends ? 36 : 35;
      for (int k = 0; k <= count; ++k) {
        const double angle = -180.0 + 10.0 * k, wave = std::cos(angle * M_PI / 180.0);
        text += fmt::format("{} {} {}\n", angle, closes ? wave : wave + 0.02 * k,
                            closes ? 0.1 + 0.01 * ((7 * k) % 5) : 0.05);
      }
      CAPTURE(text);
      const TabulatedValues read = read_text(text, {.error = "E"}).values;
      REQUIRE(read.errors.size() == read.values.size());
      CHECK(read.axes[0].periodic == closes);
      CHECK(relative_error(read.errors[3], closes ? 0.11 : 0.05) < 1e-12);
      CHECK(relative_error(read.errors[read.errors.size() - 1], closes ? 0.1 + 0.01 * ((7 * 35) % 5) : 0.05) < 1e-12);
    }
}
