#include "problems/landscapes/loss_surface.hpp"

#include "problems/landscapes/hdf5_handle.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace valleyflux {

namespace {

constexpr hssize_t most_numbers = 100000000;

class LossReader {
 public:
  explicit LossReader(const std::filesystem::path& path)
      : name_(path.string()), file_(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose) {
    if (file_ < 0) throw std::invalid_argument(fmt::format("{}: cannot be opened as an HDF5 file", name_));
  }

  bool has(const std::string& dataset) const { return H5Lexists(file_, dataset.c_str(), H5P_DEFAULT) > 0; }

  std::vector<double> numbers(const std::string& dataset) const {
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
    if (count > most_numbers) fail(dataset, fmt::format("holds {} numbers: {} at most", count, most_numbers));
    // Other files, which may be pipes, are none of the surface.
    const Hdf5Handle creation(H5Dget_create_plist(data), H5Pclose);
    if (creation < 0 || H5Pget_external_count(creation) != 0 || H5Pget_layout(creation) == H5D_VIRTUAL)
      fail(dataset, "keeps its numbers in other files");
    std::vector<double> values(static_cast<std::size_t>(count));
    if (H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
      fail(dataset, "cannot be read");
    return values;
  }

  TabulatedValues::Axis axis(const std::string& dataset, const std::string& name) const {
    const std::vector<double> nodes = numbers(dataset);
    if (nodes.size() < 2) fail(dataset, "needs at least two coordinates");
    const double spacing = (nodes.back() - nodes.front()) / static_cast<double>(nodes.size() - 1);
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      const double expected = nodes.front() + static_cast<double>(k) * spacing;
      if (!(spacing > 0) || !(std::abs(nodes[k] - expected) <= 1e-6 * spacing * static_cast<double>(nodes.size())))
        fail(dataset, fmt::format("must ascend in equal steps (entry {} is {})", k, nodes[k]));
    }
    return {name, nodes.front(), spacing, static_cast<Index>(nodes.size()), false};
  }

  [[noreturn]] void fail(const std::string& dataset, const std::string& message) const {
    throw std::invalid_argument(fmt::format("{}: dataset \"{}\" {}", name_, dataset, message));
  }

 private:
  std::string name_;
  Hdf5Handle file_;
};

/// Switches off the printing of HDF5's own error stack while it lives.
class QuietErrors {
 public:
  QuietErrors() {
    H5Eget_auto2(H5E_DEFAULT, &printer_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
  ~QuietErrors() { H5Eset_auto2(H5E_DEFAULT, printer_, data_); }

 private:
  H5E_auto2_t printer_ = nullptr;
  void* data_ = nullptr;
};

}  // namespace

TabulatedValues read_loss_surface(const std::filesystem::path& file, const std::string& quantity) {
  const QuietErrors quiet;
  const LossReader reader(file);
  TabulatedValues table;
  table.axes = {reader.axis("xcoordinates", "x"), reader.axis("ycoordinates", "y")};
  table.quantity = !quantity.empty()                                      ? quantity
                   : reader.has("train_loss") || !reader.has("test_loss") ? "train_loss"
                                                                          : "test_loss";
  const std::vector<double> values = reader.numbers(table.quantity);
  const Index expected = table.axes[0].points * table.axes[1].points;
  if (static_cast<Index>(values.size()) != expected)
    reader.fail(table.quantity, fmt::format("holds {} values, the coordinates ask for {}", values.size(), expected));
  table.values.resize(expected);
  constexpr double never_computed = -1.0;
  for (Index p = 0; p < expected; ++p) {
    const double value = values[static_cast<std::size_t>(p)];
    table.values[p] =
        value == never_computed || !std::isfinite(value) ? std::numeric_limits<double>::quiet_NaN() : value;
  }
  return table;
}

}  // namespace valleyflux
