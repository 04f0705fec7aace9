#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace valleyflux {

/// A label such as "F [kJ/mol]" or "z (nm)", apart; the square of a unit that is known is "(kJ/mol)^2". The unit is
/// empty where there is none that is known, and the name is the whole label then.
struct UnitLabel {
  std::string name, unit;
};
UnitLabel unit_label(std::string_view label);

/// The same whatever stands in the first brackets behind the name, "K" of "F (K)".
UnitLabel bracket_label(std::string_view label);

/// What stands in the place of a unit and is none that is known, "foo" of "F [foo]" and "F (foo)"; empty where nothing
/// does, and for arguments "F(x)", remarks "F (T = 3)" and what says that there is none, "-" or "1".
UnitLabel unknown_unit(std::string_view label);

/// A label without its unit, and without what stands in the place of one in square brackets.
std::string column_name(std::string_view label);

/// Whether a unit is the square of one, as unit_label spells it.
bool is_square(std::string_view unit);

/// Throws std::invalid_argument for a unit that may be either of two: MEV, for meV or MeV.
void require_clear_unit(std::string_view unit);

/// Names with the units that a line of their own below them tells: "phi", "F" and "rad", "kJ", "mol-1" are "phi [rad]"
/// and "F [kJ/mol]"; words that are no unit are put there too. Nothing where these words are no such line: as many
/// units as names, at least half of them known or products of known ones (compound_unit). Throws std::invalid_argument
/// where a name has another unit in brackets, and for a unit that may be either of two.
std::optional<std::vector<std::string>> with_units(const std::vector<std::string>& names,
                                                   const std::vector<std::string>& units);

/// Words between blanks with what stands in brackets behind a word joined to it: "x", "[nm]" -> "x [nm]".
std::vector<std::string> with_brackets_joined(const std::vector<std::string>& words);

}  // namespace valleyflux
