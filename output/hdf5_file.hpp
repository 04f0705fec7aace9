#pragma once

#include "grids/point.hpp"
#include "output/output_error.hpp"
#include "problems/units.hpp"

#include <Eigen/Core>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace valleyflux {

/// An HDF5 file being written, laid out so that netCDF, xarray and ParaView read it: every axis of every dataset has a
/// dimension scale, strings are of variable length, and no times are stored, so that equal content gives equal bytes.
/// It is an UnfinishedFile until commit(): a file of its final name stays untouched until then. Every member throws
/// OutputError if HDF5 fails (disk full, no permission), and std::invalid_argument if the number of values does not fit
/// the scales.
class Hdf5File {
 public:
  /// What attributes `units` name is a dimension, which the file words in these units (in_units).
  explicit Hdf5File(const std::filesystem::path& path, Units units = {});
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;
  /// Leaves nothing behind unless committed.
  ~Hdf5File();

  using Attributes = std::vector<std::pair<std::string, std::string>>;

  /// Attributes of the file: texts, numbers and lists of them.
  void attribute(const std::string& name, const std::string& value);
  void attribute(const std::string& name, double value);
  void attribute(const std::string& name, const std::vector<double>& values);

  /// One-dimensional datasets that are dimension scales of their own name.
  void numeric_scale(const std::string& name, const Eigen::VectorXd& values, const Attributes& attributes = {});
  void text_scale(const std::string& name, const std::vector<std::string>& values, const Attributes& attributes = {});
  /// An axis without values (such as the two ends of a cell).
  void bare_scale(const std::string& name, Index size);
  bool has_scale(const std::string& name) const;
  /// A scale that grows by append().
  void growing_scale(const std::string& name, const Attributes& attributes = {});

  /// Datasets over scales, the slowest first; values in row-major order. NaN stands for missing.
  void dataset(const std::string& name, const std::vector<std::string>& scales, const Eigen::VectorXd& values,
               const Attributes& attributes = {});
  void dataset(const std::string& name, const std::vector<std::string>& scales, const std::vector<int>& values,
               const Attributes& attributes = {});
  void dataset(const std::string& name, const std::vector<std::string>& scales, const std::vector<std::string>& values,
               const Attributes& attributes = {});
  void integer_attribute(const std::string& dataset, const std::string& name, const std::vector<int>& values);

  /// A dataset whose slowest scale grows; one row (values over the other scales) is one chunk.
  void growing_dataset(const std::string& name, const std::vector<std::string>& scales,
                       const Attributes& attributes = {});
  /// Adds one row at the end of a growing scale or dataset.
  void append(const std::string& name, const Eigen::VectorXd& row);
  /// A dataset of shape (1, rest ...) that shows row `row` of a growing one, with scales on its axes.
  void row_view(const std::string& name, const std::string& source, Index row);

  void flush();
  void commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace valleyflux
