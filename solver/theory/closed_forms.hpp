#pragma once

#include "problems/dynamics/coefficients.hpp"
#include "solver/theory/escape_way.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// Logarithm of the Eyring-Kramers rate of one saddle (Xie, Sato & Sugiyama 2020, Theorem 3.1, Eq. 44; in one
/// dimension Kramers' Eq. 34): white noise D = diffusion * identity,
///   rate = |H_be| / (2 pi) sqrt(det H_a / -det H_b) exp(-barrier / diffusion),
/// H_a, H_b: Hessians (d x d) at the minimum and the saddle, H_be the negative eigenvalue of H_b, barrier = L(b) -
/// L(a). Transition into the next valley, low-noise limit. Throws std::invalid_argument unless H_a is positive definite
/// and H_b has exactly one negative eigenvalue.
double log_kramers_rate(const Eigen::MatrixXd& minimum_hessian, const Eigen::MatrixXd& saddle_hessian, double barrier,
                        double diffusion);

/// Logarithm of the rate of Theorem 3.2, Eq. 84, for SGD noise D = eta / (2 B) [H]^+:
///   rate = |H_be| / (2 pi) exp[ -(2 B barrier / eta) (s / H_ae + (1 - s) / |H_be|) ],
/// H_ae = e^T H_a e and H_be = e^T H_b e along the way's direction e at either end; s in [0, 1] is not given by the
/// theorem.
double log_sgd_rate(const Eigen::MatrixXd& minimum_hessian, const Eigen::MatrixXd& saddle_hessian, const EscapeWay& way,
                    double barrier, double eta, double batch_size, double s);

/// Logarithm of the rate of Eq. 83, in one dimension of Eq. 73: D = D_a from the minimum up to the point where the
/// landscape has risen by the share s of the barrier, D_b beyond,
///   rate = |H_be| / (2 pi) sqrt(det(H_a D_a^-1) / -det(H_b D_b^-1)) exp[ -barrier (s / T_a + (1 - s) / T_b) ],
/// T = e^T D e along the way's direction e at either end (where D and H share it, the eigenvalue of H^-1 D times that
/// of H, as the paper has it). Derived in the isothermal interpretation. Throws std::invalid_argument for Hessians that
/// are no minimum's or saddle's, and for singular D.
double log_two_temperature_rate(const Eigen::MatrixXd& minimum_hessian, const Eigen::MatrixXd& saddle_hessian,
                                const Eigen::MatrixXd& minimum_diffusion, const Eigen::MatrixXd& saddle_diffusion,
                                const EscapeWay& way, double barrier, double s);

/// Logarithm of the low-noise (Laplace) limit of the rate over the barrier top b between a minimum a and what lies
/// beyond b, on the line, for any D(x) and interpretation alpha = 0, 1/2, 1 (derived: from the double integral of the
/// mean first-passage time),
///   time = 2 pi D_b^(1/2 - alpha) D_a^(alpha - 1/2) (H_a |H_b|)^(-1/2) exp(Phi(b) - Phi(a)),  Phi' = -F / D,
/// H = -F'. a and b: zeros of F; `b` may lie beyond the end of a periodic axis. The relative error falls like D /
/// barrier. Throws std::invalid_argument unless H_a > 0 > H_b, and where D is not positive between a and b, naming the
/// place: there the exponent is infinite.
struct LaplaceRate {
  double log_rate;
  double exponent;  // Phi(b) - Phi(a)
};
LaplaceRate laplace_rate(const Dynamics& dynamics, double a, double b);

}  // namespace valleyflux
