#pragma once

#include "solver/paths/minimum_action_path.hpp"

namespace valleyflux {

/// The low-noise limit of the rate along one path over a saddle.
struct PathRate {
  double log_rate = 0.0;
  double log_prefactor = 0.0;  // log_rate + exponent of the path
  double error = 0.0;          // of log_rate: of the exponent, and of the prefactor from half as many points
};

/// Generalised Eyring-Kramers rate (Bouchet & Reygner 2016), extended to any D(x) and interpretation: with p =
/// C exp(-V), J = (F - g) p - D grad p, the prefactor follows d log C / dt = -(div l + g . grad V) on the path,
///   rate = lambda / (2 pi) sqrt(det V''(a) / |det V''(b)|) exp[ -Phi - int (div l + g . grad V) dt ],
/// l = F + D grad V, lambda the positive eigenvalue of the Jacobian of F at the saddle, V'' from the Lyapunov equation
/// at both ends and from the matrix Riccati equation between. path: from a stable point to a saddle. Throws
/// std::invalid_argument if the ends are no such points, SolverError where V'' blows up on the way (a caustic: the
/// formula does not apply).
PathRate path_rate(const Dynamics& dynamics, const ActionPath& path);

}  // namespace valleyflux
