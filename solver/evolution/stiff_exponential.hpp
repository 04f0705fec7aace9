#pragma once

#include <Eigen/Core>

namespace valleyflux {

/// exp(t G) and its integral from 0 to t.
struct ExponentialStep {
  Eigen::MatrixXd value, integral;
};

/// Of G = (1 - H^-1) shift, H (n x n) the projection of (1 - Q^T / shift)^-1, where fast modes make G so large that
/// scaling and squaring loses the slow ones: t |G| round-offs of them. By resolvents of H, which need no inverse of it:
/// the [3/4] Pade approximant of exp, which is stable and forgets fast modes (Radau IIA of four stages; Hairer & Wanner
/// 1996), in partial fractions, over 64 or more parts of t in none of which a mode turns far. Not finite where a mode
/// turns hundreds of times within t and hardly decays.
ExponentialStep stiff_exponential(const Eigen::MatrixXd& H, double shift, double t);

}  // namespace valleyflux
