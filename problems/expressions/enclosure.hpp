#pragma once

#include "problems/expressions/expression_graph.hpp"

#include <cmath>
#include <limits>

namespace valleyflux {

/// Numbers that hold all values of a function over an interval, round-off included.
struct Enclosure {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  bool may_be_nan = false;  // somewhere in the interval
  bool is_nan = false;      // everywhere

  bool bounded() const { return std::isfinite(low) && std::isfinite(high); }
  bool holds_zero() const { return low <= 0.0 && high >= 0.0; }
};

/// Of a node whose arguments lie within a and b (the second of none of one argument): by interval arithmetic, in which
/// functions are taken to be known to a few units of the last place. A table of two arguments may be anything. Not for
/// constants, variables and what switches (comparisons, abs, min, max): std::logic_error.
Enclosure enclosure_of(const ExpressionGraph::Node& node, const Enclosure& a, const Enclosure& b);

/// Of a function within `reach` of a place where it is enclosed by `there`, its slope by `slope`: what the mean value
/// theorem says.
Enclosure mean_value(const Enclosure& there, const Enclosure& slope, double reach);

/// What lies in both.
Enclosure common(const Enclosure& a, const Enclosure& b);

}  // namespace valleyflux
