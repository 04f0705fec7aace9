#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace valleyflux {

/// Without what typesets powers and signs: of Grace \S and \N, of TeX $, signs and digits that are raised; dots between
/// factors are blanks.
std::string without_typesetting(std::string_view text);

/// The same without blanks and signs of powers and indices: "kJmol-1".
std::string plain_unit(std::string_view text);

/// The one spelling of a unit of energies, lengths, angles or times that tables are in: "kJ mol\S-1\N", "KJ/MOL" and
/// "kJ/mol" are "kJ/mol", "Angstroms" is "A", "picosecond" is "ps". Nothing for others.
std::optional<std::string> known_unit(std::string_view text);

/// That spelling; of a unit that is not known its own.
std::string same_unit(std::string_view unit);

/// k_B in a unit of energies per kelvin, whose quotients convert one unit into another; nothing for others, and for kT.
std::optional<double> boltzmann_constant(std::string_view unit);

/// Whether a known unit is one of energies.
bool is_energy(std::string_view unit);

/// The units of energies that are known, and those of lengths, angles and times: "kJ/mol, J/mol, ...".
std::string known_energies();
std::string known_coordinates();

}  // namespace valleyflux
