#include "output/warning_text.hpp"

#include "output/terminal_text.hpp"
#include "solver/escape_warning.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <optional>

namespace valleyflux {

namespace {

struct Subject {
  std::string escape;
  std::vector<std::string> methods;
};

struct Group {
  std::string kind, text;
  std::size_t count = 0;
  std::vector<Subject> subjects;
};

void add_subject(Group& group, const EscapeWarning& about) {
  const auto known = std::find_if(group.subjects.begin(), group.subjects.end(),
                                  [&](const Subject& subject) { return subject.escape == about.escape; });
  if (known == group.subjects.end())
    group.subjects.push_back({about.escape, {about.method}});
  else if (std::find(known->methods.begin(), known->methods.end(), about.method) == known->methods.end())
    known->methods.push_back(about.method);
}

std::vector<Group> groups_of(const std::vector<std::string>& warnings) {
  std::vector<Group> groups;
  for (const std::string& warning : warnings) {
    const std::optional<EscapeWarning> about = escape_warning(warning);
    const std::string& text = about ? about->text : warning;
    const std::string kind = warning_kind(text);
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const Group& one) { return one.kind == kind && one.subjects.empty() == !about; });
    if (group == groups.end()) group = groups.insert(groups.end(), Group{kind, text, 0, {}});
    ++group->count;
    if (about) add_subject(*group, *about);
  }
  return groups;
}

constexpr std::size_t indent = 9;  // of what follows "warning: "

/// "valley_1 -> any by theory:kramers", a line for every set of methods with its escapes.
std::vector<std::string> subject_lines(const std::vector<Subject>& subjects) {
  std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>> by_methods;  // methods, escapes
  for (const Subject& subject : subjects) {
    const auto known = std::find_if(by_methods.begin(), by_methods.end(),
                                    [&](const auto& pair) { return pair.first == subject.methods; });
    if (known == by_methods.end())
      by_methods.push_back({subject.methods, {subject.escape}});
    else
      known->second.push_back(subject.escape);
  }
  std::vector<std::string> lines;
  for (const auto& [methods, escapes] : by_methods) {
    constexpr std::size_t most = 4;
    std::vector<std::string> shown(escapes.begin(),
                                   escapes.begin() + static_cast<std::ptrdiff_t>(std::min(most, escapes.size())));
    if (escapes.size() > most) shown.push_back(fmt::format("{} more", escapes.size() - most));
    lines.push_back(fmt::format("{} by {}", fmt::join(shown, "; "), fmt::join(methods, ", ")));
  }
  return lines;
}

}  // namespace

std::string warning_kind(const std::string& warning) {
  std::string kind;
  const auto digit = [&](std::size_t k) {
    return k < warning.size() && std::isdigit(static_cast<unsigned char>(warning[k])) != 0;
  };
  const auto joins = [&](std::size_t k) {  // the point or exponent of a number
    return k < warning.size() && std::string(".e+-").find(warning[k]) != std::string::npos;
  };
  for (std::size_t at = 0; at < warning.size(); ++at) {
    if (!digit(at)) {
      kind += warning[at];
      continue;
    }
    while (digit(at + 1) || (joins(at + 1) && (digit(at + 2) || (joins(at + 2) && digit(at + 3))))) ++at;
    kind += '#';
  }
  return kind;
}

std::string warnings_text(const std::vector<std::string>& warnings, bool verbose) {
  std::string text;
  if (verbose) {
    for (const std::string& warning : warnings) text += wrapped("warning: " + warning, indent) + "\n";
    return text;
  }
  for (const Group& group : groups_of(warnings)) {
    const std::vector<std::string> subjects = subject_lines(group.subjects);
    if (group.count == 1 && !subjects.empty()) {
      text += wrapped(fmt::format("warning: {}: {}", subjects.front(), group.text), indent) + "\n";
      continue;
    }
    text += wrapped(fmt::format("warning{}: {}", group.count > 1 ? fmt::format(" ({} alike)", group.count) : "",
                                group.text),
                    indent) +
            "\n";
    for (const std::string& line : subjects) text += wrapped(std::string(indent, ' ') + line, indent + 2) + "\n";
  }
  return text;
}

}  // namespace valleyflux
