#include "problems/tables/text_matrix.hpp"

#include "problems/tables/gridded_points.hpp"
#include "problems/tables/text_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace valleyflux {

namespace {

constexpr Index fewest_columns = 5;  // tables of fewer points along an axis are not interpolated

/// The x of a matrix that has them in its first row; moves them there from a first row that is all numbers.
std::optional<TabulatedValues::Axis> row_of_coordinates(const TextRows& rows, bool& in_values) {
  const Index columns = rows.values.rows();
  Eigen::VectorXd coordinates(columns - 1);
  in_values = rows.header.empty();
  if (in_values) {
    coordinates = rows.values.col(0).tail(columns - 1);
  } else {
    if (static_cast<Index>(rows.header.size()) != columns) return std::nullopt;
    for (Index k = 1; k < columns; ++k) {
      const auto number = number_in_text(rows.header[static_cast<std::size_t>(k)]);
      if (!number) return std::nullopt;
      coordinates[k - 1] = *number;
    }
  }
  return axis_through("x", coordinates);
}

/// Whether the number in the corner goes on with the coordinates in the first row and column: all are values then.
bool corner_fits(const TextRows& rows) {
  return axis_through("x", rows.values.col(0)) && axis_through("y", rows.values.row(0));
}

}  // namespace

bool is_text_matrix(const TableFile& file) {
  if (!file.is_text()) return false;
  constexpr std::size_t looked_at = 8;
  constexpr Index widest_columns = 12;  // of a table that has coordinates in its rows
  try {
    const TextRows rows = text_rows(file, WordsAmongNumbers::refused, looked_at);
    if (rows.values.rows() == 1 && rows.values.cols() > 1) return true;
    if (rows.values.rows() < fewest_columns) return false;
    if (rows.values.rows() > widest_columns) return true;
    bool in_values = false;
    const Index first = rows.header.empty() ? 1 : 0;
    return row_of_coordinates(rows, in_values) && rows.values.cols() > first + 1 &&
           axis_through("y", rows.values.row(0).tail(rows.values.cols() - first));
  } catch (const std::invalid_argument&) {
    return false;
  }
}

TabulatedValues read_text_matrix(const TableFile& file, const TableOptions& options) {
  const TextRows rows = text_rows(file);
  if (rows.lines.empty()) file.fail("there are no rows of numbers");
  const Index columns = rows.values.rows(), count = rows.values.cols();
  bool in_values = false;
  std::optional<TabulatedValues::Axis> x, y;
  if (columns > 2) x = row_of_coordinates(rows, in_values);
  const Index first = in_values ? 1 : 0;
  if (x && count > first + 1) y = axis_through("y", rows.values.row(0).tail(count - first));
  const auto lines_of = [&](Index wide, Index from) {
    Eigen::MatrixX<std::size_t> lines(wide, count - from);
    for (Index k = from; k < count; ++k) lines.col(k - from).setConstant(rows.lines[static_cast<std::size_t>(k)]);
    return lines;
  };
  if (x && y && options.ranges.empty())
    return gridded_matrix({*x, *y}, rows.values.bottomRightCorner(columns - 1, count - first), "value",
                          lines_of(columns - 1, first));
  constexpr Index fewest_coordinates = 4;  // of values alone some may stand in equal steps by chance
  if (x && y && std::min(x->points, y->points) >= fewest_coordinates && !(in_values && corner_fits(rows)))
    file.fail(rows.lines.front(),
              "ranges have no part in a matrix that has its x in the first row and its y in the first column");
  const bool line = columns == 1 || count == 1;
  if (options.ranges.empty())
    file.fail(rows.lines.front(),
              fmt::format("{} x {} values without coordinates: put the x into the first row and the y into the first "
                          "column, or give the first and last coordinate, landscape.ranges = {}",
                          columns, count, line ? "[[-2, 2]]" : "[[-2, 2], [-1, 1]]"));
  if (columns == 1)
    return gridded_matrix(ranged_axes(file, options, {count}), rows.values.transpose(), "value",
                          lines_of(1, 0).transpose());
  if (count == 1)
    return gridded_matrix(ranged_axes(file, options, {columns}), rows.values, "value", lines_of(columns, 0));
  return gridded_matrix(ranged_axes(file, options, {columns, count}), rows.values, "value", lines_of(columns, 0));
}

}  // namespace valleyflux
