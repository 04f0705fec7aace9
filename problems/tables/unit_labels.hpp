#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// The one spelling of a unit of energies, lengths or angles that tables are in: "kJ mol\S-1\N", "kJ mol^-1" and
/// "kJ/mol" are "kJ/mol", "Angstrom" is "A". Nothing for others.
std::optional<std::string> known_unit(std::string_view text);

/// Whether a known unit is one of energies.
bool is_energy(std::string_view unit);

/// A label such as "F [kJ/mol]" or "z (nm)", apart. The unit is empty where there is none that is known, and the name
/// is the whole label then.
struct UnitLabel {
  std::string name, unit;
};
UnitLabel unit_label(std::string_view label);

/// Names with the units that a line of their own below them tells: "phi", "F" and "rad", "kJ/mol" are "phi [rad]" and
/// "F [kJ/mol]". Nothing where these words are no such line: as many as the names, at least half of them known units.
std::optional<std::vector<std::string>> with_units(const std::vector<std::string>& names,
                                                   const std::vector<std::string>& units);

/// Words between blanks with what stands in brackets behind a word joined to it: "x", "[nm]" -> "x [nm]".
std::vector<std::string> with_brackets_joined(const std::vector<std::string>& words);

}  // namespace valleyflux
