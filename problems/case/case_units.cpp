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

/// rate = "1/s": the unit of time that rates and times of escapes are converted to.
std::string escape_time_of(CaseReader& table, const std::string& time) {
  const auto rate = table.text("rate");
  if (!rate) return "";
  const std::vector<std::string> known = time_units();
  const auto asked = time_of_rate(*rate);
  if (!asked)
    table.fail("rate", fmt::format("{} must be one over a unit of time, such as \"1/s\" (known: {}; got \"{}\")",
                                   table.name("rate"), fmt::join(known, ", "), *rate));
  if (std::find(known.begin(), known.end(), time) == known.end())
    table.fail("rate", fmt::format("{} needs {}, the unit of the case's own times, to convert from: one of {}{}",
                                   table.name("rate"), table.name("time"), fmt::join(known, ", "),
                                   time.empty() ? "" : fmt::format(" (got \"{}\")", time)));
  return *asked == time ? "" : *asked;
}

}  // namespace

Units read_units(CaseReader& table, const std::vector<std::string>& axes) {
  Units units{unit_of(table, "energy"), unit_of(table, "time"), "", {}};
  units.escape_time = escape_time_of(table, units.time);
  if (const toml::node* length = table.find("length"); length && length->is_table()) {
    CaseReader by_axis = *table.table("length");
    const std::vector<std::string> letters = variable_names(static_cast<int>(axes.size()));
    for (std::size_t k = 0; k < axes.size(); ++k) {
      if (!by_axis.find(letters[k]))
        table.fail("length", fmt::format("{} lacks {}: give the units of {}, or one for all as a text",
                                         table.name("length"), axes[k], fmt::join(axes, ", ")));
      units.length.push_back({axes[k], unit_of(by_axis, letters[k])});
    }
    by_axis.finish();
  } else if (length) {
    const std::string unit = unit_of(table, "length");
    for (const std::string& axis : axes) units.length.push_back({axis, unit});
  }
  table.finish();
  return units;
}

void add_units_of_file(const UnitsOfFile& told, const std::vector<std::string>& axes, Units& units,
                       std::vector<std::string>& warnings) {
  const auto add = [&](const std::string& what, const std::string& in_file, std::string& unit) {
    if (in_file.empty() || in_file == unit) return;
    if (unit.empty())
      unit = in_file;
    else
      warnings.push_back(fmt::format("{} is in {} as {} says, in {} as the case says: numbers are taken as they stand",
                                     what, in_file, told.file, unit));
  };
  add("the landscape", told.energy, units.energy);
  if (std::all_of(told.length.begin(), told.length.end(), [](const std::string& unit) { return unit.empty(); })) return;
  if (units.length.empty())
    for (const std::string& axis : axes) units.length.push_back({axis, ""});
  for (std::size_t k = 0; k < told.length.size(); ++k) add(axes[k], told.length[k], units.length[k].unit);
}

}  // namespace valleyflux
