#include "problems/tables/table_formats.hpp"

#include "problems/landscapes/tabulated_landscape.hpp"
#include "tests/relative.hpp"
#include "tests/scratch_folder.hpp"

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

namespace {

using Plane = std::function<double(double, double)>;

double quartic(double x) {
  return 10.0 * std::pow(x * x - 1.0, 2) / 4.0;
}
double tilted(double x, double y) {
  return quartic(x) + y * y + 0.3 * x * y;
}

/// A text (or bytes) in a file of its own, read.
struct Written : ScratchFolder {
  std::filesystem::path file = path / "table.dat";
  explicit Written(const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }
  ReadTable read(const TableOptions& options = {}) const { return read_table(file, options); }
};

ReadTable read_text(const std::string& bytes, const TableOptions& options = {}) {
  return Written(bytes).read(options);
}

/// What is said of it, without the file's name.
std::string complaint(const std::string& bytes, const TableOptions& options = {}) {
  const Written written(bytes);
  try {
    written.read(options);
  } catch (const std::invalid_argument& error) {
    return std::string(error.what()).substr(written.file.string().size());
  }
  return "read";
}

/// The largest difference between a table and the formula that it was made of; infinity where a value is missing.
double worst(const TabulatedValues& table, const Plane& formula) {
  double largest = 0.0;
  const auto& x = table.axes[0];
  for (Index p = 0; p < table.values.size(); ++p) {
    const double at_x = x.first + static_cast<double>(p % x.points) * x.spacing;
    const double at_y =
        table.axes.size() < 2 ? 0.0 : table.axes[1].first + static_cast<double>(p / x.points) * table.axes[1].spacing;
    const double difference = std::abs(table.values[p] - formula(at_x, at_y));
    largest = std::isfinite(difference) ? std::max(largest, difference) : std::numeric_limits<double>::infinity();
  }
  return largest;
}

double line_error(const TabulatedValues& table) {
  return worst(table, [](double x, double) { return quartic(x); });
}

/// Rows "x F" from -1.9 to 1.9, as formats_two_columns.dat.
std::vector<std::string> line_rows(const std::string& separator = " ") {
  std::vector<std::string> rows;
  for (int k = -19; k <= 19; ++k) rows.push_back(fmt::format("{}{}{}", k / 10.0, separator, quartic(k / 10.0)));
  return rows;
}

std::string joined(const std::vector<std::string>& rows, const std::string& end = "\n") {
  std::string text;
  for (const std::string& row : rows) text += row + end;
  return text;
}

/// Rows "x y F" on 9 x 7 points, x fastest.
std::vector<std::string> plane_rows() {
  std::vector<std::string> rows;
  for (int j = -3; j <= 3; ++j)
    for (int i = -4; i <= 4; ++i) rows.push_back(fmt::format("{} {} {}", 0.5 * i, 0.25 * j, tilted(0.5 * i, 0.25 * j)));
  return rows;
}

}  // namespace

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
  CHECK(complaint("0 1\n1 2\nx F\n2 3\n") == ":3: \"x\" is no number");
  CHECK(complaint("1\n2\n", {.format = "columns"}).starts_with(":1: one column of numbers"));
  CHECK(complaint("0 1\nnan 2\n2 3\n") == ":2: column 1 is no finite number");
  CHECK(complaint("0,5 1,5\n1,5 2,5 ,\n2,5 3\n") == ":2: \",\" is no number");
  CHECK(complaint(std::string("0 1\n1 2\n2 \0\n", 11)).find("the format is none of") != std::string::npos);
  CHECK(complaint(std::string("0 1\n1 2\n2 \0\n", 11), {.format = "columns"}) == ":3: a byte 0: this is no text");
}

TEST_CASE("rows that are damaged are no names of columns") {
  CHECK(complaint("-2.0000OO 22.5\n-1 0\n0 2.5\n") == ":1: \"-2.0000OO\" is no number");
  CHECK(complaint("x F\n1.o 22.5\n-1 0\n0 2.5\n") == ":2: \"1.o\" is no number");
  // Minus signs of typesetters.
  CHECK(complaint("\xE2\x88\x92"
                  "2 22.5\n\xE2\x88\x92"
                  "1 0\n0 2.5\n1 0\n")
            .find(":1: ") == 0);
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
    CHECK(said.starts_with(": the format is none of result"));
    for (const TableFormat& format : table_formats()) CHECK(said.find(format.name) != std::string::npos);
    CHECK(said.find("numpy.savetxt") != std::string::npos);
  }
  CHECK(complaint("0 1\n", {.format = "vtk"}).starts_with(": there is no format \"vtk\"; known are result"));
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
  CHECK(complaint(values).find("landscape.ranges = [[-2, 2]]") != std::string::npos);
  std::replace(values.begin(), values.end(), '\n', ' ');
  CHECK(line_error(read_text(values, {.ranges = {{-2.0, 2.0}}}).values) < 1e-12);
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
                            closes ? 0.1 + 0.01 * ((7 * k) % 5) : 0.25);
      }
      CAPTURE(text);
      const TabulatedValues read = read_text(text, {.error = "E"}).values;
      REQUIRE(read.errors.size() == read.values.size());
      CHECK(read.axes[0].periodic == closes);
      CHECK(relative_error(read.errors[3], closes ? 0.11 : 0.25) < 1e-12);
      CHECK(relative_error(read.errors[read.errors.size() - 1], closes ? 0.1 + 0.01 * ((7 * 35) % 5) : 0.25) < 1e-12);
    }
}
