#include "problems/tables/axis_kind.hpp"

#include "problems/tables/known_units.hpp"
#include "problems/tables/named_axes.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>
#include <string_view>

namespace valleyflux {

namespace {

std::string letters_of(std::string_view text) {
  std::string letters;
  for (const char c : text)
    if (std::isdigit(static_cast<unsigned char>(c)) == 0 && c != '_')
      letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return letters;
}

bool names_angle(std::string_view name) {
  constexpr std::string_view whole[] = {"phi", "psi", "chi", "omega", "theta", "tau", "ang", "deg", "rad"};
  constexpr std::string_view parts[] = {"angle",    "dihed",    "torsion",  "azimuth",  "rotation", "\xCF\x86",
                                        "\xCF\x95", "\xCF\x88", "\xCF\x87", "\xCF\x89", "\xCE\xB8"};  // Greek letters
  const std::string letters = letters_of(name);
  return std::find(std::begin(whole), std::end(whole), letters) != std::end(whole) ||
         std::any_of(std::begin(parts), std::end(parts),
                     [&](std::string_view part) { return letters.find(part) != std::string::npos; });
}

/// Whether it is the usual name of a distance or a time.
bool names_length(std::string_view name) {
  constexpr std::string_view whole[] = {"r", "d", "z", "t", "rc", "rg", "time", "com"};
  constexpr std::string_view parts[] = {"dist", "rmsd", "length", "radius", "separation", "extension", "gyration"};
  const std::string letters = letters_of(name);
  return std::find(std::begin(whole), std::end(whole), letters) != std::end(whole) ||
         std::any_of(std::begin(parts), std::end(parts),
                     [&](std::string_view part) { return letters.find(part) != std::string::npos; });
}

}  // namespace

AxisKind kind_of_axis(const TabulatedValues& table, const SaidOfAxes& said, std::size_t place) {
  const SaidOfAxes::Coordinate of_case = said_of(said, table, place);
  const std::string& unit = table.axes[place].unit.empty() ? of_case.unit : table.axes[place].unit;
  if (const std::string known = same_unit(unit); !known.empty() && known != "1")
    return known == "deg" || known == "rad" ? AxisKind::angle : AxisKind::no_angle;
  if (of_case.periodic.value_or(false) || names_angle(of_case.name)) return AxisKind::angle;
  const bool has_word = std::any_of(table.unknown_units.begin(), table.unknown_units.end(),
                                    [&](const auto& unknown) { return unknown.axis == static_cast<Index>(place); });
  if (has_word || of_case.periodic || names_length(of_case.name)) return AxisKind::no_angle;
  return AxisKind::unknown;
}

}  // namespace valleyflux
