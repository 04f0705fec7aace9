#include "problems/tables/axis_kind.hpp"

#include "problems/tables/known_units.hpp"
#include "problems/tables/named_axes.hpp"
#include "problems/tables/small_letters.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string>
#include <string_view>

namespace valleyflux {

namespace {

/// Whether a name, but for digits and underscores, is one of these or holds one of those parts.
bool goes_by(std::string_view name, std::initializer_list<std::string_view> whole,
             std::initializer_list<std::string_view> parts) {
  std::string letters = in_small_letters(name);
  std::erase_if(letters, [](unsigned char c) { return std::isdigit(c) != 0 || c == '_'; });
  return std::find(whole.begin(), whole.end(), letters) != whole.end() ||
         std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return letters.find(part) != std::string::npos; });
}

bool names_angle(std::string_view name) {
  return goes_by(name, {"phi", "psi", "chi", "omega", "theta", "tau", "ang", "deg", "rad"},
                 {"angle", "dihed", "torsion", "azimuth", "rotation", "\xCF\x86", "\xCF\x95", "\xCF\x88", "\xCF\x87",
                  "\xCF\x89", "\xCE\xB8"});  // Greek letters
}

/// Whether it is the usual name of a distance or a time.
bool names_length(std::string_view name) {
  return goes_by(name, {"r", "d", "z", "t", "rc", "rg", "time", "com"},
                 {"dist", "rmsd", "length", "radius", "separation", "extension", "gyration"});
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
