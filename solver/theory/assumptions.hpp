#pragma once

#include "problems/dynamics/coefficients.hpp"
#include "problems/valleys/critical_points.hpp"

#include <string>
#include <vector>

namespace valleyflux {

/// What a closed form takes for granted.
struct Assumptions {
  bool low_noise = true;       // the exponent is large
  bool flat_noise = false;     // D hardly changes over a standard deviation around the minimum and the saddle
  bool two_levels = false;     // D is constant on either side of the height `level`
  bool aligned_noise = false;  // D and the Hessian share eigenvectors at the minimum and the saddle
  bool aligned_exit = false;   // the escape direction is an eigenvector of the Hessian at the minimum
  bool isothermal = false;     // the interpretation
};

/// The assumptions that fail on the way from a minimum over a saddle, each in words with the figure that shows it.
/// exponent: what the formula raises e to (> 0); level: height at which D may change. Checked on the line between the
/// two points, which is the path itself in one dimension. saddle: its image next to the minimum where axes wrap.
template <int Dim>
std::vector<std::string> failing_assumptions(const Assumptions& assumed, const Dynamics& dynamics,
                                             const CriticalPoint<Dim>& minimum, const CriticalPoint<Dim>& saddle,
                                             double exponent, double level);

extern template std::vector<std::string> failing_assumptions(const Assumptions&, const Dynamics&,
                                                             const CriticalPoint<1>&, const CriticalPoint<1>&, double,
                                                             double);
extern template std::vector<std::string> failing_assumptions(const Assumptions&, const Dynamics&,
                                                             const CriticalPoint<2>&, const CriticalPoint<2>&, double,
                                                             double);

}  // namespace valleyflux
