#include "problems/case/case_units.hpp"

#include "problems/tables/compound_unit.hpp"
#include "problems/tables/known_units.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <system_error>

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
  if (!is_time(time))
    table.fail(time.empty() ? "rate" : "time",
               fmt::format("{} needs {}, the unit of the case's own times, to convert from: one of {}{}",
                           table.name("rate"), table.name("time"), fmt::join(known, ", "),
                           time.empty() ? "" : fmt::format(" (got \"{}\")", time)));
  return rate_conversion(time, *asked) == 1.0 ? "" : *asked;
}

/// Of what a file says in another unit than the case.
std::string taken_as_it_stands(const std::string& what, const std::string& in_file, const std::string& file,
                               const std::string& of_case) {
  return fmt::format("{} is in {} as {} says, in {} as the case says: numbers are taken as they stand", what, in_file,
                     file, of_case);
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
    if (in_file.empty() || same_unit(in_file) == same_unit(unit)) return;
    if (unit.empty())
      unit = in_file;
    else
      warnings.push_back(taken_as_it_stands(what, in_file, told.file, unit));
  };
  const std::vector<Units::Length> given = units.length;
  for (const auto& one : told.unknown) {
    const std::string unit = !one.axis       ? units.energy
                             : given.empty() ? ""
                                             : given[static_cast<std::size_t>(*one.axis)].unit;
    if (same_unit(unit) == same_unit(one.word) || (one.axis && unit.empty())) continue;
    warnings.push_back(fmt::format(
        "{}: \"{}\" stands in the place of the unit of {} and is none that is known ({}): numbers are taken {}",
        one.line > 0 ? fmt::format("{}:{}", told.file, one.line) : told.file, one.word, one.column,
        one.axis ? known_coordinates() : known_energies(),
        unit.empty() ? "as they stand; units.energy names their unit" : "in " + unit + ", as the case says"));
  }
  add("the landscape", told.energy, units.energy);
  if (std::all_of(told.length.begin(), told.length.end(), [](const std::string& unit) { return unit.empty(); })) return;
  if (units.length.empty())
    for (const std::string& axis : axes) units.length.push_back({axis, ""});
  for (std::size_t k = 0; k < told.length.size(); ++k) add(axes[k], told.length[k], units.length[k].unit);
}

void compare_units(const std::string& key, const TableFunction& table, const Units& units,
                   std::vector<std::string>& warnings) {
  const auto differ = [&](const std::string& what, const std::string& in_file, const std::string& of_case) {
    warnings.push_back(taken_as_it_stands(what, in_file, table.name(), of_case));
  };
  const auto& axes = table.axes();
  for (std::size_t k = 0; k < std::min(axes.size(), units.length.size()); ++k) {
    const std::string& unit = units.length[k].unit;
    if (!axes[k].unit.empty() && !unit.empty() && same_unit(axes[k].unit) != same_unit(unit))
      differ(fmt::format("{} of {}", units.length[k].axis, key), axes[k].unit, unit);
  }
  if (units.length.empty() || units.time.empty()) return;
  const std::string& length = units.length[0].unit;
  const bool alike = std::all_of(units.length.begin(), units.length.end(),
                                 [&](const Units::Length& one) { return one.unit == length; });
  if (length.empty() || !alike) return;
  const std::string expected = key.starts_with("drift") ? fmt::format("{}/{}", length, units.time)
                               : key.find("mobility") != std::string::npos
                                   ? fmt::format("{}^2/({} {})", length, units.time, units.energy)
                                   : fmt::format("{}^2/{}", length, units.time);
  const auto told = compound_unit(table.unit()), of_case = compound_unit(expected);
  constexpr double same = 1e-12;  // but for round-off, of one unit in two spellings
  if (told && of_case && told->powers == of_case->powers && std::abs(told->factor / of_case->factor - 1.0) > same)
    differ(key, table.unit(), expected);
}

double read_energy(CaseReader& table, const std::string& key, const std::string& unit) {
  const std::string text = table.required_text(key);
  double energy = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), energy);
  const std::string_view behind(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const std::size_t start = std::min(behind.find_first_not_of(' '), behind.size());
  if (error != std::errc() || same_unit(behind.substr(start)) != same_unit(unit))
    table.fail(key, fmt::format("{} must be a number and the unit of units.energy, such as \"2.5 {}\" (got \"{}\")",
                                table.name(key), unit, text));
  return energy;
}

std::optional<std::string> doubt_of_temperature(double kT, const std::string& unit) {
  const std::optional<double> per_kelvin = boltzmann_constant(unit);
  if (!per_kelvin) return std::nullopt;
  // Kilojoules taken for kilocalories at 273 K, and the other way round at 310 K, lie outside.
  constexpr double coldest = 100.0, hottest = 1100.0;
  const double temperature = kT / *per_kelvin;
  if (temperature > coldest && temperature < hottest) return std::nullopt;
  return fmt::format("kT = {:.4g} {} is that of {:.4g} K: is it in the unit of the landscape, units.energy?", kT, unit,
                     temperature);
}

}  // namespace valleyflux
