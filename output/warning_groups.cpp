#include "output/warning_groups.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace valleyflux {

namespace {

/// What a warning says, whatever the numbers in it.
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

}  // namespace

std::vector<WarningGroup> warning_groups(const std::vector<std::string>& warnings) {
  std::vector<WarningGroup> groups;
  std::vector<std::string> kinds;  // of the groups
  for (std::size_t place = 0; place < warnings.size(); ++place) {
    const EscapeWarning warning = escape_warning(warnings[place]).value_or(EscapeWarning{"", "", warnings[place]});
    // What is said of the whole is no kind of what is said of an escape.
    const std::string kind = (warning.escape.empty() ? "" : "of an escape: ") + warning_kind(warning.text);
    const auto known = std::find(kinds.begin(), kinds.end(), kind);
    if (known == kinds.end()) {
      kinds.push_back(kind);
      groups.push_back({warning.text, {warning}, {place}});
    } else {
      WarningGroup& group = groups[static_cast<std::size_t>(known - kinds.begin())];
      group.members.push_back(warning);
      group.places.push_back(place);
    }
  }
  return groups;
}

}  // namespace valleyflux
