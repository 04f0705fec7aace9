#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace valleyflux {

/// A measured number against what it may depend on.
struct RelationPoint {
  double x = 0.0, y = 0.0;
  double sd = 0.0;  // known standard error of y, > 0
};

/// The straight line through measured numbers, weighted by their known errors.
struct Relation {
  std::size_t points = 0;
  double slope = 0.0, slope_low = 0.0, slope_high = 0.0;  // 95 % interval
  double intercept = 0.0;
  double r_squared = 0.0;    // share of the weighted scatter of y that the line explains
  double chi_squared = 0.0;  // weighted squares of what it leaves
  double p_value = 0.0;      // chance of that much or more about a true line, n - 2 degrees of freedom
  /// 95 % interval of c in y = a + b u + c u^2, where u runs from -1 to 1 over the range of x, in the unit of y.
  /// Nothing for fewer than four different x.
  std::optional<double> curvature_low, curvature_high;
};

/// Weighted least squares. The slope's interval rests on the known errors (normal law); where the points scatter more
/// than these allow (chi^2 > n - 2), errors are enlarged by sqrt(chi^2 / (n - 2)) and the law is Student's of n - 2
/// degrees of freedom. Throws std::invalid_argument for fewer than 3 points, errors that are not positive or all x
/// alike.
Relation straight_line(const std::vector<RelationPoint>& points);

enum class Verdict { holds, not_straight, wrong_sign, undecided };
std::string_view verdict_name(Verdict verdict);

/// What a relation says of a straight line with a slope of the sign of `expected`: undecided if the slope's interval
/// holds 0, wrong_sign if it lies beyond, not_straight if the scatter about the line has a chance below 1 % and the
/// curvature's interval excludes 0, holds otherwise.
Verdict judge(const Relation& relation, double expected);

/// Whether the slope's interval holds a value.
bool slope_agrees(const Relation& relation, double value);

/// Standard deviation of the logarithm of a rate measured by k > 0 exits: twice the rate times the time at risk obeys
/// chi^2(2 k), and the variance of the logarithm of such a number is trigamma(k).
double log_rate_sd(std::uint32_t escapes);

}  // namespace valleyflux
