#include "problems/tables/text_matrix.hpp"

#include "problems/tables/gridded_points.hpp"
#include "problems/tables/text_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace valleyflux {

namespace {

constexpr Index fewest_columns = 5;  // tables of fewer points along an axis are not interpolated

/// What stands in the place of the x in the first row: in a line of words, or else in the first row of numbers.
std::optional<Eigen::VectorXd> first_row(const TextRows& rows, bool& in_values) {
  const Index columns = rows.values.rows();
  in_values = rows.header.empty();
  if (in_values) return rows.values.col(0).tail(columns - 1);
  if (static_cast<Index>(rows.header.size()) != columns) return std::nullopt;
  Eigen::VectorXd coordinates(columns - 1);
  for (Index k = 1; k < columns; ++k) {
    const auto number = number_in_text(rows.header[static_cast<std::size_t>(k)]);
    if (!number) return std::nullopt;
    coordinates[k - 1] = *number;
  }
  return coordinates;
}

/// The x of a matrix that has them in its first row.
std::optional<TabulatedValues::Axis> row_of_coordinates(const TextRows& rows, bool& in_values) {
  const auto coordinates = first_row(rows, in_values);
  return coordinates ? axis_through("x", *coordinates) : std::nullopt;
}

double usual_step(const Eigen::VectorXd& coordinates) {
  const Index steps = coordinates.size() - 1;
  Eigen::VectorXd sizes = coordinates.tail(steps) - coordinates.head(steps);
  std::nth_element(sizes.begin(), sizes.begin() + steps / 2, sizes.end());
  return sizes[steps / 2];
}

/// The first of the coordinates that is not one usual step behind the one before it. `certain`: they are coordinates;
/// else they are where most of their steps are alike.
std::optional<Index> break_of_axis(const Eigen::VectorXd& coordinates, bool certain) {
  constexpr double alike = 0.1;  // of a step
  const Index points = coordinates.size();
  if (points < 3) return std::nullopt;
  const double step = usual_step(coordinates);
  std::optional<Index> first;
  Index broken = 0;
  for (Index k = 1; k < points; ++k) {
    if (std::abs(coordinates[k] - coordinates[k - 1] - step) <= alike * std::abs(step)) continue;
    ++broken;
    if (!first) first = k;
  }
  return certain || 2 * broken < points ? first : std::nullopt;
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
  const std::optional<Eigen::VectorXd> along = columns > 2 ? first_row(rows, in_values) : std::nullopt;
  if (along) x = axis_through("x", *along);
  const Index first = in_values ? 1 : 0;
  const Eigen::VectorXd down = rows.values.row(0).tail(count - first);
  if (down.size() > 1) y = axis_through("y", down);
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
  if (options.ranges.empty() && along && (x || y)) {
    const Eigen::VectorXd& coordinates = x ? down : *along;
    if (const auto broken = break_of_axis(coordinates, !in_values))
      file.fail(
          x ? rows.lines[static_cast<std::size_t>(first + *broken)] : rows.lines.front(),
          fmt::format("{:.9g}, the coordinate of {}, does not follow {:.9g} in a step of {:.6g} as most others do: "
                      "they must ascend or descend in equal steps",
                      coordinates[*broken], x ? "this row" : fmt::format("column {}", *broken + 2),
                      coordinates[*broken - 1], usual_step(coordinates)));
  }
  if (options.ranges.empty() && columns == 1)
    file.fail(
        rows.lines.front(),
        fmt::format("one column of {} numbers: a table has its coordinates beside the values, \"x value\" in a row; "
                    "values alone need landscape.ranges = [[-2, 2]], the first and the last coordinate",
                    count));
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
