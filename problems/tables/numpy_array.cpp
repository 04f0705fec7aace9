#include "problems/tables/numpy_array.hpp"

#include "problems/tables/gridded_points.hpp"
#include "problems/tables/numpy_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace valleyflux {

namespace {

const char* const advice =
    "give landscape.ranges = [[-2, 2], [-1, 1]], the first and last coordinate of each axis, or "
    "numpy.savez(\"table.npz\", "
    "x=x, y=y, value=value)";

TabulatedValues points_of(const TableFile& file, const Eigen::MatrixXd& columns, const std::string& quantity,
                          const std::vector<std::string>& names = {"x", "y"}) {
  ScatteredPoints points;
  points.names.assign(names.begin(), names.begin() + columns.cols() - 1);
  points.coordinates = columns.leftCols(columns.cols() - 1).transpose();
  points.values = columns.rightCols(1);
  points.quantity = quantity;
  return gridded(file, points);
}

/// Values without coordinates.
TabulatedValues bare(const TableFile& file, const NumpyArray& array, const TableOptions& options) {
  const std::string quantity = array.name.empty() ? "array" : array.name;
  const Index columns = array.values.cols();
  constexpr Index fewest = 5;  // tables of fewer points along an axis are not interpolated
  if (options.ranges.empty() && array.plane && (columns == 2 || columns == 3) && array.values.rows() >= fewest)
    return points_of(file, array.values, quantity);
  if (options.ranges.empty() && !array.plane)
    file.fail(
        fmt::format("{} values without coordinates: give landscape.ranges = [[-2, 2]], the first and the last "
                    "coordinate, or numpy.save(\"table.npy\", numpy.column_stack([x, value]))",
                    array.values.size()));
  const bool lies_down = array.values.rows() > 1 && array.values.rows() <= 3 && columns >= fewest;
  if (options.ranges.empty() && lies_down)
    file.fail(
        fmt::format("an array of {} x {}: coordinates and values must be its columns, not its rows, as "
                    "numpy.save(\"table.npy\", a.T) makes them",
                    array.values.rows(), columns));
  if (options.ranges.empty()) file.fail(fmt::format("values without coordinates: {}", advice));
  if (!array.plane) return gridded_matrix(ranged_axes(file, options, {array.values.rows()}), array.values, quantity);
  return gridded_matrix(ranged_axes(file, options, {columns, array.values.rows()}), array.values.transpose(), quantity);
}

const NumpyArray* named(const std::vector<NumpyArray>& arrays, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    for (const NumpyArray& array : arrays)
      if (array.name == name) return &array;
  return nullptr;
}

[[noreturn]] void refuse(const TableFile& file, const std::vector<NumpyArray>& arrays, const std::string& what) {
  std::vector<std::string> names;
  for (const NumpyArray& array : arrays) names.push_back(array.name);
  file.fail(fmt::format("{} (the file has {}): numpy.savez(\"table.npz\", x=x, y=y, value=value) is read as it is",
                        what, fmt::join(names, ", ")));
}

const std::vector<std::string> x_names{"x", "xs", "X", "xx", "xcoordinates", "grid_x", "x_grid"},
    y_names{"y", "ys", "Y", "yy", "ycoordinates", "grid_y", "y_grid"},
    line_names{"grid", "bins", "centers",    "centres", "bin_centers", "bin_centres",
               "s",    "cv",   "coordinate", "xi",      "r",           "z"};

bool is_coordinate(const std::string& name) {
  return std::find(x_names.begin(), x_names.end(), name) != x_names.end() ||
         std::find(y_names.begin(), y_names.end(), name) != y_names.end();
}

const NumpyArray& value_in(const TableFile& file, const std::vector<NumpyArray>& arrays, const std::string& wanted) {
  if (!wanted.empty()) {
    if (const NumpyArray* array = named(arrays, {wanted})) return *array;
    refuse(file, arrays, fmt::format("there is no array \"{}\"", wanted));
  }
  std::vector<const NumpyArray*> found;
  const auto collect = [&](bool plane) {
    for (const NumpyArray& array : arrays)
      if (array.plane == plane && !is_coordinate(array.name)) found.push_back(&array);
  };
  collect(true);
  if (found.empty()) {
    collect(false);
    const NumpyArray* x = named(arrays, x_names) ? nullptr : named(arrays, line_names);
    std::erase(found, x);
  }
  if (found.size() > 1) {
    const auto value =
        std::find_if(found.begin(), found.end(), [](const auto* array) { return array->name == "value"; });
    if (value != found.end()) return **value;
    std::erase_if(found, [](const auto* array) {  // coordinates of other names
      return !array->plane && axis_through("", array->values.reshaped());
    });
  }
  if (found.size() != 1) refuse(file, arrays, "landscape.dataset must say which array holds the values");
  return *found[0];
}

TabulatedValues::Axis axis_from(const TableFile& file, const std::string& name, const NumpyArray& array) {
  const auto axis = axis_through(name, array.values.reshaped());
  if (!axis) file.fail(fmt::format("array \"{}\" must ascend or descend in equal steps", array.name));
  return *axis;
}

/// The lines of numbers in equal steps that may be coordinates of the values by their lengths.
std::vector<const NumpyArray*> fitting_lines(const std::vector<NumpyArray>& arrays, const NumpyArray& value) {
  std::vector<const NumpyArray*> lines;
  for (const NumpyArray& array : arrays) {
    const Index points = array.values.size();
    const bool fits =
        value.plane ? points == value.values.rows() || points == value.values.cols() : points == value.values.size();
    if (!array.plane && &array != &value && fits && axis_through("", array.values.reshaped())) lines.push_back(&array);
  }
  return lines;
}

TabulatedValues line_from(const TableFile& file, const std::vector<NumpyArray>& arrays, const NumpyArray& value) {
  std::string name = "x";
  const NumpyArray* x = named(arrays, x_names);
  if (!x) x = named(arrays, line_names);
  if (!x || (x->values.size() != value.values.size() && !named(arrays, x_names)))
    if (const auto lines = fitting_lines(arrays, value); lines.size() == 1) {
      x = lines[0];
      name = x->name;
    }
  if (!x || x->values.size() != value.values.size() || x == &value)
    refuse(file, arrays, fmt::format("there is no x of the {} values of \"{}\"", value.values.size(), value.name));
  Eigen::MatrixXd columns(value.values.size(), 2);
  columns << x->values.reshaped(), value.values.reshaped();
  return points_of(file, columns, value.name, {name});
}

TabulatedValues plane_from(const TableFile& file, const std::vector<NumpyArray>& arrays, const NumpyArray& value) {
  const NumpyArray *x = named(arrays, x_names), *y = named(arrays, y_names);
  std::vector<std::string> names{"x", "y"};
  if (!x || !y) {  // by other names: the two lines of numbers that there are, in their order
    std::vector<const NumpyArray*> lines;
    for (const NumpyArray& array : arrays)
      if (!array.plane && &array != &value) lines.push_back(&array);
    if (lines.size() > 2) lines = fitting_lines(arrays, value);
    if (lines.size() != 2) refuse(file, arrays, "there are no x and y");
    x = lines[0];
    y = lines[1];
    names = {x->name, y->name};
  }
  const Index rows = value.values.rows(), columns = value.values.cols();
  if (x->values.size() == value.values.size() && y->values.size() == value.values.size()) {  // of every point
    if (x->values.rows() != rows || y->values.rows() != rows) refuse(file, arrays, "x, y and values differ in shape");
    Eigen::MatrixXd points(value.values.size(), 3);
    points << x->values.reshaped(), y->values.reshaped(), value.values.reshaped();
    return points_of(file, points, value.name);
  }
  std::vector<TabulatedValues::Axis> axes{axis_from(file, names[0], *x), axis_from(file, names[1], *y)};
  if (axes[0].points == columns && axes[1].points == rows)
    return gridded_matrix(std::move(axes), value.values.transpose(), value.name);
  if (axes[0].points == rows && axes[1].points == columns)
    return gridded_matrix(std::move(axes), value.values, value.name);
  refuse(file, arrays,
         fmt::format("\"{}\" is {} x {}, its coordinates ask for {} x {}", value.name, rows, columns, axes[1].points,
                     axes[0].points));
}

}  // namespace

bool is_numpy_array(const TableFile& file) {
  return is_npy(file.bytes()) || is_npz(file.bytes());
}

TabulatedValues read_numpy_array(const TableFile& file, const TableOptions& options) {
  const std::vector<NumpyArray> arrays = numpy_arrays(file);
  if (!is_npz(file.bytes()) && !options.wanted_dataset().empty())
    file.fail(
        fmt::format("there is no array \"{}\": an .npy file holds one, without a name", options.wanted_dataset()));
  const NumpyArray& value = is_npz(file.bytes()) ? value_in(file, arrays, options.wanted_dataset()) : arrays.front();
  if (arrays.size() == 1 || !options.ranges.empty()) return bare(file, value, options);
  return value.plane ? plane_from(file, arrays, value) : line_from(file, arrays, value);
}

}  // namespace valleyflux
