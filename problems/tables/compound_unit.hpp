#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace valleyflux {

/// A product of powers of units, "nm^2/ps" or "kJ mol^-1 nm^-1": factor times the SI's units to these powers.
struct CompoundUnit {
  double factor = 1.0;
  std::array<int, 5> powers{};  // of J, m, s, rad, and of kT, that no factor leads to

  bool operator==(const CompoundUnit&) const = default;
};

/// What a text means whose factors are units that known_unit knows, those of the SI, mol (a number) and numbers ("10^-5
/// cm^2/s"): powers behind them, "/" before what divides, blanks, "*" or dots between them, brackets around those that
/// a
/// "/" or a power is of. Nothing where one of them is not known.
std::optional<CompoundUnit> compound_unit(std::string_view text);

/// Whether one is the square of the other, but for a factor.
bool is_square_of(const CompoundUnit& square, const CompoundUnit& root);

}  // namespace valleyflux
