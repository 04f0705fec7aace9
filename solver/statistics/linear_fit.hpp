#pragma once

#include <vector>

namespace valleyflux {

/// Least squares y = intercept + slope x.
struct LinearFit {
  double slope = 0.0, intercept = 0.0;
  double standard_error = 0.0;  // of the slope, from the residuals (n - 2 degrees of freedom)
  double r_squared = 0.0;       // 1 where all y are the same
};

/// Throws std::invalid_argument for fewer than 3 points, as many y as x being needed, or if all x are the same.
LinearFit linear_fit(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace valleyflux
