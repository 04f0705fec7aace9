#pragma once

#include "problems/tables/table_file.hpp"
#include "problems/tables/tabulated_values.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// Points with their values, in any order.
struct ScatteredPoints {
  std::vector<std::string> names;  // of the coordinates
  Eigen::MatrixXd coordinates;     // axes x points
  Eigen::VectorXd values;          // points
  std::vector<std::size_t> lines;  // points, in the file; empty for files without lines
  std::string quantity;
};

/// The points on the regular grid that they lie on, within 2 % of a step, as coordinates are often printed with three
/// digits, or within half a unit of their last digit, if that is less than an eighth of a step. Points of the grid that
/// are not listed hold no value. Throws std::invalid_argument, with the file's line, for points on no grid, and two
/// values at one point.
TabulatedValues gridded(const TableFile& file, const ScatteredPoints& points);

/// Coordinates that ascend or descend in equal steps, within 2 % of one or what their print has made of them: their
/// axis, of a negative spacing where they descend; nothing for others.
std::optional<TabulatedValues::Axis> axis_through(const std::string& name, const Eigen::VectorXd& coordinates);

/// The axes of so many points that options.ranges give. Throws std::invalid_argument unless it gives as many.
std::vector<TabulatedValues::Axis> ranged_axes(const TableFile& file, const TableOptions& options,
                                               const std::vector<Index>& points);

/// Turns a matrix (x along rows) around along the axes that descend, these with it, and the lines of its entries.
void make_ascending(std::vector<TabulatedValues::Axis>& axes, Eigen::MatrixXd& values,
                    Eigen::MatrixX<std::size_t>* lines = nullptr);

/// A matrix of values (x along rows: entry (i, j) lies at x_i, y_j; a column without a second axis) on its axes, whose
/// spacings may be negative.
TabulatedValues gridded_matrix(std::vector<TabulatedValues::Axis> axes, Eigen::MatrixXd values,
                               const std::string& quantity, Eigen::MatrixX<std::size_t> lines = {});

/// Whether two tables of one file lie on the same axes.
bool same_points(const TabulatedValues& table, const TabulatedValues& other);

}  // namespace valleyflux
