#pragma once

#include "problems/tables/table_formats.hpp"
#include "tests/scratch_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace valleyflux {

using Plane = std::function<double(double, double)>;

inline double quartic(double x) {
  return 10.0 * std::pow(x * x - 1.0, 2) / 4.0;
}
inline double tilted(double x, double y) {
  return quartic(x) + y * y + 0.3 * x * y;
}

/// A text (or bytes) in a file of its own, read.
struct Written : ScratchFolder {
  std::filesystem::path file = path / "table.dat";
  explicit Written(const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }
  ReadTable read(const TableOptions& options = {}) const { return read_table(file, options); }
};

inline ReadTable read_text(const std::string& bytes, const TableOptions& options = {}) {
  return Written(bytes).read(options);
}

/// What is said of it, without the file's name.
inline std::string complaint(const std::string& bytes, const TableOptions& options = {}) {
  const Written written(bytes);
  try {
    written.read(options);
  } catch (const std::invalid_argument& error) {
    return std::string(error.what()).substr(written.file.string().size());
  }
  return "read";
}

/// The largest difference between a table and the formula that it was made of; infinity where a value is missing.
inline double worst(const TabulatedValues& table, const Plane& formula) {
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

inline double line_error(const TabulatedValues& table) {
  return worst(table, [](double x, double) { return quartic(x); });
}

/// Rows "x F" from -1.9 to 1.9, as formats_two_columns.dat.
inline std::vector<std::string> line_rows(const std::string& separator = " ") {
  std::vector<std::string> rows;
  for (int k = -19; k <= 19; ++k) rows.push_back(fmt::format("{}{}{}", k / 10.0, separator, quartic(k / 10.0)));
  return rows;
}

inline std::string joined(const std::vector<std::string>& rows, const std::string& end = "\n") {
  std::string text;
  for (const std::string& row : rows) text += row + end;
  return text;
}

/// Rows "x y F" on 9 x 7 points, x fastest.
inline std::vector<std::string> plane_rows() {
  std::vector<std::string> rows;
  for (int j = -3; j <= 3; ++j)
    for (int i = -4; i <= 4; ++i) rows.push_back(fmt::format("{} {} {}", 0.5 * i, 0.25 * j, tilted(0.5 * i, 0.25 * j)));
  return rows;
}

}  // namespace valleyflux
