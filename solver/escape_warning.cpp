#include "solver/escape_warning.hpp"

#include "problems/methods.hpp"

#include <algorithm>

namespace valleyflux {

namespace {

constexpr std::string_view arrow = " -> ", by = " by ", colon = ": ";

}  // namespace

std::string to_text(const EscapeWarning& warning) {
  return warning.escape + std::string(by) + warning.method + std::string(colon) + warning.text;
}

std::optional<EscapeWarning> escape_warning(const std::string& text) {
  if (text.find(arrow) == std::string::npos) return std::nullopt;
  // A name of a valley may hold " by ", what follows the right one is a method.
  for (std::size_t at = text.find(by); at != std::string::npos; at = text.find(by, at + 1)) {
    const std::size_t name = at + by.size(), end = text.find(colon, name);
    if (end == std::string::npos) return std::nullopt;
    const std::string method = text.substr(name, end - name);
    const auto& names = method_names();
    if (std::find(names.begin(), names.end(), method) != names.end())
      return EscapeWarning{text.substr(0, at), method, text.substr(end + colon.size())};
  }
  return std::nullopt;
}

}  // namespace valleyflux
