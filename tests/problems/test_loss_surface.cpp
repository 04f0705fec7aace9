#include "problems/landscapes/hdf5_handle.hpp"
#include "problems/tables/loss_surface.hpp"
#include "problems/tables/table_formats.hpp"
#include "tests/scratch_folder.hpp"

#include <doctest/doctest.h>
#include <hdf5.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace valleyflux;

namespace {

/// What the reader says of a surface of 3 x 2 points whose losses `add` puts into the file.
std::string told(const std::function<void(hid_t)>& add) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "valleyflux_test_surface.h5";
  {
    const Hdf5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
    for (const auto& [name, count] : {std::pair("xcoordinates", 3), std::pair("ycoordinates", 2)}) {
      const auto size = static_cast<hsize_t>(count);
      const std::vector<double> values{0.0, 1.0, 2.0};
      const Hdf5Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
      const Hdf5Handle data(H5Dcreate2(file, name, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                            H5Dclose);
      H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    }
    add(file);
  }
  std::string message = "read";
  try {
    read_loss_surface(path);
  } catch (const std::invalid_argument& error) {
    message = error.what();
  }
  std::filesystem::remove(path);
  return message;
}

/// Losses of this shape; written if there are values.
std::function<void(hid_t)> losses(hid_t type, const std::vector<hsize_t>& sides, const std::vector<double>& values = {},
                                  const char* elsewhere = nullptr) {
  return [=](hid_t file) {
    const Hdf5Handle space(
        sides.empty() ? H5Screate(H5S_NULL) : H5Screate_simple(static_cast<int>(sides.size()), sides.data(), nullptr),
        H5Sclose);
    const Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    if (elsewhere) H5Pset_external(creation, elsewhere, 0, H5F_UNLIMITED);
    const Hdf5Handle data(H5Dcreate2(file, "train_loss", type, space, H5P_DEFAULT, creation, H5P_DEFAULT), H5Dclose);
    if (!values.empty()) H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  };
}

}  // namespace

TEST_CASE("surfaces whose losses are no stored array of numbers are refused by name") {
  const std::vector<double> six{1, 2, 3, 4, 5, 6};
  CHECK(told(losses(H5T_NATIVE_DOUBLE, {2, 3}, six)) == "read");
  CHECK(told(losses(H5T_STD_I16BE, {6}, six)) == "read");
  const auto says = [](const std::string& message, const std::string& part) {
    CAPTURE(message);
    return message.find("dataset \"train_loss\"") != std::string::npos && message.find(part) != std::string::npos;
  };
  CHECK(says(told([](hid_t) {}), "is missing"));
  CHECK(says(told(losses(H5T_NATIVE_DOUBLE, {2, 3})), "nothing was ever written"));
  CHECK(says(told(losses(H5T_NATIVE_DOUBLE, {})), "holds no numbers"));
  CHECK(says(told(losses(H5T_NATIVE_DOUBLE, {0, 3})), "holds no numbers"));
  CHECK(says(told(losses(H5T_NATIVE_DOUBLE, {2, 2}, six)), "holds 4 values, the coordinates ask for 6"));
  CHECK(says(told(losses(H5T_NATIVE_DOUBLE, {1000000, 1000000})), "nothing was ever written"));
  CHECK(says(told(losses(H5T_C_S1, {6})), "holds no numbers"));
  CHECK(says(told(losses(H5T_NATIVE_DOUBLE, {2, 3}, {}, "/dev/zero")), "keeps its numbers in other files"));
  CHECK(says(told([](hid_t file) { H5Lcreate_soft("/nowhere", file, "train_loss", H5P_DEFAULT, H5P_DEFAULT); }),
             "cannot be opened"));
  CHECK(
      says(told([](hid_t file) { H5Lcreate_external("none.h5", "/x", file, "train_loss", H5P_DEFAULT, H5P_DEFAULT); }),
           "cannot be opened"));
  CHECK(says(told([](hid_t file) {
               const Hdf5Handle group(H5Gcreate2(file, "train_loss", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
             }),
             "cannot be opened"));
}

namespace {

void add_numbers(hid_t file, const char* name, const std::vector<double>& numbers, std::vector<hsize_t> shape = {}) {
  if (shape.empty()) shape.assign(1, numbers.size());
  const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
  const Hdf5Handle data(H5Dcreate2(file, name, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                        H5Dclose);
  H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data());
}

void add_text(hid_t file, const char* dataset, const char* name, const char* text) {
  const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose), space(H5Screate(H5S_SCALAR), H5Sclose);
  H5Tset_size(type, H5T_VARIABLE);
  const Hdf5Handle attribute(H5Acreate_by_name(file, dataset, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                             H5Aclose);
  H5Awrite(attribute, type, &text);
}

/// The table that a file of these datasets holds.
ReadTable read_datasets(const std::function<void(hid_t)>& fill, const TableOptions& options = {}) {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path / "table.h5";
  {
    const Hdf5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
    fill(file);
  }
  return read_table(path, options);
}

}  // namespace

TEST_CASE("a loss along a line is read: points never computed hold -1 or NaN or -1.797e308") {
  std::vector<double> x, loss;
  for (int k = 0; k < 11; ++k) {
    x.push_back(-0.5 + 0.2 * k);
    loss.push_back(0.12 + 16.0 * std::pow(x.back() * (x.back() - 1.0), 2));
  }
  const auto write = [&](hid_t file) {
    add_numbers(file, "xcoordinates", x);
    add_numbers(file, "train_loss", loss);
  };
  const auto [line, format] = read_datasets(write);
  CHECK(format->name == "loss_surface");
  REQUIRE(line.axes.size() == 1);
  CHECK(line.values == Eigen::Map<const Eigen::VectorXd>(loss.data(), 11));
  loss[2] = -1.0;
  loss[5] = std::nan("");
  loss[7] = -std::numeric_limits<double>::max();
  const Eigen::VectorXd values = read_datasets(write).values.values;
  for (int k = 0; k < 11; ++k) CHECK(std::isnan(values[k]) == (k == 2 || k == 5 || k == 7));
}

TEST_CASE("losses on descending coordinates and in arrays of either order are the same surface") {
  const auto loss = [](double x, double y) { return 0.1 + std::pow(x * x - 1.0, 2) + y * y + 0.3 * x * y; };
  for (const bool descends : {false, true})
    for (const int order : {0, 1, 2}) {  // (y, x), (x, y), and what the loss-landscape tools write as (x, y), x fastest
      std::vector<double> x, y, values;
      for (int i = 0; i < 11; ++i) x.push_back((descends ? -1.0 : 1.0) * (-1.0 + 0.2 * i));
      for (int j = 0; j < 7; ++j) y.push_back((descends ? -1.0 : 1.0) * (-0.5 + 0.25 * j));
      for (std::size_t p = 0; p < 77; ++p)
        values.push_back(order == 1 ? loss(x[p / 7], y[p % 7]) : loss(x[p % 11], y[p / 11]));
      const TabulatedValues surface =
          read_datasets([&](hid_t file) {
            add_numbers(file, "xcoordinates", x);
            add_numbers(file, "ycoordinates", y);
            add_numbers(file, "train_loss", values,
                        order == 0 ? std::vector<hsize_t>{7, 11} : std::vector<hsize_t>{11, 7});
          }).values;
      CAPTURE(descends);
      CAPTURE(order);
      REQUIRE(surface.values.size() == 77);
      CHECK(surface.axes[0].points == 11);
      double worst = 0.0;
      for (Index p = 0; p < 77; ++p) {
        const auto &along = surface.axes[0], &across = surface.axes[1];
        const double at = loss(along.first + along.spacing * static_cast<double>(p % 11),
                               across.first + across.spacing * static_cast<double>(p / 11));
        worst = std::max(worst, std::abs(surface.values[p] - at));
      }
      CHECK(worst < 1e-12);
    }
}

TEST_CASE("fields of a result file are read on the centres of its cells") {
  const std::vector<double> x{0.5, 1.5, 2.5}, y{-1.0, 1.0}, values{1, 2, -1, 4, 5, 6};
  const auto write = [&](hid_t file) {
    add_numbers(file, "x", x);
    add_numbers(file, "y", y);
    add_numbers(file, "x_edge", {0, 1, 2, 3});
    add_numbers(file, "landscape", values);
    add_numbers(file, "stationary_density", x);
    add_text(file, "y", "long_name", "psi");
    add_text(file, "x", "units", "nm");
    add_text(file, "y", "units", "1");
    add_text(file, "landscape", "units", "kJ/mol");
  };
  const auto [table, format] = read_datasets(write);
  CHECK(format->name == "result");
  REQUIRE(table.axes.size() == 2);
  CHECK(table.axes[0].first == 0.5);
  CHECK(table.axes[0].name == "x");
  CHECK(table.axes[1].name == "psi");
  CHECK(table.axes[1].spacing == 2.0);
  CHECK(table.axes[0].unit == "nm");
  CHECK(table.axes[1].unit.empty());
  CHECK(table.unit == "kJ/mol");
  CHECK(table.values == Eigen::Map<const Eigen::VectorXd>(values.data(), 6));
  CHECK_THROWS_AS(read_datasets(write, {.dataset = "stationary_density"}), std::invalid_argument);
}
