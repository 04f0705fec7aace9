#include "problems/expressions/enclosure.hpp"

#include <boost/numeric/interval.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace valleyflux {

namespace {

/// Rounded to nearest; what that leaves out is added by `widened`, without a change of the processor's rounding.
using Rounding = boost::numeric::interval_lib::rounded_transc_exact<double>;
using Interval = boost::numeric::interval<
    double, boost::numeric::interval_lib::policies<boost::numeric::interval_lib::save_state_nothing<Rounding>,
                                                   boost::numeric::interval_lib::checking_base<double>>>;

constexpr double few_units = 8.0 * std::numeric_limits<double>::epsilon();
constexpr double next_to_nothing = std::numeric_limits<double>::min();

Interval widened(const Interval& x, double room = next_to_nothing) {
  const auto error = [&](double bound) { return std::isinf(bound) ? 0.0 : few_units * std::abs(bound) + room; };
  return {x.lower() - error(x.lower()), x.upper() + error(x.upper())};
}

Interval whole() {
  return Interval::whole();
}

Enclosure enclosure(const Interval& x, bool may_be_nan) {
  if (std::isnan(x.lower()) || std::isnan(x.upper())) return {.may_be_nan = true};
  return {x.lower(), x.upper(), may_be_nan};
}

/// A function that is a number from `low` to `high` alone, NaN elsewhere.
template <typename Function>
Enclosure within(double low, double high, const Enclosure& a, const Function& function) {
  if (a.high < low || a.low > high) return {.may_be_nan = true, .is_nan = true};
  const bool outside = a.low < low || a.high > high;
  return enclosure(widened(function(Interval(std::max(a.low, low), std::min(a.high, high)))), a.may_be_nan || outside);
}

/// A periodic function of an argument that round-off has moved.
template <typename Function>
Interval of_angle(const Interval& x, const Function& function) {
  if (!std::isfinite(x.lower()) || !std::isfinite(x.upper())) return function(whole());
  return widened(function(widened(x)), few_units);
}

Interval error_function(const Interval& x) {
  return {std::erf(x.lower()), std::erf(x.upper())};
}

/// The angle of (x, y), of any value where the half-line of its jump is near.
Interval angle(const Interval& y, const Interval& x) {
  const Interval quarter(0.5 * std::numbers::pi);
  if (x.lower() > 0) return atan(y / x);
  if (y.lower() > 0) return quarter - atan(x / y);
  if (y.upper() < 0) return -quarter - atan(x / y);
  return {-std::numbers::pi, std::numbers::pi};
}

/// A derivative of a table of one argument: by the polynomials between its points.
Enclosure of_table(const TableFunction& table, std::size_t order, const Enclosure& argument) {
  const TabulatedValues::Axis& axis = table.axes()[0];
  constexpr double most_patches = 64, degree = 3;
  const double start = (argument.low - axis.first) / axis.spacing, end = (argument.high - axis.first) / axis.spacing;
  if (!(std::max(end, -start) < 1e15 && end - start < most_patches)) return {.may_be_nan = true};
  Enclosure all{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(), argument.may_be_nan};
  const auto add = [&](double middle, double low, double high) {
    const auto derivatives = table.derivatives(middle, 0.0, static_cast<int>(degree));
    const Interval step(std::min(low, high), std::max(low, high));  // the other way round at a point, by round-off
    Interval value(0.0);
    double sizes = 0.0;
    for (std::size_t k = static_cast<std::size_t>(degree); k + 1 > order; --k) {
      const double factor = derivatives[k][0];
      value = Interval(factor) + value * step / static_cast<double>(k - order + 1);
      sizes = std::abs(factor) + sizes * norm(step);
      if (k == 0) break;
    }
    value = widened(value, few_units * sizes);
    if (std::isnan(value.lower()) || std::isnan(value.upper())) all.may_be_nan = true;
    all.low = std::min(all.low, value.lower());
    all.high = std::max(all.high, value.upper());
  };
  const double first = axis.periodic ? std::floor(start) : std::max(std::floor(start), 0.0);
  const double last =
      axis.periodic ? std::floor(end) : std::min(std::floor(end), static_cast<double>(axis.points) - 2.0);
  for (double patch = first; patch <= last; ++patch) {
    const double middle = axis.first + (patch + 0.5) * axis.spacing;
    add(middle, std::max(argument.low, middle - 0.5 * axis.spacing) - middle,
        std::min(argument.high, middle + 0.5 * axis.spacing) - middle);
  }
  if (!axis.periodic) {
    // The polynomials go on for a billionth of the axis before the table ends, or is held.
    const double length = axis.last() - axis.first, room = 2e-9 * length;
    if (argument.low < axis.first + room) {
      add(axis.first + 0.5 * axis.spacing, -0.5 * axis.spacing - room, -0.5 * axis.spacing + room);
      if (argument.low < axis.first) add(axis.first - length, 0.0, 0.0);
    }
    if (argument.high > axis.last() - room) {
      add(axis.last() - 0.5 * axis.spacing, 0.5 * axis.spacing - room, 0.5 * axis.spacing + room);
      if (argument.high > axis.last()) add(axis.last() + length, 0.0, 0.0);
    }
  }
  return all.low <= all.high ? all : Enclosure{.may_be_nan = true};
}

}  // namespace

Enclosure enclosure_of(const ExpressionGraph::Node& node, const Enclosure& a, const Enclosure& b) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const bool binary = node.from[1] >= 0;
  if (a.is_nan || (binary && b.is_nan)) return {.may_be_nan = true, .is_nan = true};
  const bool nan = a.may_be_nan || (binary && b.may_be_nan);
  const Interval x(a.low, a.high), y = binary ? Interval(b.low, b.high) : Interval(0.0);
  const auto made = [&](const Interval& value) { return enclosure(widened(value), nan); };
  switch (node.operation) {
    case Operation::scale: return made(widened(x * node.factor) + node.summand);
    case Operation::add: return made(x + y);
    case Operation::subtract: return made(x - y);
    case Operation::multiply: return made(node.from[0] == node.from[1] ? square(x) : x * y);
    case Operation::divide:
      // At a pole it may be anything, of either sign, though an end of the interval it is.
      if ((binary ? b : a).holds_zero()) return {.may_be_nan = nan || (binary && a.holds_zero())};
      return made(binary ? x / y : 1.0 / x);
    case Operation::power:
      if (a.low > 0) return made(exp(widened(y * widened(log(x)))));
      return {.may_be_nan = true};
    case Operation::sqrt: return within(0.0, infinity, a, [](const Interval& at) { return sqrt(at); });
    case Operation::log:
      if (a.high == 0.0) return {.may_be_nan = true};
      return within(0.0, infinity, a, [](const Interval& at) { return log(at); });
    case Operation::asin: return within(-1.0, 1.0, a, [](const Interval& at) { return asin(at); });
    case Operation::acos: return within(-1.0, 1.0, a, [](const Interval& at) { return acos(at); });
    case Operation::exp: return made(exp(x));
    case Operation::sin: return made(of_angle(x, [](const Interval& at) { return sin(at); }));
    case Operation::cos: return made(of_angle(x, [](const Interval& at) { return cos(at); }));
    case Operation::tan: return made(of_angle(x, [](const Interval& at) { return tan(at); }));
    case Operation::atan: return made(atan(x));
    case Operation::atan2: return made(widened(angle(x, y)));
    case Operation::sinh: return made(sinh(x));
    case Operation::cosh: return made(cosh(x));
    case Operation::tanh: return made(tanh(x));
    case Operation::erf: return made(error_function(x));
    case Operation::curve: return of_table(*node.table, static_cast<std::size_t>(node.factor), a);
    case Operation::surface: return {.may_be_nan = true};
    default: throw std::logic_error("a node without an enclosure");
  }
}

Enclosure mean_value(const Enclosure& there, const Enclosure& slope, double reach) {
  const Interval change = Interval(slope.low, slope.high) * Interval(-reach, reach);
  return enclosure(widened(Interval(there.low, there.high) + change), there.may_be_nan || slope.may_be_nan);
}

Enclosure common(const Enclosure& a, const Enclosure& b) {
  return {std::max(a.low, b.low), std::min(a.high, b.high), a.may_be_nan || b.may_be_nan, a.is_nan || b.is_nan};
}

}  // namespace valleyflux
