#include "problems/tables/hdf5_datasets.hpp"

#include "problems/landscapes/hdf5_reading.hpp"
#include "problems/tables/gridded_points.hpp"
#include "problems/tables/tabulated_values.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <utility>

namespace valleyflux {

Hdf5Datasets::QuietErrors::QuietErrors() {
  H5Eget_auto2(H5E_DEFAULT, &printer_, &data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Hdf5Datasets::QuietErrors::~QuietErrors() {
  H5Eset_auto2(H5E_DEFAULT, printer_, data_);
}

Hdf5Datasets::Hdf5Datasets(const TableFile& file)
    : source_(&file), file_(H5Fopen(file.path().c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose) {
  if (file_ < 0) file.fail("cannot be opened as an HDF5 file");
}

bool Hdf5Datasets::has(const std::string& dataset) const {
  return H5Lexists(file_, dataset.c_str(), H5P_DEFAULT) > 0;
}

std::vector<double> Hdf5Datasets::numbers(const std::string& dataset) const {
  if (!has(dataset)) fail(dataset, "is missing");
  const Hdf5Handle data(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (data < 0) fail(dataset, "cannot be opened");
  const Hdf5Handle space(H5Dget_space(data), H5Sclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  const Hdf5Handle type(H5Dget_type(data), H5Tclose);
  const H5T_class_t kind = H5Tget_class(type);
  if (count <= 0 || (kind != H5T_FLOAT && kind != H5T_INTEGER)) fail(dataset, "holds no numbers");
  // Sizes are claims of the file's head: what was never stored is neither read nor made room for.
  if (H5Dget_storage_size(data) == 0) fail(dataset, "has a size, but nothing was ever written into it");
  if (count > static_cast<hssize_t>(most_tabulated_numbers))
    fail(dataset, fmt::format("holds {} numbers: {} at most", count, most_tabulated_numbers));
  // Other files, which may be pipes, are none of the surface.
  const Hdf5Handle creation(H5Dget_create_plist(data), H5Pclose);
  if (creation < 0 || H5Pget_external_count(creation) != 0 || H5Pget_layout(creation) == H5D_VIRTUAL)
    fail(dataset, "keeps its numbers in other files");
  std::vector<double> values(static_cast<std::size_t>(count));
  if (H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    fail(dataset, "cannot be read");
  return values;
}

std::vector<Index> Hdf5Datasets::shape(const std::string& dataset) const {
  const Hdf5Handle data(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (data < 0) return {};
  const Hdf5Handle space(H5Dget_space(data), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space);
  std::vector<hsize_t> extent(static_cast<std::size_t>(std::max(rank, 0)));
  if (rank > 0) H5Sget_simple_extent_dims(space, extent.data(), nullptr);
  return {extent.begin(), extent.end()};
}

std::string Hdf5Datasets::attribute(const std::string& dataset, const std::string& name) const {
  const Hdf5Handle attribute(H5Aopen_by_name(file_, dataset.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  if (attribute < 0) return "";
  const Hdf5Handle type(H5Aget_type(attribute), H5Tclose);
  if (H5Tget_class(type) != H5T_STRING) return "";
  if (H5Tis_variable_str(type) > 0) return attached_text(attribute);
  constexpr std::size_t longest = 1000;
  if (H5Aget_storage_size(attribute) > longest) return "";
  std::string text(H5Aget_storage_size(attribute), '\0');
  if (H5Aread(attribute, type, text.data()) < 0) return "";
  return text.substr(0, text.find('\0'));
}

std::string Hdf5Datasets::unit(const std::string& dataset) const {
  const std::string unit = attribute(dataset, "units");
  return unit == "1" ? "" : unit;
}

TabulatedValues::Axis Hdf5Datasets::axis(const std::string& dataset, const std::string& name) const {
  const std::vector<double> nodes = numbers(dataset);
  if (nodes.size() < 2) fail(dataset, "needs at least two coordinates");
  const double spacing = (nodes.back() - nodes.front()) / static_cast<double>(nodes.size() - 1);
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    const double expected = nodes.front() + static_cast<double>(k) * spacing;
    if (spacing == 0.0 ||
        !(std::abs(nodes[k] - expected) <= 1e-6 * std::abs(spacing) * static_cast<double>(nodes.size())))
      fail(dataset, fmt::format("must ascend or descend in equal steps (entry {} is {})", k, nodes[k]));
  }
  return {name, nodes.front(), spacing, static_cast<Index>(nodes.size()), false, unit(dataset)};
}

void Hdf5Datasets::fail(const std::string& dataset, const std::string& message) const {
  source_->fail(fmt::format("dataset \"{}\" {}", dataset, message));
}

namespace {

double median(std::vector<double>& numbers) {
  if (numbers.empty()) return 0.0;
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  std::nth_element(numbers.begin(), middle, numbers.end());
  return *middle;
}

/// How far neighbours are apart, by the medians along either axis: in the wrong order rows are torn apart.
double torn(const Eigen::MatrixXd& values) {
  std::vector<double> along_x, along_y;
  const auto add = [](std::vector<double>& steps, double step) {
    if (std::isfinite(step)) steps.push_back(std::abs(step));
  };
  for (Index j = 0; j < values.cols(); ++j)
    for (Index i = 0; i < values.rows(); ++i) {
      if (i > 0) add(along_x, values(i, j) - values(i - 1, j));
      if (j > 0) add(along_y, values(i, j) - values(i, j - 1));
    }
  return median(along_x) + median(along_y);
}

}  // namespace

TabulatedValues surface_of(const Hdf5Datasets& file, std::vector<TabulatedValues::Axis> axes,
                           const std::string& dataset, bool (*missing)(double)) {
  TabulatedValues table;
  table.axes = std::move(axes);
  table.quantity = dataset;
  table.unit = file.unit(dataset);
  std::vector<double> values = file.numbers(dataset);
  Index expected = 1;
  for (const auto& axis : table.axes) expected *= axis.points;
  if (static_cast<Index>(values.size()) != expected)
    file.fail(dataset, fmt::format("holds {} values, the coordinates ask for {}", values.size(), expected));
  const bool plane = table.axes.size() == 2;
  const Index columns = table.axes[0].points, rows = plane ? table.axes[1].points : 1;
  for (double& value : values)
    if (missing(value)) value = std::numeric_limits<double>::quiet_NaN();
  Eigen::MatrixXd matrix = Eigen::Map<const Eigen::MatrixXd>(values.data(), columns, rows);
  if (plane && columns != rows && file.shape(dataset) == std::vector<Index>{columns, rows}) {
    // The loss-landscape tools write arrays of this shape with x fastest, NumPy with y.
    Eigen::MatrixXd other = Eigen::Map<const Eigen::MatrixXd>(values.data(), rows, columns).transpose();
    if (torn(other) < torn(matrix)) matrix = std::move(other);
  }
  make_ascending(table.axes, matrix);
  table.values = matrix.reshaped();
  return table;
}

}  // namespace valleyflux
