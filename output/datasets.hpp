#pragma once

#include "grids/point.hpp"

#include <Eigen/Core>

#include <string>
#include <utility>
#include <vector>

namespace valleyflux {

/// Where the datasets of a result go: an HDF5 file, or memory. Every axis of every dataset is a scale of a name; a name
/// is given once. Attributes `units` name a dimension (in_units). Members throw std::invalid_argument if the number of
/// values does not fit the scales, and what the place of the datasets throws.
class Datasets {
 public:
  using Attributes = std::vector<std::pair<std::string, std::string>>;

  virtual ~Datasets() = default;

  /// Attributes of the whole: texts, numbers and lists of them.
  virtual void attribute(const std::string& name, const std::string& value) = 0;
  virtual void attribute(const std::string& name, double value) = 0;
  virtual void attribute(const std::string& name, const std::vector<double>& values) = 0;

  /// One-dimensional datasets that are scales of their own name.
  virtual void numeric_scale(const std::string& name, const Eigen::VectorXd& values,
                             const Attributes& attributes = {}) = 0;
  virtual void text_scale(const std::string& name, const std::vector<std::string>& values,
                          const Attributes& attributes = {}) = 0;
  /// An axis without values (such as the two ends of a cell).
  virtual void bare_scale(const std::string& name, Index size) = 0;
  virtual bool has_scale(const std::string& name) const = 0;
  /// A scale that grows by append().
  virtual void growing_scale(const std::string& name, const Attributes& attributes = {}) = 0;

  /// Datasets over scales, the slowest first; values in row-major order. NaN stands for missing.
  virtual void dataset(const std::string& name, const std::vector<std::string>& scales, const Eigen::VectorXd& values,
                       const Attributes& attributes = {}) = 0;
  virtual void dataset(const std::string& name, const std::vector<std::string>& scales, const std::vector<int>& values,
                       const Attributes& attributes = {}) = 0;
  virtual void dataset(const std::string& name, const std::vector<std::string>& scales,
                       const std::vector<std::string>& values, const Attributes& attributes = {}) = 0;
  virtual void integer_attribute(const std::string& dataset, const std::string& name,
                                 const std::vector<int>& values) = 0;

  /// A dataset whose slowest scale grows.
  virtual void growing_dataset(const std::string& name, const std::vector<std::string>& scales,
                               const Attributes& attributes = {}) = 0;
  /// Adds one row (values over the other scales) at the end of a growing scale or dataset.
  virtual void append(const std::string& name, const Eigen::VectorXd& row) = 0;

  /// All that was written so far is to survive the process.
  virtual void flush() = 0;
};

}  // namespace valleyflux
