#include "output/report/stored_result.hpp"

#include <algorithm>
#include <map>

namespace valleyflux {

namespace {

class StoredInMemory final : public StoredResult {
 public:
  explicit StoredInMemory(const ResultInMemory& result) : result_(&result) {
    for (const MemoryDatasets::Entry& entry : result.datasets().entries()) entries_[entry.name] = &entry;
  }

  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (const auto& [name, entry] : entries_) all.push_back(name);
    return all;
  }

  std::vector<Index> shape(const std::string& dataset) const override {
    const auto* entry = find(dataset);
    return entry ? entry->shape : std::vector<Index>{};
  }

  std::vector<double> numbers(const std::string& dataset) const override {
    const auto* entry = find(dataset);
    if (!entry) return {};
    if (const auto* counts = std::get_if<std::vector<int>>(&entry->values)) return {counts->begin(), counts->end()};
    const auto* numbers = std::get_if<std::vector<double>>(&entry->values);
    return numbers ? *numbers : std::vector<double>{};
  }

  std::vector<double> row(const std::string& dataset, Index place) const override {
    const auto* entry = find(dataset);
    const auto* numbers = entry ? std::get_if<std::vector<double>>(&entry->values) : nullptr;
    if (!numbers) return {};
    const auto size = static_cast<Index>(numbers->size()) / entry->shape[0];
    return {numbers->begin() + place * size, numbers->begin() + (place + 1) * size};
  }

  std::vector<std::string> texts(const std::string& dataset) const override {
    const auto* entry = find(dataset);
    const auto* texts = entry ? std::get_if<std::vector<std::string>>(&entry->values) : nullptr;
    return texts ? *texts : std::vector<std::string>{};
  }

  std::string attribute(const std::string& dataset, const std::string& name) const override {
    const auto* entry = find(dataset);
    if (!entry) return "";
    for (const auto& [key, value] : entry->attributes)
      if (key == name) return key == "units" ? in_units(value, result_->units()) : value;
    return "";
  }

  std::string attribute(const std::string& name) const override {
    const auto* value = attached<std::string>(name);
    return value ? *value : "";
  }

  std::vector<double> attribute_numbers(const std::string& name) const override {
    if (const auto* value = attached<double>(name)) return {*value};
    const auto* values = attached<std::vector<double>>(name);
    return values ? *values : std::vector<double>{};
  }

 private:
  const MemoryDatasets::Entry* find(const std::string& dataset) const {
    const auto found = entries_.find(dataset);
    return found == entries_.end() ? nullptr : found->second;
  }

  template <class T>
  const T* attached(const std::string& name) const {
    for (const auto& [key, value] : result_->datasets().attributes())
      if (key == name) return std::get_if<T>(&value);
    return nullptr;
  }

  const ResultInMemory* result_;
  std::map<std::string, const MemoryDatasets::Entry*> entries_;
};

}  // namespace

std::unique_ptr<StoredResult> result_in_memory(const ResultInMemory& result) {
  return std::make_unique<StoredInMemory>(result);
}

}  // namespace valleyflux
