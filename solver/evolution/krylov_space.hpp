#pragma once

#include "solver/elimination/aligned_array.hpp"
#include "solver/evolution/stiff_exponential.hpp"
#include "solver/linear_solver.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// What a density p becomes, exp(t Q^T) p, in the Krylov space of S = (1 - Q^T / shift)^-1 (shift-invert Arnoldi: Moret
/// & Novati 2004; van den Eshof & Hochbruck 2006): one factorisation, a solve for each vector, all times at once.
///   S W V = W V H + remainder,  exp(t Q^T) p = W V exp(t G) e_1 |W^-1 p|,  G = (1 - H^-1) shift
/// V is orthonormal, W the diagonal of w^(1/2), w = (p + S p) / 2: the density now and, averaged over exponentially
/// distributed times, later. In the norm |W^-1 p| Q is dissipative where w is stationary and nearly so elsewhere, which
/// it is not in the plain one where drift is strong; it bounds the L1 norm (Cauchy & Schwarz). As S w = O(w), and a
/// solve's round-off is of the order of u S |p| in each state, errors stay small against w in every state, those behind
/// a barrier and far out included.
class KrylovSpace {
 public:
  /// solver: of shift - Q, referred to. start: states, not negative. most: vectors at most.
  KrylovSpace(const LinearSolver& solver, double shift, const Eigen::VectorXd& start, Index most);

  Index size() const { return size_; }
  /// Another vector, of `most`; where the space is not closed.
  void extend();
  /// Whether it holds all times already, to round-off.
  bool closed() const { return closed_; }
  /// Coefficients of the densities after spacing, 2 spacing, ... (size x frames), not finite where the space is too
  /// small to tell.
  Eigen::MatrixXd densities(double spacing, Index frames) const;
  /// And of their integrals over time.
  Eigen::MatrixXd integrals(double spacing, Index frames) const;
  /// The k-th vector, times W: states.
  Eigen::VectorXd vector(Index k) const { return root_.cwiseProduct(vectors_.col(k)); }
  /// What coefficients (size x any) stand for: states x any.
  Eigen::MatrixXd expanded(const Eigen::MatrixXd& coefficients) const;
  /// A bound of the L1 norm of what coefficients stand for.
  double norm(const Eigen::Ref<const Eigen::VectorXd>& coefficients) const { return root_norm_ * coefficients.norm(); }
  /// The largest entry of it, against w.
  double largest(const Eigen::Ref<const Eigen::VectorXd>& coefficients) const;

 private:
  ExponentialStep step(double spacing) const;
  Eigen::VectorXd applied() const;

  const LinearSolver& solver_;
  double shift_;
  Eigen::VectorXd root_, first_;  // w^(1/2); W^-1 S p
  double root_norm_, start_norm_;
  AlignedArray memory_;
  Eigen::Map<Eigen::MatrixXd> vectors_;
  Eigen::MatrixXd hessenberg_;
  Index size_ = 0;
  bool closed_ = false;
};

}  // namespace valleyflux
