#include "problems/tables/unit_labels.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
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

std::optional<std::string> known_unit(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> units[] = {{"kJ/mol", "kJ/mol"},
                                                                     {"kJmol-1", "kJ/mol"},
                                                                     {"kj/mol", "kJ/mol"},
                                                                     {"KJ/mol", "kJ/mol"},
                                                                     {"kJ/mole", "kJ/mol"},
                                                                     {"kcal/mol", "kcal/mol"},
                                                                     {"kcalmol-1", "kcal/mol"},
                                                                     {"Kcal/mol", "kcal/mol"},
                                                                     {"kCal/mol", "kcal/mol"},
                                                                     {"kcal/mole", "kcal/mol"},
                                                                     {"J/mol", "J/mol"},
                                                                     {"Jmol-1", "J/mol"},
                                                                     {"eV", "eV"},
                                                                     {"meV", "meV"},
                                                                     {"kT", "kT"},
                                                                     {"kBT", "kT"},
                                                                     {"kbT", "kT"},
                                                                     {"KbT", "kT"},
                                                                     {"pNnm", "pN nm"},
                                                                     {"nm", "nm"},
                                                                     {"A", "A"},
                                                                     {"Ang", "A"},
                                                                     {"ang", "A"},
                                                                     {"Angstrom", "A"},
                                                                     {"angstrom", "A"},
                                                                     {"Angstroms", "A"},
                                                                     {"angstroms", "A"},
                                                                     {"AA", "A"},
                                                                     {"pm", "pm"},
                                                                     {"um", "um"},
                                                                     {"deg", "deg"},
                                                                     {"degree", "deg"},
                                                                     {"degrees", "deg"},
                                                                     {"rad", "rad"},
                                                                     {"radian", "rad"},
                                                                     {"radians", "rad"}};
  const std::string plain = plain_unit(text);
  for (const auto& [spelling, unit] : units)
    if (spelling == plain) return std::string(unit);
  return std::nullopt;
}

bool is_energy(std::string_view unit) {
  constexpr std::string_view energies[] = {"kJ/mol", "kcal/mol", "J/mol", "eV", "meV", "kT", "pN nm"};
  return std::find(std::begin(energies), std::end(energies), unit) != std::end(energies);
}

UnitLabel unit_label(std::string_view label) {
  for (std::size_t open = label.find_first_of("[("); open != std::string_view::npos;
       open = label.find_first_of("[(", open + 1)) {
    const std::size_t close = label.find(label[open] == '[' ? ']' : ')', open);
    const std::string_view name = without_blanks_around(label.substr(0, open));
    if (close == std::string_view::npos || name.empty()) continue;
    if (auto unit = known_unit(label.substr(open + 1, close - open - 1))) return {std::string(name), std::move(*unit)};
  }
  return {std::string(label), ""};
}

std::optional<std::vector<std::string>> with_units(const std::vector<std::string>& names,
                                                   const std::vector<std::string>& units) {
  if (names.size() != units.size()) return std::nullopt;
  std::vector<std::string> labels;
  std::size_t known = 0;
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (known_unit(names[k])) return std::nullopt;
    const auto unit = known_unit(without_brackets(units[k]));
    if (unit) ++known;
    labels.push_back(unit && unit_label(names[k]).unit.empty() ? names[k] + " [" + *unit + "]" : names[k]);
  }
  if (known == 0 || 2 * known < names.size()) return std::nullopt;
  return labels;
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
