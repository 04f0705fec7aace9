#pragma once

#include "output/datasets.hpp"

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace valleyflux {

/// Datasets that are kept in memory, as they were given.
class MemoryDatasets final : public Datasets {
 public:
  enum class Kind { scale, bare_scale, dataset };

  struct Entry {
    std::string name;
    Kind kind = Kind::dataset;
    std::vector<std::string> scales;  // a scale's own name; the slowest first
    std::vector<Index> shape;
    std::variant<std::vector<double>, std::vector<int>, std::vector<std::string>> values;  // row-major
    Attributes attributes;
    std::vector<std::pair<std::string, std::vector<int>>> integer_attributes = {};
    bool grows = false;
  };
  using AttributeValue = std::variant<std::string, double, std::vector<double>>;

  using AttributeList = std::vector<std::pair<std::string, AttributeValue>>;

  MemoryDatasets() = default;
  /// Those that another one held. Throws std::invalid_argument if two are of one name.
  MemoryDatasets(std::vector<Entry> entries, AttributeList attributes);

  void attribute(const std::string& name, const std::string& value) override;
  void attribute(const std::string& name, double value) override;
  void attribute(const std::string& name, const std::vector<double>& values) override;
  void numeric_scale(const std::string& name, const Eigen::VectorXd& values, const Attributes& attributes) override;
  void text_scale(const std::string& name, const std::vector<std::string>& values,
                  const Attributes& attributes) override;
  void bare_scale(const std::string& name, Index size) override;
  bool has_scale(const std::string& name) const override;
  void growing_scale(const std::string& name, const Attributes& attributes) override;
  void dataset(const std::string& name, const std::vector<std::string>& scales, const Eigen::VectorXd& values,
               const Attributes& attributes) override;
  void dataset(const std::string& name, const std::vector<std::string>& scales, const std::vector<int>& values,
               const Attributes& attributes) override;
  void dataset(const std::string& name, const std::vector<std::string>& scales, const std::vector<std::string>& values,
               const Attributes& attributes) override;
  void integer_attribute(const std::string& dataset, const std::string& name, const std::vector<int>& values) override;
  void growing_dataset(const std::string& name, const std::vector<std::string>& scales,
                       const Attributes& attributes) override;
  void append(const std::string& name, const Eigen::VectorXd& row) override;
  void flush() override {}

  /// In the order in which they were given.
  const std::vector<Entry>& entries() const { return entries_; }
  const AttributeList& attributes() const { return attributes_; }

  /// Gives all of them to others.
  void write_to(Datasets& others) const;

 private:
  Entry& add(Entry entry);
  std::vector<Index> shape_over(const std::string& name, const std::vector<std::string>& scales) const;

  std::vector<Entry> entries_;
  std::map<std::string, std::size_t> numbers_;  // of the entries, by name
  AttributeList attributes_;
};

}  // namespace valleyflux
