#pragma once

#include "output/result_file.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace valleyflux {

/// A finished result, read one dataset at a time under the names that its file has for them. Numbers are in row-major
/// order, NaN where they are missing; units are worded ("kJ/mol", "1" where they are not known). What is not there is
/// empty. Members throw OutputError where a dataset cannot be read.
class StoredResult {
 public:
  virtual ~StoredResult() = default;

  /// Of the datasets, sorted.
  virtual std::vector<std::string> names() const = 0;
  virtual std::vector<Index> shape(const std::string& dataset) const = 0;
  virtual std::vector<double> numbers(const std::string& dataset) const = 0;
  /// Those at one place of the slowest axis.
  virtual std::vector<double> row(const std::string& dataset, Index place) const = 0;
  virtual std::vector<std::string> texts(const std::string& dataset) const = 0;
  /// A text attached to a dataset: units, long_name, boundary.
  virtual std::string attribute(const std::string& dataset, const std::string& name) const = 0;

  /// What is attached to the whole.
  virtual std::string attribute(const std::string& name) const = 0;
  virtual std::vector<double> attribute_numbers(const std::string& name) const = 0;

  bool has(const std::string& dataset) const { return !shape(dataset).empty(); }
};

/// The result in a file. Throws std::invalid_argument, "FILE: error: ...", if it is none of this program.
std::unique_ptr<StoredResult> result_in_file(const std::filesystem::path& file);

/// A result in memory, which has to outlive this.
std::unique_ptr<StoredResult> result_in_memory(const ResultInMemory& result);

}  // namespace valleyflux
