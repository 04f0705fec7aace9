#include "problems/case/case_value.hpp"

#include "problems/case/toml_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>
#include <vector>

namespace valleyflux {

namespace {

/// As TOML writes it, but numbers in their shortest form.
std::string shown(const toml::node& node) {
  std::vector<std::string> parts;
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, value] : *table)
      parts.push_back(fmt::format("{} = {}", std::string(key.str()), shown(value)));
    return fmt::format("{{ {} }}", fmt::join(parts, ", "));
  }
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& value : *array) parts.push_back(shown(value));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  }
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  std::ostringstream out;
  node.visit([&](const auto& value) { out << value; });
  return out.str();
}

}  // namespace

std::string value_in_case(const Case& definition, const std::string& key) {
  const toml::table root = parsed_toml(definition.text, definition.file);
  const toml::node* node = &root;
  std::istringstream parts(key);
  for (std::string part; node && std::getline(parts, part, '.');) {
    if (const toml::table* table = node->as_table()) {
      node = table->get(part);
      continue;
    }
    const toml::array* array = node->as_array();
    node = nullptr;
    for (std::size_t n = 0; array && n < array->size(); ++n) {
      const toml::table* entry = array->get_as<toml::table>(n);
      if (part == std::to_string(n) || (entry && (*entry)["name"].value<std::string>() == part)) node = array->get(n);
    }
  }
  return node ? shown(*node) : "";
}

}  // namespace valleyflux
