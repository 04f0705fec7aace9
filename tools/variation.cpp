#include "tools/variation.hpp"

#include <fmt/format.h>

#include <cmath>
#include <sstream>

namespace valleyflux {

Variation variation_of(const std::string& text) {
  const auto wrong = [&](const std::string& what) {
    return CaseError(fmt::format("--vary {}: error: {}", text, what));
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) throw wrong("must have the form table.key=first:last:count[:log]");
  std::vector<std::string> parts;
  std::istringstream in(text.substr(equals + 1));
  for (std::string part; std::getline(in, part, ':');) parts.push_back(part);
  const bool logarithmic = parts.size() == 4 && parts[3] == "log";
  if (parts.size() != 3 && !logarithmic) throw wrong("must have the form table.key=first:last:count[:log]");
  const auto number = [&](const std::string& part) {
    std::size_t used = 0;
    double value = 0.0;
    try {
      value = std::stod(part, &used);
    } catch (const std::exception&) {
      used = 0;
    }
    if (used == 0 || used != part.size() || !std::isfinite(value))
      throw wrong(fmt::format("\"{}\" is no number", part));
    return value;
  };
  const double first = number(parts[0]), last = number(parts[1]), count = number(parts[2]);
  constexpr double most = 100000.0;
  if (!(count >= 2 && count <= most) || count != std::round(count))
    throw wrong(fmt::format("the count must be a whole number between 2 and {:.0f} (got {})", most, parts[2]));
  if (first == last) throw wrong("the first and the last value must differ");
  if (logarithmic && !(first > 0 && last > 0)) throw wrong("logarithmic values must be positive");
  Variation variation{text.substr(0, equals), {}};
  const auto n = static_cast<std::size_t>(count);
  for (std::size_t k = 0; k < n; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(n - 1);
    const double value = k + 1 == n    ? last
                         : logarithmic ? first * std::pow(last / first, share)
                                       : first + (last - first) * share;
    // What should be round is: 0.1:0.5:5 asks for 0.3, not for 0.30000000000000004.
    variation.values.push_back(std::stod(fmt::format("{:.12g}", value)));
  }
  return variation;
}

}  // namespace valleyflux
