#pragma once

#include "output/datasets.hpp"
#include "output/output_error.hpp"
#include "problems/units.hpp"

#include <Eigen/Core>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace valleyflux {

/// An HDF5 file being written, laid out so that netCDF, xarray and ParaView read it: every axis of every dataset has a
/// dimension scale, strings are of variable length, and no times are stored, so that equal content gives equal bytes.
/// It is an UnfinishedFile until commit(): a file of its final name stays untouched until then. Every member throws
/// OutputError if HDF5 fails (disk full, no permission).
class Hdf5File final : public Datasets {
 public:
  /// What attributes `units` name is a dimension, which the file words in these units (in_units).
  explicit Hdf5File(const std::filesystem::path& path, Units units = {});
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;
  /// Leaves nothing behind unless committed.
  ~Hdf5File() override;

  void attribute(const std::string& name, const std::string& value) override;
  void attribute(const std::string& name, double value) override;
  void attribute(const std::string& name, const std::vector<double>& values) override;
  void numeric_scale(const std::string& name, const Eigen::VectorXd& values,
                     const Attributes& attributes = {}) override;
  void text_scale(const std::string& name, const std::vector<std::string>& values,
                  const Attributes& attributes = {}) override;
  void bare_scale(const std::string& name, Index size) override;
  bool has_scale(const std::string& name) const override;
  void growing_scale(const std::string& name, const Attributes& attributes = {}) override;
  void dataset(const std::string& name, const std::vector<std::string>& scales, const Eigen::VectorXd& values,
               const Attributes& attributes = {}) override;
  void dataset(const std::string& name, const std::vector<std::string>& scales, const std::vector<int>& values,
               const Attributes& attributes = {}) override;
  void dataset(const std::string& name, const std::vector<std::string>& scales, const std::vector<std::string>& values,
               const Attributes& attributes = {}) override;
  void integer_attribute(const std::string& dataset, const std::string& name, const std::vector<int>& values) override;
  /// One row is one chunk.
  void growing_dataset(const std::string& name, const std::vector<std::string>& scales,
                       const Attributes& attributes = {}) override;
  void append(const std::string& name, const Eigen::VectorXd& row) override;
  void flush() override;

  /// A dataset of shape (1, rest ...) that shows row `row` of a growing one, with scales on its axes.
  void row_view(const std::string& name, const std::string& source, Index row);
  void commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace valleyflux
