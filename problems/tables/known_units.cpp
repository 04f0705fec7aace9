#include "problems/tables/known_units.hpp"

#include "problems/tables/small_letters.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

namespace valleyflux {

std::string without_typesetting(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> spellings[] = {
      {"\\S", ""},           {"\\N", ""}, {"\\s", ""}, {"$", ""}, {"\xC2\xB7", " "},  // middle dot
      {"\xE2\x8B\x85", " "},                                                          // dot operator
      {"\xE2\x81\xBB", "-"},                                                          // superscript minus
      {"\xE2\x88\x92", "-"},                                                          // minus sign
      {"\xC2\xB9", "1"},                                                              // superscript one
      {"\xC2\xB2", "2"},                                                              // superscript two
      {"\xC2\xB3", "3"},                                                              // superscript three
      {"\xC3\x85", "A"},                                                              // a with ring
      {"\xE2\x84\xAB", "A"},                                                          // angstrom sign
      {"\xC2\xB5", "u"},                                                              // micro sign
      {"\xCE\xBC", "u"},                                                              // mu
      {"\xC2\xB0", "deg"}};                                                           // degree sign
  std::string plain;
  while (!text.empty()) {
    const auto spelling = std::find_if(std::begin(spellings), std::end(spellings),
                                       [&](const auto& one) { return text.starts_with(one.first); });
    if (spelling != std::end(spellings)) {
      plain += spelling->second;
      text.remove_prefix(spelling->first.size());
      continue;
    }
    plain += text[0];
    text.remove_prefix(1);
  }
  return plain;
}

std::string plain_unit(std::string_view text) {
  std::string plain = without_typesetting(text);
  std::erase_if(plain, [](char c) { return std::string_view(" \t^_{}*.").find(c) != std::string_view::npos; });
  return plain;
}

namespace {

using Spelling = std::pair<std::string_view, std::string_view>;

/// As they are written, for m and M, a and A are different ones.
constexpr Spelling unit_symbols[] = {{"eV", "eV"},
                                     {"meV", "meV"},
                                     {"MeV", "MeV"},
                                     {"J", "J"},
                                     {"Ha", "Ha"},
                                     {"Eh", "Ha"},
                                     {"mHa", "mHa"},
                                     {"mEh", "mHa"},
                                     {"Ry", "Ry"},
                                     {"kT", "kT"},
                                     {"kBT", "kT"},
                                     {"kbT", "kT"},
                                     {"KbT", "kT"},
                                     {"pNnm", "pN nm"},
                                     {"nm", "nm"},
                                     {"A", "A"},
                                     {"AA", "A"},
                                     {"pm", "pm"},
                                     {"um", "um"},
                                     {"fs", "fs"},
                                     {"ps", "ps"},
                                     {"ns", "ns"},
                                     {"us", "us"},
                                     {"ms", "ms"},
                                     // written in capitals
                                     {"EV", "eV"},
                                     {"KT", "kT"},
                                     {"KBT", "kT"},
                                     {"PNNM", "pN nm"},
                                     {"NM", "nm"},
                                     {"PM", "pm"},
                                     {"UM", "um"},
                                     {"FS", "fs"},
                                     {"PS", "ps"},
                                     {"NS", "ns"}};

/// In any case of letters; longer ones with an s of the plural too.
constexpr Spelling unit_words[] = {{"kj/mol", "kJ/mol"},
                                   {"kjmol-1", "kJ/mol"},
                                   {"kj/mole", "kJ/mol"},
                                   {"kcal/mol", "kcal/mol"},
                                   {"kcalmol-1", "kcal/mol"},
                                   {"kcal/mole", "kcal/mol"},
                                   {"j/mol", "J/mol"},
                                   {"jmol-1", "J/mol"},
                                   {"j/mole", "J/mol"},
                                   {"electronvolt", "eV"},
                                   {"hartree", "Ha"},
                                   {"millihartree", "mHa"},
                                   {"rydberg", "Ry"},
                                   {"bohr", "bohr"},
                                   {"ang", "A"},
                                   {"angstrom", "A"},
                                   {"angstroem", "A"},
                                   {"nanometer", "nm"},
                                   {"nanometre", "nm"},
                                   {"picometer", "pm"},
                                   {"picometre", "pm"},
                                   {"micrometer", "um"},
                                   {"micrometre", "um"},
                                   {"micron", "um"},
                                   {"attosecond", "as"},
                                   {"femtosecond", "fs"},
                                   {"picosecond", "ps"},
                                   {"nanosecond", "ns"},
                                   {"microsecond", "us"},
                                   {"millisecond", "ms"},
                                   {"second", "s"},
                                   {"minute", "min"},
                                   {"hour", "h"},
                                   {"day", "d"},
                                   {"year", "year"},
                                   {"deg", "deg"},
                                   {"degree", "deg"},
                                   {"rad", "rad"},
                                   {"radian", "rad"}};

/// k_B = value per kelvin.
struct BoltzmannConstant {
  std::string_view unit;
  double value;
};
constexpr BoltzmannConstant boltzmann_constants[] = {{"kJ/mol", 8.31446261815324e-3},
                                                     {"J/mol", 8.31446261815324},
                                                     {"kcal/mol", 1.98720425864083e-3},
                                                     {"eV", 8.617333262e-5},
                                                     {"meV", 8.617333262e-2},
                                                     {"MeV", 8.617333262e-11},
                                                     {"Ha", 3.1668115634556e-6},
                                                     {"mHa", 3.1668115634556e-3},
                                                     {"Ry", 6.3336231269112e-6},
                                                     {"J", 1.380649e-23},
                                                     {"pN nm", 1.380649e-2}};

constexpr std::string_view energies[] = {"kJ/mol", "J/mol", "kcal/mol", "Ha",    "mHa", "Ry",
                                         "eV",     "meV",   "MeV",      "pN nm", "J",   "kT"};

std::optional<std::string> spelled(std::span<const Spelling> known, std::string_view text) {
  for (const auto& [spelling, unit] : known)
    if (spelling == text) return std::string(unit);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> known_unit(std::string_view text) {
  std::string plain = plain_unit(text);
  if (auto unit = spelled(unit_symbols, plain)) return unit;
  plain = in_small_letters(plain);
  if (auto unit = spelled(unit_words, plain)) return unit;
  constexpr std::size_t shortest = 3;  // word that has a plural
  if (plain.size() <= shortest || !plain.ends_with('s')) return std::nullopt;
  plain.pop_back();
  return spelled(unit_words, plain);
}

std::string same_unit(std::string_view unit) {
  return known_unit(unit).value_or(std::string(unit));
}

std::optional<double> boltzmann_constant(std::string_view unit) {
  const std::string known = same_unit(unit);
  for (const BoltzmannConstant& one : boltzmann_constants)
    if (one.unit == known) return one.value;
  return std::nullopt;
}

bool is_energy(std::string_view unit) {
  return std::find(std::begin(energies), std::end(energies), unit) != std::end(energies);
}

std::string known_energies() {
  return fmt::format("{}", fmt::join(energies, ", "));
}

std::string known_coordinates() {
  std::vector<std::string_view> names;
  for (const auto& known : {std::span<const Spelling>(unit_symbols), std::span<const Spelling>(unit_words)})
    for (const auto& [spelling, unit] : known)
      if (!is_energy(unit) && std::find(names.begin(), names.end(), unit) == names.end()) names.push_back(unit);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace valleyflux
