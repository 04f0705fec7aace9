#pragma once

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/problem.hpp"
#include "solver/escape/passages.hpp"

#include <Eigen/Core>

#include <optional>
#include <string>
#include <vector>

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
/// H_ae = e^T H_a e along the escape direction e, the eigenvector of H_be; s in [0, 1] is not given by the theorem.
double log_sgd_rate(const Eigen::MatrixXd& minimum_hessian, const Eigen::MatrixXd& saddle_hessian, double barrier,
                    double eta, double batch_size, double s);

/// Logarithm of the low-noise (Laplace) limit of the rate over the barrier top b between a minimum a and what lies
/// beyond b, on the line, for any D(x) and interpretation alpha = 0, 1/2, 1 (derived: from the double integral of the
/// mean first-passage time),
///   time = 2 pi D_b^(1/2 - alpha) D_a^(alpha - 1/2) (H_a |H_b|)^(-1/2) exp(Phi(b) - Phi(a)),  Phi' = -F / D,
/// H = -F'. a and b: zeros of F; `b` may lie beyond the end of a periodic axis. The relative error falls like D /
/// barrier. Throws std::invalid_argument unless H_a > 0 > H_b, and where D is not positive between a and b, naming the
/// place: there the exponent is infinite.
double log_laplace_rate(const Dynamics& dynamics, double a, double b);

/// What a closed form says of an escape between two valleys, or why it does not apply.
struct ClosedForm {
  std::string method;              // theory:kramers, theory:sgd or theory:laplace
  std::optional<double> log_rate;  // nothing if it does not apply
  std::string note;
};

/// All closed forms for `from` -> `to` (theory:laplace on the line alone): rates of parallel saddles added (Rule 1).
/// For the first exit (to < 0): over all passages out of `from`, the transition rate doubled, since half of those that
/// reach the saddle return (low-noise limit). sgd: options of the noise if it is SGD noise.
template <int Dim>
std::vector<ClosedForm> closed_forms(const Problem<Dim>& problem, const std::vector<Passage>& passages, int from,
                                     int to, const std::optional<SgdDiffusionOptions>& sgd, double theorem_s);

extern template std::vector<ClosedForm> closed_forms(const Problem<1>&, const std::vector<Passage>&, int, int,
                                                     const std::optional<SgdDiffusionOptions>&, double);
extern template std::vector<ClosedForm> closed_forms(const Problem<2>&, const std::vector<Passage>&, int, int,
                                                     const std::optional<SgdDiffusionOptions>&, double);

}  // namespace valleyflux
