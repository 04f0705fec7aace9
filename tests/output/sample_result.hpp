#pragma once

#include "grids/grid.hpp"
#include "output/result_file.hpp"
#include "tests/output/hdf5_numbers.hpp"

#include <doctest/doctest.h>
#include <hdf5.h>
#include <hdf5_hl.h>

#include <filesystem>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace valleyflux {

inline Grid<1> line() {
  return Grid<1>({Axis("x", -2.0, 2.0, 6)});
}
inline Grid<2> plane() {
  return Grid<2>({Axis("x", -2.0, 2.0, 6, Boundary::reflecting, Boundary::absorbing, Grading{0.0, 0.5}),
                  Axis("y", 0.0, 1.0, 4, Boundary::periodic, Boundary::periodic)});
}

template <int Dim>
std::vector<Axis> axes_of(const Grid<Dim>& grid) {
  std::vector<Axis> axes;
  for (int k = 0; k < Dim; ++k) axes.push_back(grid.axis(k));
  return axes;
}

template <int Dim>
DensityFrame frame_at(const Grid<Dim>& grid, double time, Index valleys) {
  DensityFrame frame;
  frame.time = time;
  frame.density = Eigen::VectorXd::LinSpaced(grid.cells(), 0.0, 1.0).array() + time;
  frame.current.assign(Dim, Eigen::VectorXd::Constant(grid.cells(), -time));
  frame.valley_probability = Eigen::VectorXd::Constant(valleys, 0.25);
  frame.valley_outflux = Eigen::VectorXd::Constant(valleys, 0.125);
  frame.valley_outflow = Eigen::VectorXd::Constant(valleys, time);
  const auto walls = static_cast<Index>(absorbing_walls(axes_of(grid)).size());
  frame.wall_outflux = Eigen::VectorXd::Constant(walls, 0.0625);
  frame.wall_outflow = Eigen::VectorXd::Constant(walls, 0.5 * time);
  return frame;
}

inline Results sample_results(int dimension) {
  Results results;
  results.dimension = dimension;
  results.valleys = {{"left", std::vector<double>(static_cast<std::size_t>(dimension), -1.0), -0.25, 0.5},
                     {"far right", {}, {}, {}}};
  Estimate known{"left", "far right", "quasi_stationary", 1.5e-3, 666.6, -6.5, 1.4e-3, 1.6e-3, {}, ""};
  Estimate unknown{"left", "first_exit", "theory:kramers", {}, {}, {}, {}, {}, {}, "no saddle"};
  results.estimates = {known, unknown};
  results.spectrum = {0.0, -2.4e-3};
  NetworkResult network;
  network.valleys = {"left", "far right"};
  network.rate = (Eigen::MatrixXd(2, 2) << 0.0, 2e-3, 4e-4, 0.0).finished();
  network.low = network.high = network.rate;
  network.time = network.rule_2_time = (Eigen::MatrixXd(2, 2) << 0.0, 500.0, 2500.0, 0.0).finished();
  network.rule_1_rate = Eigen::MatrixXd::Constant(2, 2, std::numeric_limits<double>::quiet_NaN());
  network.probability = network.escape_time_probability = Eigen::Vector2d(1.0 / 6.0, 5.0 / 6.0);
  network.spectrum = {0.0, -2.4e-3};
  network.right = network.left = Eigen::MatrixXcd::Identity(2, 2);
  results.network = network;
  return results;
}

template <int Dim>
void write_sample(const std::filesystem::path& path, const Grid<Dim>& grid, int frames,
                  const std::vector<std::string>& valleys = {"left", "far right"}) {
  ResultFile file(path, axes_of(grid), valleys, {"A title", "title = \"A title\"\n", "0.1.0", "valleyflux run"});
  file.write({"landscape", "landscape", "1", Eigen::VectorXd::LinSpaced(grid.cells(), 0.0, 2.0)});
  file.write({"stationary_density", "stationary density", "1", Eigen::VectorXd::Constant(grid.cells(), 0.5)});
  std::vector<int> labels(static_cast<std::size_t>(grid.cells()), -1);
  if (!valleys.empty()) labels.front() = 0;
  file.write_labels(labels);
  for (int frame = 0; frame < frames; ++frame)
    file.append(frame_at(grid, 0.5 * frame, static_cast<Index>(valleys.size())));
  file.write(SpectrumFields{Eigen::MatrixXd::Ones(grid.cells(), 2), Eigen::MatrixXd::Ones(grid.cells(), 2)});
  Results results = sample_results(Dim);
  if (valleys.empty()) {
    results.valleys.clear();
    results.estimates.clear();
    results.network.reset();
  }
  file.write(results);
  file.commit();
}

/// Names of all datasets; checks on the way that every axis of each has a scale of its length.
inline herr_t check_scales(hid_t root, const char* name, const H5O_info_t* info, void* names) {
  if (info->type != H5O_TYPE_DATASET) return 0;
  static_cast<std::set<std::string>*>(names)->insert(name);
  CAPTURE(name);
  const hid_t dataset = H5Dopen2(root, name, H5P_DEFAULT), space = H5Dget_space(dataset);
  const auto rank = static_cast<unsigned>(H5Sget_simple_extent_ndims(space));
  if (H5DSis_scale(dataset) > 0)
    CHECK(rank == 1);
  else
    for (unsigned axis = 0; axis < rank; ++axis) CHECK(H5DSget_num_scales(dataset, axis) == 1);
  H5Sclose(space);
  H5Dclose(dataset);
  return 0;
}

inline std::set<std::string> checked_datasets(const std::filesystem::path& path) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  REQUIRE(file >= 0);
  std::set<std::string> names;
  CHECK(H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, check_scales, &names, H5O_INFO_BASIC) >= 0);
  H5Fclose(file);
  return names;
}

inline std::vector<double> numbers(const std::filesystem::path& path, const char* name, std::vector<hsize_t> shape) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  REQUIRE(file >= 0);
  std::vector<double> values = numbers(file, name, std::move(shape));
  H5Fclose(file);
  return values;
}

inline std::string attribute(const std::filesystem::path& path, const char* object, const char* name) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  char* text = nullptr;
  const hid_t opened = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
  std::string value = "(absent)";
  if (opened >= 0) {
    const hid_t type = H5Aget_type(opened);
    if (H5Aread(opened, type, &text) >= 0 && text) value = text;
    H5free_memory(text);
    H5Tclose(type);
    H5Aclose(opened);
  }
  H5Fclose(file);
  return value;
}

}  // namespace valleyflux
