#include "problems/tables/unit_labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <iterator>
#include <span>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

/// Without blanks and what typesets powers and indices: of Grace \S and \N, of TeX ^ _ { } $.
std::string plain_unit(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> spellings[] = {
      {"\\S", ""},           {"\\N", ""}, {"\\s", ""}, {"\xC2\xB7", ""},  // middle dot
      {"\xE2\x8B\x85", ""},                                               // dot operator
      {"\xE2\x81\xBB", "-"},                                              // superscript minus
      {"\xE2\x88\x92", "-"},                                              // minus sign
      {"\xC2\xB9", "1"},                                                  // superscript one
      {"\xC2\xB2", "2"},                                                  // superscript two
      {"\xC3\x85", "A"},                                                  // a with ring
      {"\xE2\x84\xAB", "A"},                                              // angstrom sign
      {"\xC2\xB5", "u"},                                                  // micro sign
      {"\xCE\xBC", "u"},                                                  // mu
      {"\xC2\xB0", "deg"}};                                               // degree sign
  std::string plain;
  while (!text.empty()) {
    const auto spelling = std::find_if(std::begin(spellings), std::end(spellings),
                                       [&](const auto& one) { return text.starts_with(one.first); });
    if (spelling != std::end(spellings)) {
      plain += spelling->second;
      text.remove_prefix(spelling->first.size());
      continue;
    }
    if (std::string_view(" \t^_{}$*.").find(text[0]) == std::string_view::npos) plain += text[0];
    text.remove_prefix(1);
  }
  return plain;
}

std::string_view without_blanks_around(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view without_brackets(std::string_view text) {
  const bool within = (text.starts_with('[') && text.ends_with(']')) || (text.starts_with('(') && text.ends_with(')'));
  return within ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

namespace {

using Spelling = std::pair<std::string_view, std::string_view>;

/// As they are written, for m and M, a and A are different ones.
constexpr Spelling unit_symbols[] = {{"eV", "eV"},
                                     {"meV", "meV"},
                                     {"MeV", "MeV"},
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
                                   {"femtosecond", "fs"},
                                   {"picosecond", "ps"},
                                   {"nanosecond", "ns"},
                                   {"microsecond", "us"},
                                   {"millisecond", "ms"},
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
                                                     {"J", 1.380649e-23},
                                                     {"pN nm", 1.380649e-2}};

constexpr std::string_view unclear_unit = "MEV";

std::optional<std::string> spelled(std::span<const Spelling> known, std::string_view text) {
  for (const auto& [spelling, unit] : known)
    if (spelling == text) return std::string(unit);
  return std::nullopt;
}

/// Words with those joined that are a unit together: "kJ", "mol^-1".
std::vector<std::string> with_units_joined(const std::vector<std::string>& words) {
  constexpr std::size_t most = 3;  // words of one unit
  std::vector<std::string> joined;
  for (std::size_t k = 0; k < words.size();) {
    std::size_t taken = 1;
    std::string longest = words[k], text = words[k];
    for (std::size_t count = 2; count <= most && k + count <= words.size(); ++count) {
      text += " " + words[k + count - 1];
      if (!known_unit(without_brackets(text))) continue;
      taken = count;
      longest = text;
    }
    joined.push_back(longest);
    k += taken;
  }
  return joined;
}

}  // namespace

std::optional<std::string> known_unit(std::string_view text) {
  std::string plain = plain_unit(text);
  if (auto unit = spelled(unit_symbols, plain)) return unit;
  std::transform(plain.begin(), plain.end(), plain.begin(), [](unsigned char c) { return std::tolower(c); });
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
  constexpr std::string_view energies[] = {"kJ/mol", "kcal/mol", "J/mol", "eV", "meV", "MeV", "kT", "pN nm"};
  return std::find(std::begin(energies), std::end(energies), unit) != std::end(energies);
}

namespace {

std::string square_of(const std::string& unit) {
  return "(" + unit + ")^2";
}

/// A unit that is known, or the square of one: "(kJ/mol)^2", "kJ^2 mol^-2".
std::optional<std::string> unit_or_square(std::string_view text) {
  if (auto unit = known_unit(text)) return unit;
  std::string root;
  bool squared = false;
  for (const char c : plain_unit(text)) {
    if (std::string_view("[]()").find(c) != std::string_view::npos) continue;
    squared = squared || c == '2';
    if (c != '2')
      root += c;
    else if (root.ends_with('-'))
      root += '1';
  }
  const auto unit = known_unit(root);
  return squared && unit ? std::optional(square_of(*unit)) : std::nullopt;
}

/// Calls found(name, what stands in brackets, what follows) for the brackets behind a name until it returns true.
template <class Found>
void find_in_brackets(std::string_view label, Found found) {
  for (std::size_t open = label.find_first_of("[("); open != std::string_view::npos;
       open = label.find_first_of("[(", open + 1)) {
    const std::size_t close = label.find(label[open] == '[' ? ']' : ')', open);
    const std::string_view name = without_blanks_around(label.substr(0, open));
    if (close == std::string_view::npos || name.empty()) continue;
    if (found(name, label.substr(open + 1, close - open - 1), label.substr(close + 1))) return;
  }
}

bool begins_square(std::string_view text) {
  return !text.empty() && text[0] != ' ' && text[0] != '\t' && plain_unit(text).starts_with('2');
}

}  // namespace

UnitLabel unit_label(std::string_view label) {
  UnitLabel result{std::string(label), ""};
  find_in_brackets(label, [&](std::string_view name, std::string_view within, std::string_view behind) {
    const auto unit = unit_or_square(within);
    if (!unit) return false;
    result = {std::string(name), begins_square(behind) ? square_of(*unit) : *unit};
    return true;
  });
  return result;
}

UnitLabel bracket_label(std::string_view label) {
  UnitLabel result = unit_label(label);
  if (!result.unit.empty()) return result;
  find_in_brackets(label, [&](std::string_view name, std::string_view within, std::string_view /*behind*/) {
    result = {std::string(name), std::string(within)};
    return true;
  });
  return result;
}

bool is_square(std::string_view unit) {
  return unit.ends_with(")^2");
}

void require_clear_unit(std::string_view unit) {
  if (plain_unit(without_brackets(unit)) == unclear_unit)
    throw std::invalid_argument(
        fmt::format("the unit {} may be meV or MeV: write it in capitals and small letters", unclear_unit));
}

namespace {

/// Names with units, a word each.
std::optional<std::vector<std::string>> labels_of(const std::vector<std::string>& names,
                                                  const std::vector<std::string>& units) {
  if (names.size() != units.size()) return std::nullopt;
  const auto are_known = [](const std::vector<std::string>& words) {
    return std::count_if(words.begin(), words.end(), [](const std::string& word) {
      const std::string_view unit = without_brackets(word);
      return plain_unit(unit) == unclear_unit || known_unit(unit).has_value();
    });
  };
  // A is the name of a column as well.
  const auto known = are_known(units);
  if (known <= are_known(names) || 2 * known < std::ssize(names)) return std::nullopt;
  std::vector<std::string> labels = names;
  for (std::size_t k = 0; k < names.size(); ++k) {
    require_clear_unit(units[k]);
    const auto unit = unit_or_square(without_brackets(units[k]));
    const UnitLabel label = unit_label(names[k]);
    if (!unit) continue;
    if (label.unit.empty())
      labels[k] += " [" + *unit + "]";
    else if (label.unit != *unit)
      throw std::invalid_argument(
          fmt::format("the unit of {} is {} in the brackets behind it and {} in the line of units: which is right?",
                      label.name, label.unit, *unit));
  }
  return labels;
}

}  // namespace

std::optional<std::vector<std::string>> with_units(const std::vector<std::string>& names,
                                                   const std::vector<std::string>& units) {
  for (const auto& columns : {names, with_brackets_joined(names)})
    for (const auto& words : {units, with_units_joined(units)})
      if (auto labels = labels_of(columns, words)) return labels;
  return std::nullopt;
}

std::vector<std::string> with_brackets_joined(const std::vector<std::string>& words) {
  std::vector<std::string> joined;
  char close = '\0';  // of the brackets that are open
  for (const std::string& word : words) {
    if (close == '\0' && !joined.empty() && (word.starts_with('[') || word.starts_with('(')))
      close = word[0] == '[' ? ']' : ')';
    if (close == '\0') {
      joined.push_back(word);
      const std::size_t open = word.find_first_of("[(");
      if (open != std::string::npos && word.find(word[open] == '[' ? ']' : ')', open) == std::string::npos)
        close = word[open] == '[' ? ']' : ')';
      continue;
    }
    joined.back() += " " + word;
    if (word.find(close) != std::string::npos) close = '\0';
  }
  return joined;
}

}  // namespace valleyflux
