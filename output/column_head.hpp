#pragma once

#include "output/fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

namespace valleyflux {

/// A field's name as the head of a column, with its unit where the case says it. Throws std::logic_error for a name
/// that no field of the owner has.
template <Described Owner>
std::string column_head(std::string_view name, const Units& units) {
  if (!describes<Owner>(name)) throw std::logic_error(fmt::format("no field is called {}", name));
  std::string text(name);
  std::replace(text.begin(), text.end(), '_', ' ');
  for_each_field<Owner>([&](const auto& field) {
    if (field.name != name || field.unit.empty() || field.unit == "1") return;
    if (const std::string unit = in_units(field.unit, units); unit != "1") text += fmt::format(" ({})", unit);
  });
  return text;
}

}  // namespace valleyflux
