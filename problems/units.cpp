#include "problems/units.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace valleyflux {

namespace {

constexpr std::string_view along = "length_";

/// A product of units, each to a power.
class Product {
 public:
  void multiply(const std::string& unit, int power) {
    const auto found =
        std::find_if(factors_.begin(), factors_.end(), [&](const auto& one) { return one.first == unit; });
    if (found == factors_.end())
      factors_.emplace_back(unit, power);
    else
      found->second += power;
  }

  std::string text() const {
    std::string above, below;
    for (const auto& [unit, power] : factors_) {
      if (power > 0) above += (above.empty() ? "" : " ") + factor(unit, power, !above.empty());
      if (power < 0) below += "/" + factor(unit, -power, true);
    }
    return (above.empty() ? "1" : above) + below;
  }

 private:
  static std::string factor(const std::string& unit, int power, bool behind) {
    const bool composed = unit.find_first_of("/ *^") != std::string::npos;
    std::string text = composed && (power != 1 || behind) ? "(" + unit + ")" : unit;
    return power == 1 ? text : text + "^" + std::to_string(power);
  }

  std::vector<std::pair<std::string, int>> factors_;
};

/// Multiplies by a factor such as "length^2"; false where its unit is not known.
bool multiply(Product& product, std::string_view factor, int sign, const Units& units) {
  const std::size_t hat = factor.find('^');
  int power = 1;
  if (hat != std::string_view::npos) std::from_chars(factor.data() + hat + 1, factor.data() + factor.size(), power);
  const std::string_view word = factor.substr(0, hat);
  const auto known = [&](const std::string& unit) {
    if (!unit.empty()) product.multiply(unit, sign * power);
    return !unit.empty();
  };
  if (word == "1") return true;
  if (word == "energy") return known(units.energy);
  if (word == "time") return known(units.time);
  if (word == "volume")
    return !units.length.empty() && std::all_of(units.length.begin(), units.length.end(),
                                                [&](const Units::Length& axis) { return known(axis.unit); });
  if (word == "length")
    return !units.length.empty() &&
           std::all_of(units.length.begin(), units.length.end(),
                       [&](const Units::Length& axis) { return axis.unit == units.length[0].unit; }) &&
           known(units.length[0].unit);
  if (!word.starts_with(along)) return false;
  const auto axis = std::find_if(units.length.begin(), units.length.end(),
                                 [&](const Units::Length& one) { return one.axis == word.substr(along.size()); });
  return axis != units.length.end() && known(axis->unit);
}

}  // namespace

std::string in_units(std::string_view dimension, const Units& units) {
  Product product;
  int sign = 1;
  while (!dimension.empty()) {
    const std::size_t end = std::min(dimension.find_first_of(" /"), dimension.size());
    if (end > 0 && !multiply(product, dimension.substr(0, end), sign, units)) return "1";
    if (end == dimension.size()) break;
    if (dimension[end] == '/') sign = -1;
    dimension.remove_prefix(end + 1);
  }
  return product.text();
}

std::string length_along(std::string_view axis) {
  return std::string(along) + std::string(axis);
}

}  // namespace valleyflux
