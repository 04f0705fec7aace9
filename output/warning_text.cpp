#include "output/warning_text.hpp"

#include "output/terminal_text.hpp"
#include "output/warning_groups.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

namespace valleyflux {

namespace {

constexpr std::size_t indent = 9;  // of what follows "warning: "

/// Appends what is not there yet.
void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

/// "valley_1 -> any; valley_2 -> any by theory:kramers", a line for every set of methods with its escapes.
std::vector<std::string> subject_lines(const std::vector<EscapeWarning>& members) {
  using Names = std::vector<std::string>;
  std::vector<std::pair<std::string, Names>> methods_of;  // by escape
  for (const EscapeWarning& member : members) {
    if (member.escape.empty()) continue;
    auto known = std::find_if(methods_of.begin(), methods_of.end(),
                              [&](const auto& pair) { return pair.first == member.escape; });
    if (known == methods_of.end()) known = methods_of.insert(known, {member.escape, {}});
    add_once(known->second, member.method);
  }
  std::vector<std::pair<Names, Names>> escapes_of;  // by methods
  for (const auto& [escape, methods] : methods_of) {
    const Names& own = methods;
    auto known =
        std::find_if(escapes_of.begin(), escapes_of.end(), [&](const auto& pair) { return pair.first == own; });
    if (known == escapes_of.end()) known = escapes_of.insert(known, {own, {}});
    known->second.push_back(escape);
  }
  std::vector<std::string> lines;
  for (auto& [methods, escapes] : escapes_of) {
    constexpr std::size_t most = 4;
    if (escapes.size() > most) {
      const std::string others = fmt::format("{} more", escapes.size() - most);
      escapes.resize(most);
      escapes.push_back(others);
    }
    lines.push_back(fmt::format("{} by {}", fmt::join(escapes, "; "), fmt::join(methods, ", ")));
  }
  return lines;
}

/// how_often: in brackets behind "warning", or nothing.
std::string group_text(const WarningGroup& group, const std::string& how_often) {
  const std::string head = "warning" + (how_often.empty() ? "" : " (" + how_often + ")") + ": ";
  const std::vector<std::string> subjects = subject_lines(group.members);
  if (group.members.size() == 1 && !subjects.empty())
    return wrapped(head + subjects.front() + ": " + group.text, indent) + "\n";
  std::string text = wrapped(head + group.text, indent) + "\n";
  for (const std::string& line : subjects) text += wrapped(std::string(indent, ' ') + line, indent + 2) + "\n";
  return text;
}

}  // namespace

std::string warnings_text(const std::vector<std::string>& warnings, bool verbose) {
  std::string text;
  if (verbose) {
    for (const std::string& warning : warnings) text += wrapped("warning: " + warning, indent) + "\n";
    return text;
  }
  for (const WarningGroup& group : warning_groups(warnings)) {
    const std::size_t count = group.members.size();
    text += group_text(group, count > 1 ? fmt::format("{} alike", count) : "");
  }
  return text;
}

std::string swept_warnings_text(const std::vector<SweptWarnings>& values) {
  std::vector<std::string> all;
  std::vector<std::size_t> value_of;  // of each
  for (std::size_t k = 0; k < values.size(); ++k) {
    all.insert(all.end(), values[k].warnings.begin(), values[k].warnings.end());
    value_of.resize(all.size(), k);
  }
  std::string text;
  for (const WarningGroup& group : warning_groups(all)) {
    std::set<std::size_t> at;
    for (const std::size_t place : group.places) at.insert(value_of[place]);
    const std::string& first = values[*at.begin()].at;
    text += group_text(group, at.size() == 1 ? "at " + first
                              : at.size() == values.size()
                                  ? fmt::format("at all {} values", at.size())
                                  : fmt::format("at {} of {} values, first at {}", at.size(), values.size(), first));
  }
  return text;
}

}  // namespace valleyflux
