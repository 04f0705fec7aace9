#include "problems/tables/numpy_array.hpp"

#include "problems/tables/table_formats.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <zlib.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace valleyflux;

namespace {

double well(double x, double y) {
  return std::pow(x * x - 1.0, 2) + y * y + 0.3 * x * y;
}

std::string low_first(std::uint64_t value, int bytes) {
  std::string text;
  for (int k = 0; k < bytes; ++k) text += static_cast<char>(k < 8 ? value >> (8 * k) : 0);
  return text;
}

/// The bytes of an .npy file, version 1.0 of NEP 1.
std::string npy(const std::string& type, const std::string& shape, const std::string& numbers, bool fortran = false) {
  std::string head =
      fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}), }}", type, fortran ? "True" : "False", shape);
  head.resize((head.size() + 10 + 64) / 64 * 64 - 11, ' ');
  head += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + low_first(head.size(), 2) + head + numbers;
}

std::string doubles(const std::vector<double>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)};
}

std::string packed(const std::string& bytes) {
  std::string out(bytes.size() + 100, '\0');
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string in = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// A zip file (PKWARE's APPNOTE) of arrays, as numpy.savez or savez_compressed writes it.
std::string npz(const std::vector<std::pair<std::string, std::string>>& arrays, bool compressed) {
  std::string file, directory;
  for (const auto& [name, bytes] : arrays) {
    const std::string stored = compressed ? packed(bytes) : bytes;
    const std::string common =
        low_first(0, 2) + low_first(compressed ? 8 : 0, 2) + low_first(0, 4) +
        low_first(crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())), 4) +
        low_first(stored.size(), 4) + low_first(bytes.size(), 4) + low_first(name.size() + 4, 2) + low_first(0, 2);
    directory += "PK\x01\x02" + low_first(20, 2) + low_first(20, 2) + common + low_first(0, 10) +
                 low_first(file.size(), 4) + name + ".npy";
    file += "PK\x03\x04" + low_first(20, 2) + common + name + ".npy" + stored;
  }
  const std::size_t start = file.size();
  return file + directory + "PK\x05\x06" + low_first(0, 4) + low_first(arrays.size(), 2) + low_first(arrays.size(), 2) +
         low_first(directory.size(), 4) + low_first(start, 4) + low_first(0, 2);
}

struct Array : ScratchFolder {
  std::filesystem::path file = path / "table.npz";
  explicit Array(const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }
};

TabulatedValues table_of(const std::string& bytes, const TableOptions& options = {}) {
  const Array array(bytes);
  const auto [table, format] = read_table(array.file, options);
  CHECK(format->name == "numpy");
  return table;
}

std::string said_of(const std::string& bytes, const TableOptions& options = {}) {
  const Array array(bytes);
  try {
    read_table(array.file, options);
  } catch (const std::invalid_argument& error) {
    return std::string(error.what()).substr(array.file.string().size());
  }
  return "read";
}

double error_of(const TabulatedValues& table) {
  double largest = 0.0;
  const auto& x = table.axes[0];
  for (Index p = 0; p < table.values.size(); ++p) {
    const double at_y =
        table.axes.size() < 2 ? 0.0 : table.axes[1].first + static_cast<double>(p / x.points) * table.axes[1].spacing;
    largest = std::max(largest,
                       std::abs(table.values[p] - well(x.first + static_cast<double>(p % x.points) * x.spacing, at_y)));
  }
  return largest;
}

/// 9 x and 7 y, and the values with the y first (rows) or the x.
struct Sampled {
  std::vector<double> x, y, rows_of_y, rows_of_x, all_x, all_y, points;
  Sampled() {
    for (int i = -4; i <= 4; ++i) x.push_back(0.5 * i);
    for (int j = -3; j <= 3; ++j) y.push_back(0.25 * j);
    for (const double b : y)
      for (const double a : x) {
        rows_of_y.push_back(well(a, b));
        all_x.push_back(a);
        all_y.push_back(b);
        points.insert(points.end(), {a, b, well(a, b)});
      }
    for (const double a : x)
      for (const double b : y) rows_of_x.push_back(well(a, b));
  }
};

}  // namespace

TEST_CASE("arrays of NumPy with their coordinates are read, packed or not, whichever index is x") {
  const Sampled s;
  const std::string x = npy("<f8", "9,", doubles(s.x)), y = npy("<f8", "7,", doubles(s.y));
  for (const bool compressed : {false, true}) {
    CHECK(error_of(table_of(npz({{"x", x}, {"y", y}, {"F", npy("<f8", "7, 9", doubles(s.rows_of_y))}}, compressed))) <
          1e-12);
    CHECK(error_of(table_of(npz({{"F", npy("<f8", "9, 7", doubles(s.rows_of_x))}, {"x", x}, {"y", y}}, compressed))) <
          1e-12);
    CHECK(error_of(table_of(npz({{"phi", x}, {"psi", y}, {"F", npy("<f8", "7, 9", doubles(s.rows_of_x), true)}},
                                compressed))) < 1e-12);
  }
  const std::string all_x = npy("<f8", "7, 9", doubles(s.all_x)), all_y = npy("<f8", "7, 9", doubles(s.all_y));
  CHECK(error_of(table_of(npz({{"X", all_x}, {"Y", all_y}, {"F", npy("<f8", "7, 9", doubles(s.rows_of_y))}}, true))) <
        1e-12);
  std::vector<double> line;
  for (const double a : s.x) line.push_back(well(a, 0.0));
  const std::string values = npy("<f8", "9,", doubles(line));
  CHECK(error_of(table_of(npz({{"x", x}, {"F", values}}, false))) < 1e-12);
  // By other names what is in equal steps and fits is the coordinate, and gives its name.
  const std::string errors = npy("<f8", "9,", doubles({.1, .2, .1, .3, .1, .2, .1, .1, .2}));
  const TabulatedValues angles = table_of(npz({{"F", values}, {"err", errors}, {"phi", x}}, false), {.dataset = "F"});
  CHECK(error_of(angles) < 1e-12);
  CHECK(angles.axes[0].name == "phi");
  CHECK(error_of(table_of(npz({{"w", errors}, {"phi", x}, {"psi", y}, {"F", npy("<f8", "7, 9", doubles(s.rows_of_y))}},
                              true))) < 1e-12);
  CHECK(said_of(npz({{"F", values}, {"phi", x}, {"psi", x}}, false), {.dataset = "F"}).find("there is no x of the 9") !=
        std::string::npos);
  CHECK(error_of(table_of(npz({{"F", values}, {"grid", x}}, false))) < 1e-12);
  CHECK(error_of(table_of(npz({{"F", values}, {"x", x}, {"err", x}}, false), {.dataset = "F"})) < 1e-12);
}

TEST_CASE("coordinates of another name beside an array called value are theirs, ascending or not") {
  for (const double sign : {1.0, -1.0}) {
    std::vector<double> phi, values, twice;
    for (int k = -20; k <= 20; ++k) {
      phi.push_back(sign * 0.1 * k);
      values.push_back(well(sign * 0.1 * k, 0.0));
      twice.push_back(2.0 * k);  // in equal steps, as coordinates are
    }
    for (const auto& named : {values, twice}) {
      const Array array(
          npz({{"phi", npy("<f8", "41,", doubles(phi))}, {"value", npy("<f8", "41,", doubles(named))}}, false));
      const TabulatedValues table = read_table(array.file).values;
      CHECK(table.axes[0].name == "phi");
      CHECK(std::abs(table.axes[0].first + 2.0) < 1e-12);
      CHECK(table.values[0] == (sign > 0 ? named.front() : named.back()));
    }
    const Array other(npz({{"phi", npy("<f8", "41,", doubles(phi))}, {"G", npy("<f8", "41,", doubles(values))}}, true));
    CHECK(read_table(other.file).values.quantity == "G");
  }
}

TEST_CASE("arrays of coordinates that are called as the case calls its axes go by their names") {
  std::vector<double> grid, values;
  for (int k = -6; k <= 6; ++k) grid.push_back(0.3 * k);
  for (const double x : grid)  // the second coordinate along the rows
    for (const double y : grid) values.push_back(well(x, y));
  const Array array(npz({{"psi", npy("<f8", "13,", doubles(grid))},
                         {"phi", npy("<f8", "13,", doubles(grid))},
                         {"F", npy("<f8", "13, 13", doubles(values))}},
                        true));
  const TabulatedValues by_names = read_table(array.file, {.said = {.variables = {"phi", "psi"}}}).values;
  CHECK(by_names.axes[0].name == "phi");
  CHECK(by_names.values[2 + 13 * 9] == well(grid[2], grid[9]));
  const TabulatedValues by_order = read_table(array.file).values;
  CHECK(by_order.axes[0].name == "psi");
  CHECK(by_order.values[2 + 13 * 9] == well(grid[9], grid[2]));
}

TEST_CASE("one array alone holds columns, or values on given ranges") {
  const Sampled s;
  CHECK(error_of(table_of(npy("<f8", "63, 3", doubles(s.points)))) < 1e-12);
  CHECK(error_of(table_of(npy("<f8", "7, 9", doubles(s.rows_of_y)), {.ranges = {{-2.0, 2.0}, {-0.75, 0.75}}})) < 1e-12);
  CHECK(said_of(npy("<f8", "7, 9", doubles(s.rows_of_y))).find("landscape.ranges = [[-2, 2], [-1, 1]]") !=
        std::string::npos);
}

TEST_CASE("integers and floats of either byte order become numbers") {
  const auto values = [](const std::string& type, const std::string& numbers) {
    return table_of(npy(type, "2,", numbers), {.ranges = {{0.0, 1.0}}}).values;
  };
  CHECK(values("|i1", "\xFE\x03") == Eigen::Vector2d(-2, 3));
  CHECK(values("|u1", "\xFE\x03") == Eigen::Vector2d(254, 3));
  CHECK(values("<i2", std::string("\xFE\xFF\x01\x01", 4)) == Eigen::Vector2d(-2, 257));
  CHECK(values(">u4", std::string("\0\0\1\2\0\0\0\7", 8)) == Eigen::Vector2d(258, 7));
  CHECK(values("<i8", low_first(~std::uint64_t{0}, 8) + low_first(5, 8)) == Eigen::Vector2d(-1, 5));
  CHECK(values(">f4", std::string("\x3F\x80\0\0\xC0\x20\0\0", 8)) == Eigen::Vector2d(1, -2.5));  // IEEE 754
  CHECK(values(">f2", std::string("\x3C\0\xC1\0", 4)) == Eigen::Vector2d(1, -2.5));
  CHECK(values("<f2", std::string("\1\0\0\4", 4)) == Eigen::Vector2d(std::ldexp(1.0, -24), std::ldexp(1.0, -14)));
  CHECK(values("<f2", std::string("\xFF\x7B\0\0", 4)) == Eigen::Vector2d(65504, 0));
  CHECK(std::isnan(values("<f2", std::string("\0\0\0\x7C", 4))[1]));
  CHECK(values(">f8", std::string("\x3F\xF0\0\0\0\0\0\0\xC0\x04\0\0\0\0\0\0", 16)) == Eigen::Vector2d(1, -2.5));
}

TEST_CASE("arrays that are cut off, damaged, huge or of other things are refused") {
  const Sampled s;
  const std::string x = npy("<f8", "9,", doubles(s.x)), y = npy("<f8", "7,", doubles(s.y)),
                    values = npy("<f8", "7, 9", doubles(s.rows_of_y));
  CHECK(said_of(values.substr(0, 300)).find("cut off: 172 of 504 bytes") != std::string::npos);
  CHECK(said_of(values.substr(0, 30)) == ": cut off in its head");
  CHECK(said_of(npy("|O", "2,", "abcdefgh")).find("holds no integers or floats") != std::string::npos);
  CHECK(said_of(npy("<c16", "2,", doubles(s.x))).find("holds no integers or floats") != std::string::npos);
  CHECK(said_of(npy("<f8", "99999999, 99999999", doubles(s.x))) == ": too large");
  CHECK(said_of(npy("<f8", "", doubles(s.x))).find("has 0 dimensions") != std::string::npos);
  CHECK(said_of(npy("<f8", "2, 2, 2", doubles(s.x))).find("has 3 dimensions") != std::string::npos);
  CHECK(said_of(npy("<f8", "-5, 3", doubles(s.x))) == ": its shape, (-5, 3), has a negative side: its head is damaged");
  CHECK(said_of(values + x).starts_with(fmt::format(": {} bytes stand behind its 63 numbers", x.size())));
  CHECK(said_of(npz({{"x", x}, {"y", y}, {"F", values + "more"}}, true)).find("array \"F\": 4 bytes stand behind") !=
        std::string::npos);
  const std::string fields = "[('x', '<f8'), ('F', '<f8')]";
  std::string records = npy(std::string(fields.size() - 2, '#'), "3,", doubles(s.x));
  records.replace(records.find("'#"), fields.size(), fields);
  CHECK(said_of(records).starts_with(": holds records of several fields, " + fields + ", not numbers"));
  CHECK(said_of(npy("<f8", "2, 9", doubles(s.x) + doubles(s.x)))
            .starts_with(": an array of 2 x 9: coordinates and values must be its columns"));
  CHECK(said_of(x).starts_with(": 9 values without coordinates: give landscape.ranges = [[-2, 2]], the first"));
  for (const bool compressed : {false, true}) {
    const std::string whole = npz({{"x", x}, {"y", y}, {"F", values}}, compressed);
    REQUIRE(said_of(whole) == "read");
    for (std::size_t size = 5; size < whole.size(); size += 97) CHECK(said_of(whole.substr(0, size)) != "read");
    std::string damaged = whole;
    damaged[100] ^= 1;
    CHECK(said_of(damaged).find("damaged") != std::string::npos);
  }
  CHECK(said_of(npz({{"x", x}, {"F", values}, {"G", values}}, true)).find("landscape.dataset must say") !=
        std::string::npos);
  CHECK(said_of(npz({{"x", x}, {"y", x}, {"F", values}}, true)).find("\"F\" is 7 x 9") != std::string::npos);
  CHECK(said_of(npz({{"x", x}, {"F", values}}, true)).find("there are no x and y (the file has x, F)") !=
        std::string::npos);
  CHECK(said_of(npz({{"x", x}, {"F", values}}, true), {.columns = {"x", "F"}}).find("columns have no part in numpy") !=
        std::string::npos);
  CHECK(said_of(npz({{"x", x}, {"F", values}}, true), {.dataset = "H"}).find("there is no array \"H\"") !=
        std::string::npos);
}
