#pragma once

#include "problems/dynamics/coefficients.hpp"
#include "problems/dynamics/sgd_diffusion.hpp"
#include "solver/theory/escape_way.hpp"

#include <Eigen/Core>

#include <optional>
#include <string>
#include <vector>

namespace valleyflux {

/// What a closed form takes for granted.
struct Assumptions {
  bool low_noise = true;       // the exponent is large
  bool flat_noise = false;     // D hardly changes over a standard deviation around the minimum and the saddle
  bool two_levels = false;     // D is constant on either side of the height `level`
  bool aligned_noise = false;  // D and the Hessian share eigenvectors at the minimum and the saddle
  bool aligned_exit = false;   // the way runs along eigenvectors of the Hessian at the minimum and the saddle
  bool isothermal = false;     // the interpretation
  std::optional<SgdDiffusionOptions> hessian_noise = {};  // D = eta / (2 B) [H]^+ (+ D0) at the minimum and the saddle
};

/// A minimum or a saddle, in any dimension.
struct PassPoint {
  Eigen::VectorXd position;
  Eigen::MatrixXd hessian;  // of the landscape; of a drift without one minus its Jacobian
};

/// The assumptions that fail on the way from a minimum over a saddle, each in words with the figure that shows it.
/// exponent: what the formula raises e to (> 0); level: height at which D may change. Checked along the way, which only
/// low_noise does without. saddle: its image next to the minimum where axes wrap.
std::vector<std::string> failing_assumptions(const Assumptions& assumed, const Dynamics& dynamics,
                                             const PassPoint& minimum, const PassPoint& saddle, const EscapeWay& way,
                                             double exponent, double level);

}  // namespace valleyflux
