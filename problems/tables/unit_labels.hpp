#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// The one spelling of a unit of energies, lengths, angles or times that tables are in: "kJ mol\S-1\N", "KJ/MOL" and
/// "kJ/mol" are "kJ/mol", "Angstroms" is "A", "picosecond" is "ps". Nothing for others.
std::optional<std::string> known_unit(std::string_view text);

/// That spelling; of a unit that is not known its own.
std::string same_unit(std::string_view unit);

/// k_B in a unit of energies per kelvin, whose quotients convert one unit into another; nothing for others, and for kT.
std::optional<double> boltzmann_constant(std::string_view unit);

/// Whether a known unit is one of energies.
bool is_energy(std::string_view unit);

/// A label such as "F [kJ/mol]" or "z (nm)", apart; the square of a unit that is known is "(kJ/mol)^2". The unit is
/// empty where there is none that is known, and the name is the whole label then.
struct UnitLabel {
  std::string name, unit;
};
UnitLabel unit_label(std::string_view label);

/// The same whatever stands in the first brackets behind the name, "K" of "F (K)".
UnitLabel bracket_label(std::string_view label);

/// Whether a unit is the square of one, as unit_label spells it.
bool is_square(std::string_view unit);

/// Throws std::invalid_argument for a unit that may be either of two: MEV, for meV or MeV.
void require_clear_unit(std::string_view unit);

/// Names with the units that a line of their own below them tells: "phi", "F" and "rad", "kJ", "mol-1" are "phi [rad]"
/// and "F [kJ/mol]". Nothing where these words are no such line: as many units as names, at least half of them known.
/// Throws std::invalid_argument where a name has another unit in brackets, and for a unit that may be either of two.
std::optional<std::vector<std::string>> with_units(const std::vector<std::string>& names,
                                                   const std::vector<std::string>& units);

/// Words between blanks with what stands in brackets behind a word joined to it: "x", "[nm]" -> "x [nm]".
std::vector<std::string> with_brackets_joined(const std::vector<std::string>& words);

}  // namespace valleyflux
