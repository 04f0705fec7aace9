#include "output/memory_datasets.hpp"

#include <fmt/format.h>

#include <functional>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

std::vector<double> numbers_in(const Eigen::VectorXd& values) {
  return {values.begin(), values.end()};
}

Index places_in(const std::vector<Index>& shape) {
  return std::accumulate(shape.begin(), shape.end(), Index{1}, std::multiplies<>());
}

void require_places(const std::string& name, std::size_t given, const std::vector<Index>& shape) {
  if (static_cast<Index>(given) != places_in(shape))
    throw std::invalid_argument(fmt::format("{}: {} values given for {} places", name, given, places_in(shape)));
}

}  // namespace

MemoryDatasets::MemoryDatasets(std::vector<Entry> entries, AttributeList attributes)
    : attributes_(std::move(attributes)) {
  for (Entry& entry : entries) add(std::move(entry));
}

MemoryDatasets::Entry& MemoryDatasets::add(Entry entry) {
  if (!numbers_.emplace(entry.name, entries_.size()).second)
    throw std::invalid_argument(fmt::format("{}: there is a dataset of that name already", entry.name));
  return entries_.emplace_back(std::move(entry));
}

std::vector<Index> MemoryDatasets::shape_over(const std::string& name, const std::vector<std::string>& scales) const {
  std::vector<Index> shape;
  for (const std::string& scale : scales) {
    if (!has_scale(scale)) throw std::invalid_argument(fmt::format("{}: there is no scale {}", name, scale));
    shape.push_back(entries_[numbers_.at(scale)].shape[0]);
  }
  return shape;
}

void MemoryDatasets::attribute(const std::string& name, const std::string& value) {
  attributes_.emplace_back(name, value);
}

void MemoryDatasets::attribute(const std::string& name, double value) {
  attributes_.emplace_back(name, value);
}

void MemoryDatasets::attribute(const std::string& name, const std::vector<double>& values) {
  attributes_.emplace_back(name, values);
}

void MemoryDatasets::numeric_scale(const std::string& name, const Eigen::VectorXd& values,
                                   const Attributes& attributes) {
  add({name, Kind::scale, {name}, {values.size()}, numbers_in(values), attributes});
}

void MemoryDatasets::text_scale(const std::string& name, const std::vector<std::string>& values,
                                const Attributes& attributes) {
  add({name, Kind::scale, {name}, {static_cast<Index>(values.size())}, values, attributes});
}

void MemoryDatasets::bare_scale(const std::string& name, Index size) {
  add({name, Kind::bare_scale, {name}, {size}, std::vector<double>{}, {}});
}

bool MemoryDatasets::has_scale(const std::string& name) const {
  const auto found = numbers_.find(name);
  return found != numbers_.end() && entries_[found->second].kind != Kind::dataset;
}

void MemoryDatasets::growing_scale(const std::string& name, const Attributes& attributes) {
  add({name, Kind::scale, {name}, {0}, std::vector<double>{}, attributes}).grows = true;
}

void MemoryDatasets::dataset(const std::string& name, const std::vector<std::string>& scales,
                             const Eigen::VectorXd& values, const Attributes& attributes) {
  const std::vector<Index> shape = shape_over(name, scales);
  require_places(name, static_cast<std::size_t>(values.size()), shape);
  add({name, Kind::dataset, scales, shape, numbers_in(values), attributes});
}

void MemoryDatasets::dataset(const std::string& name, const std::vector<std::string>& scales,
                             const std::vector<int>& values, const Attributes& attributes) {
  const std::vector<Index> shape = shape_over(name, scales);
  require_places(name, values.size(), shape);
  add({name, Kind::dataset, scales, shape, values, attributes});
}

void MemoryDatasets::dataset(const std::string& name, const std::vector<std::string>& scales,
                             const std::vector<std::string>& values, const Attributes& attributes) {
  const std::vector<Index> shape = shape_over(name, scales);
  require_places(name, values.size(), shape);
  add({name, Kind::dataset, scales, shape, values, attributes});
}

void MemoryDatasets::integer_attribute(const std::string& dataset, const std::string& name,
                                       const std::vector<int>& values) {
  entries_.at(numbers_.at(dataset)).integer_attributes.emplace_back(name, values);
}

void MemoryDatasets::growing_dataset(const std::string& name, const std::vector<std::string>& scales,
                                     const Attributes& attributes) {
  std::vector<Index> shape = shape_over(name, scales);
  shape[0] = 0;
  add({name, Kind::dataset, scales, std::move(shape), std::vector<double>{}, attributes}).grows = true;
}

void MemoryDatasets::append(const std::string& name, const Eigen::VectorXd& row) {
  Entry& entry = entries_.at(numbers_.at(name));
  require_places(name, static_cast<std::size_t>(row.size()), {entry.shape.begin() + 1, entry.shape.end()});
  auto& values = std::get<std::vector<double>>(entry.values);
  values.insert(values.end(), row.begin(), row.end());
  ++entry.shape[0];
}

void MemoryDatasets::write_to(Datasets& others) const {
  for (const auto& [name, value] : attributes_)
    std::visit([&, &name = name](const auto& one) { others.attribute(name, one); }, value);
  for (const Entry& entry : entries_) {
    const auto* numbers = std::get_if<std::vector<double>>(&entry.values);
    if (entry.kind == Kind::bare_scale) {
      others.bare_scale(entry.name, entry.shape[0]);
    } else if (entry.grows) {
      if (entry.kind == Kind::scale)
        others.growing_scale(entry.name, entry.attributes);
      else
        others.growing_dataset(entry.name, entry.scales, entry.attributes);
      const Index row = places_in({entry.shape.begin() + 1, entry.shape.end()});
      for (Index k = 0; k < entry.shape[0]; ++k)
        others.append(entry.name, Eigen::Map<const Eigen::VectorXd>(numbers->data() + k * row, row));
    } else if (numbers) {
      const Eigen::Map<const Eigen::VectorXd> values(numbers->data(), static_cast<Index>(numbers->size()));
      if (entry.kind == Kind::scale)
        others.numeric_scale(entry.name, values, entry.attributes);
      else
        others.dataset(entry.name, entry.scales, values, entry.attributes);
    } else if (const auto* texts = std::get_if<std::vector<std::string>>(&entry.values)) {
      if (entry.kind == Kind::scale)
        others.text_scale(entry.name, *texts, entry.attributes);
      else
        others.dataset(entry.name, entry.scales, *texts, entry.attributes);
    } else {
      others.dataset(entry.name, entry.scales, std::get<std::vector<int>>(entry.values), entry.attributes);
    }
    for (const auto& [name, values] : entry.integer_attributes) others.integer_attribute(entry.name, name, values);
  }
}

}  // namespace valleyflux
