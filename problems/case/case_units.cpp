#include "problems/case/case_units.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace valleyflux {

namespace {

/// What a table's head, a figure's axis and an attribute can hold.
void require_unit(const CaseReader& table, const std::string& key, const std::string& unit) {
  constexpr std::size_t longest = 40;
  const auto unprintable = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (unit.empty() || unit.size() > longest || std::any_of(unit.begin(), unit.end(), unprintable))
    table.fail(key, fmt::format("{} must be the name of a unit, such as \"kJ/mol\" or \"ns\", of {} characters at most",
                                table.name(key), longest));
}

std::string unit_of(CaseReader& table, const std::string& key) {
  const auto unit = table.text(key);
  if (unit) require_unit(table, key, *unit);
  return unit.value_or("");
}

}  // namespace

Units read_units(CaseReader& table, const std::vector<std::string>& axes) {
  Units units{unit_of(table, "energy"), unit_of(table, "time"), {}};
  if (const toml::node* length = table.find("length"); length && length->is_table()) {
    CaseReader by_axis = *table.table("length");
    for (const std::string& axis : axes) {
      if (!by_axis.find(axis))
        table.fail("length", fmt::format("{} lacks {}: give the units of {}, or one for all as a text",
                                         table.name("length"), axis, fmt::join(axes, ", ")));
      units.length.push_back({axis, unit_of(by_axis, axis)});
    }
    by_axis.finish();
  } else if (length) {
    const std::string unit = unit_of(table, "length");
    for (const std::string& axis : axes) units.length.push_back({axis, unit});
  }
  table.finish();
  return units;
}

}  // namespace valleyflux
