#pragma once

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
  double slope = 0.0, slope_low = 0.0, slope_high = 0.0;  // 95 % interval
  double slope_error = 0.0;                               // standard error, enlarged as the interval is
  double intercept = 0.0;
  double r_squared = 0.0;    // share of the weighted scatter of y that the line explains
  double chi_squared = 0.0;  // weighted squares of what it leaves
  int degrees = 0;           // of freedom: n - 2
  double p_value = 0.0;      // chance of that much or more about a true line
};

/// Weighted least squares. The slope's interval rests on the known errors (normal law); where the points scatter more
/// than these allow (chi^2 > n - 2), errors are enlarged by sqrt(chi^2 / (n - 2)) and the law is Student's of n - 2
/// degrees of freedom. Throws std::invalid_argument for fewer than 3 points, errors that are not positive or all x
/// alike.
Relation straight_line(const std::vector<RelationPoint>& points);

/// The chance that true lines leave as much as all these do together.
double joint_p_value(const std::vector<Relation>& relations);

enum class Verdict { holds, not_straight, wrong_sign, undecided };
std::string_view verdict_name(Verdict verdict);

/// What a relation says of a straight line that rises: undecided if the slope's interval holds 0, wrong_sign if it lies
/// below, not_straight if chance alone scatters points as far about a line in fewer than 1 of 100 cases, holds
/// otherwise.
Verdict judge(const Relation& relation);
/// The same of an interval and a chance.
Verdict judge(double slope_low, double slope_high, double p_value);

}  // namespace valleyflux
