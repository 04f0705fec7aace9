#include "problems/tables/unit_labels.hpp"

#include "problems/tables/compound_unit.hpp"
#include "problems/tables/known_units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <iterator>
#include <stdexcept>

namespace valleyflux {

namespace {

std::string_view without_blanks_around(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view without_brackets(std::string_view text) {
  const bool within = (text.starts_with('[') && text.ends_with(']')) || (text.starts_with('(') && text.ends_with(')'));
  return within ? text.substr(1, text.size() - 2) : text;
}

constexpr std::string_view unclear_unit = "MEV";

bool tells_unit(std::string_view text) {
  if (known_unit(text) || plain_unit(text) == unclear_unit) return true;
  // Single letters with a number behind them are names of columns: s1, d2.
  const std::string plain = without_typesetting(text);
  const auto unit = plain.find_first_of("/^-") == std::string::npos ? std::nullopt : compound_unit(plain);
  return unit && unit->powers != CompoundUnit{}.powers;
}

/// Words with those joined that are a unit together: "kJ", "mol^-1".
std::vector<std::string> with_units_joined(const std::vector<std::string>& words) {
  constexpr std::size_t most = 3;  // words of one unit
  std::vector<std::string> joined;
  for (std::size_t k = 0; k < words.size();) {
    std::size_t taken = 1;
    bool divided = true;  // whether all that follow have negative powers
    std::string longest = words[k], text = words[k];
    for (std::size_t count = 2; count <= most && k + count <= words.size(); ++count) {
      text += " " + words[k + count - 1];
      divided = divided && words[k + count - 1].find('-') != std::string::npos;
      const std::string_view unit = without_brackets(text);
      if (!known_unit(unit) && !(divided && tells_unit(unit))) continue;
      taken = count;
      longest = text;
    }
    joined.push_back(longest);
    k += taken;
  }
  return joined;
}

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

/// Whether a word in the place of a unit says that there is none.
bool says_none(std::string_view word) {
  constexpr std::string_view known[] = {"", "-", "--", "1", "none", "dimensionless", "unitless"};
  return std::find(std::begin(known), std::end(known), word) != std::end(known);
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

UnitLabel unknown_unit(std::string_view label) {
  const UnitLabel none{std::string(label), ""};
  UnitLabel told = bracket_label(label);
  if (told.unit.empty() || says_none(told.unit) || !unit_label(label).unit.empty()) return none;
  const std::size_t open = label.find_first_of("[(");
  const bool attached = label[open] == '(' && open > 0 && label[open - 1] != ' ' && !tells_unit(told.unit);
  const bool numbers = std::isdigit(static_cast<unsigned char>(told.unit[0])) != 0 && !compound_unit(told.unit);
  return attached || numbers || told.unit.find('=') != std::string::npos ? none : told;
}

std::string column_name(std::string_view label) {
  UnitLabel known = unit_label(label);
  if (!known.unit.empty()) return known.name;
  UnitLabel told = unknown_unit(label);
  if (told.unit.empty()) return std::string(label);
  const bool square = label[label.find_first_of("[(")] == '[';
  return square || compound_unit(told.unit) ? told.name : std::string(label);
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
    return std::count_if(words.begin(), words.end(),
                         [](const std::string& word) { return tells_unit(without_brackets(word)); });
  };
  // A is the name of a column as well.
  const auto known = are_known(units);
  if (known <= are_known(names) || 2 * known < std::ssize(names)) return std::nullopt;
  std::vector<std::string> labels = names;
  for (std::size_t k = 0; k < names.size(); ++k) {
    require_clear_unit(units[k]);
    const auto unit = unit_or_square(without_brackets(units[k]));
    const UnitLabel label = unit_label(names[k]);
    const std::string word = unit.value_or(std::string(without_brackets(units[k])));
    if (says_none(word) || (!unit && !bracket_label(names[k]).unit.empty())) continue;
    if (label.unit.empty())
      labels[k] += " [" + word + "]";
    else if (label.unit != word)
      throw std::invalid_argument(
          fmt::format("the unit of {} is {} in the brackets behind it and {} in the line of units: which is right?",
                      label.name, label.unit, word));
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
