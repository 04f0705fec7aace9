#include "problems/tables/compound_unit.hpp"

#include "problems/tables/known_units.hpp"

#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <system_error>

namespace valleyflux {

namespace {

enum Base { joule, metre, second, radian, thermal };

struct SimpleUnit {
  std::string_view name;
  double factor;
  Base base;
};
constexpr double bohr_radius = 5.29177210903e-11, electronvolt = 1.602176634e-19, hartree = 4.3597447222071e-18;
constexpr SimpleUnit simple_units[] = {{"J", 1.0, joule},
                                       {"kJ", 1e3, joule},
                                       {"cal", 4.184, joule},
                                       {"kcal", 4184.0, joule},
                                       {"eV", electronvolt, joule},
                                       {"meV", 1e-3 * electronvolt, joule},
                                       {"MeV", 1e6 * electronvolt, joule},
                                       {"Ha", hartree, joule},
                                       {"mHa", 1e-3 * hartree, joule},
                                       {"Ry", 0.5 * hartree, joule},
                                       {"kT", 1.0, thermal},
                                       {"m", 1.0, metre},
                                       {"cm", 1e-2, metre},
                                       {"mm", 1e-3, metre},
                                       {"um", 1e-6, metre},
                                       {"nm", 1e-9, metre},
                                       {"A", 1e-10, metre},
                                       {"pm", 1e-12, metre},
                                       {"bohr", bohr_radius, metre},
                                       {"as", 1e-18, second},
                                       {"fs", 1e-15, second},
                                       {"ps", 1e-12, second},
                                       {"ns", 1e-9, second},
                                       {"us", 1e-6, second},
                                       {"ms", 1e-3, second},
                                       {"s", 1.0, second},
                                       {"min", 60.0, second},
                                       {"h", 3600.0, second},
                                       {"d", 86400.0, second},
                                       {"year", 31557600.0, second},
                                       {"rad", 1.0, radian},
                                       {"deg", std::numbers::pi / 180.0, radian}};

CompoundUnit raised(CompoundUnit unit, int power) {
  unit.factor = std::pow(unit.factor, power);
  for (int& one : unit.powers) one *= power;
  return unit;
}

CompoundUnit product(CompoundUnit a, const CompoundUnit& b) {
  a.factor *= b.factor;
  for (std::size_t k = 0; k < a.powers.size(); ++k) a.powers[k] += b.powers[k];
  return a;
}

std::optional<CompoundUnit> unit_of_word(const std::string& word) {
  constexpr double avogadro = 6.02214076e23, piconewton = 1e-12;
  if (word == "mol" || word == "mole") return CompoundUnit{avogadro, {}};
  if (word == "pN") return CompoundUnit{piconewton, {1, -1}};
  const std::string name = same_unit(word);
  for (const SimpleUnit& one : simple_units)
    if (one.name == name) {
      CompoundUnit unit{one.factor, {}};
      unit.powers[one.base] = 1;
      return unit;
    }
  return std::nullopt;
}

/// The factors of a text, from left to right.
class UnitParser {
 public:
  explicit UnitParser(std::string_view text) : rest_(text) {}

  std::optional<CompoundUnit> read() {
    const auto unit = product_of_factors();
    return rest_.empty() ? unit : std::nullopt;
  }

 private:
  static bool separates(char c) { return std::string_view(" \t*.").find(c) != std::string_view::npos; }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<CompoundUnit> product_of_factors() {
    constexpr int most = 8;
    if (++products_ > most) return std::nullopt;
    std::optional<CompoundUnit> all;
    for (;;) {
      while (!rest_.empty() && separates(rest_[0])) rest_.remove_prefix(1);
      if (rest_.empty() || rest_[0] == ')' || rest_[0] == ']') return all;
      const bool below = take('/');
      if (below && !all) return std::nullopt;
      while (!rest_.empty() && rest_[0] == ' ') rest_.remove_prefix(1);
      const auto one = factor();
      if (!one) return std::nullopt;
      all = product(all.value_or(CompoundUnit{}), raised(*one, below ? -1 : 1));
    }
  }

  std::optional<CompoundUnit> factor() {
    std::optional<CompoundUnit> unit;
    if (take('(') || take('[')) {
      unit = product_of_factors();
      if (!unit || (!take(')') && !take(']'))) return std::nullopt;
    } else if (!rest_.empty() && std::isdigit(static_cast<unsigned char>(rest_[0]))) {
      double value = 0.0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
      if (error != std::errc() || !(value > 0.0)) return std::nullopt;
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      unit = CompoundUnit{value, {}};
    } else {
      std::string word;
      while (!rest_.empty() && (std::isalpha(static_cast<unsigned char>(rest_[0])) || rest_[0] == '_')) {
        if (rest_[0] != '_') word += rest_[0];
        rest_.remove_prefix(1);
      }
      unit = unit_of_word(word);
      if (!unit) return std::nullopt;
    }
    const auto exponent = power();
    return exponent ? std::optional(raised(*unit, *exponent)) : std::nullopt;
  }

  /// The power behind a factor: "^-2", "**2", "^{2}", "-1", "2"; 1 where there is none.
  std::optional<int> power() {
    const bool told = rest_.starts_with("**") || rest_.starts_with("^");
    if (told) rest_.remove_prefix(rest_[0] == '^' ? 1 : 2);
    const bool braces = told && (take('{') || take('('));
    const bool minus = rest_.size() > 1 && rest_[0] == '-' && std::isdigit(static_cast<unsigned char>(rest_[1]));
    if (minus || (told && rest_.starts_with('+'))) rest_.remove_prefix(1);
    constexpr int largest = 30;
    int value = 1;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc()) return told ? std::nullopt : std::optional(1);
    if (value > largest) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    if (braces && !take('}') && !take(')')) return std::nullopt;
    return minus ? -value : value;
  }

  std::string_view rest_;
  int products_ = 0;
};

}  // namespace

std::optional<CompoundUnit> compound_unit(std::string_view text) {
  const std::string plain = without_typesetting(text);
  return UnitParser(plain).read();
}

bool is_square_of(const CompoundUnit& square, const CompoundUnit& root) {
  return root.powers != CompoundUnit{}.powers && square.powers == raised(root, 2).powers;
}

}  // namespace valleyflux
