#include "problems/units.hpp"

#include "problems/tables/known_units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

constexpr std::string_view along = "length_";

/// seconds: factor 10^exponent.
struct TimeUnit {
  std::string_view name;
  double factor;
  int exponent;
};
constexpr std::array<TimeUnit, 13> known_times{{{"as", 1, -18},
                                                {"fs", 1, -15},
                                                {"ps", 1, -12},
                                                {"ns", 1, -9},
                                                {"us", 1, -6},
                                                {"\u00b5s", 1, -6},
                                                {"\u03bcs", 1, -6},
                                                {"ms", 1, -3},
                                                {"s", 1, 0},
                                                {"min", 60, 0},
                                                {"h", 3600, 0},
                                                {"d", 86400, 0},
                                                {"year", 31557600, 0}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> frequencies{
    {{"Hz", "s"}, {"kHz", "ms"}, {"MHz", "us"}, {"GHz", "ns"}, {"THz", "ps"}}};

/// By its name or as tables spell it; null for what is no time.
const TimeUnit* find_time(std::string_view spelled) {
  for (const std::string& name : {std::string(spelled), same_unit(spelled)})
    for (const TimeUnit& one : known_times)
      if (one.name == name) return &one;
  return nullptr;
}

const TimeUnit& time_unit(std::string_view spelled) {
  if (const TimeUnit* found = find_time(spelled)) return *found;
  throw std::invalid_argument(fmt::format("\"{}\" is no unit of time that is known", spelled));
}

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
  if (word == "rate") {
    sign = -sign;
    return known(units.escape_time.empty() ? units.time : units.escape_time);
  }
  if (word == "volume")
    return !units.length.empty() && std::all_of(units.length.begin(), units.length.end(),
                                                [&](const Units::Length& axis) { return known(axis.unit); });
  if (word == "length")
    return !units.length.empty() &&
           std::all_of(units.length.begin(), units.length.end(),
                       [&](const Units::Length& axis) { return axis.unit == units.length[0].unit; }) &&
           known(units.length[0].unit);
  if (!word.starts_with(along)) return false;
  std::size_t axis = 0;  // counted from 1
  std::from_chars(word.data() + along.size(), word.data() + word.size(), axis);
  return axis >= 1 && axis <= units.length.size() && known(units.length[axis - 1].unit);
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

std::string length_along(int axis) {
  return fmt::format("{}{}", along, axis + 1);
}

std::vector<std::string> time_units() {
  std::vector<std::string> names;
  for (const TimeUnit& unit : known_times) names.emplace_back(unit.name);
  return names;
}

std::optional<std::string> time_of_rate(std::string_view rate) {
  constexpr std::string_view one_over = "1/", inverse = "^-1";
  const auto frequency =
      std::find_if(frequencies.begin(), frequencies.end(), [&](const auto& one) { return one.first == rate; });
  std::string_view time;
  if (frequency != frequencies.end()) time = frequency->second;
  if (rate.starts_with(one_over)) time = rate.substr(one_over.size());
  if (rate.ends_with(inverse)) time = rate.substr(0, rate.size() - inverse.size());
  return is_time(time) ? std::optional(std::string(time)) : std::nullopt;
}

bool is_time(std::string_view unit) {
  return find_time(unit) != nullptr;
}

double rate_conversion(std::string_view from, std::string_view to) {
  const TimeUnit &a = time_unit(from), &b = time_unit(to);
  const int exponent = b.exponent - a.exponent;
  const double power = std::pow(10.0, std::abs(exponent)), factor = b.factor / a.factor;
  return exponent < 0 ? factor / power : factor * power;
}

}  // namespace valleyflux
