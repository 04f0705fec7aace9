#pragma once

#include "solver/discretisation/generator.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <memory>
#include <span>

namespace valleyflux {

/// Solves the equations of A = shift I - Q, Q a generator with exits. Safe to call from several threads.
class LinearSolver {
 public:
  virtual ~LinearSolver() = default;
  /// u = A^-1 f, the backward equation. f, u: states. Throws SolverError if the answer overflows.
  virtual Eigen::VectorXd solve(const Eigen::Ref<const Eigen::VectorXd>& f) const = 0;
  /// p = A^-T f, the forward equation.
  virtual Eigen::VectorXd solve_forward(const Eigen::Ref<const Eigen::VectorXd>& f) const = 0;
  /// The same for every column of f (states x right-hand sides): together, where that is quicker.
  virtual Eigen::MatrixXd solve_columns(const Eigen::Ref<const Eigen::MatrixXd>& f) const {
    Eigen::MatrixXd u(f.rows(), f.cols());
    for (Index c = 0; c < f.cols(); ++c) u.col(c) = solve(f.col(c));
    return u;
  }
  virtual Eigen::MatrixXd solve_forward_columns(const Eigen::Ref<const Eigen::MatrixXd>& f) const {
    Eigen::MatrixXd p(f.rows(), f.cols());
    for (Index c = 0; c < f.cols(); ++c) p.col(c) = solve_forward(f.col(c));
    return p;
  }
};

/// A factorisation of shift - Q, for whoever has use for one near that shift.
struct ShiftedSolver {
  double shift = 0.0;
  std::unique_ptr<LinearSolver> solver = {};  // may be none
};

/// A way to solve them that has seen where the generator's edges are: one analysis for all rates and shifts.
class LinearEngine {
 public:
  virtual ~LinearEngine() = default;
  /// Keeps no reference to the generator. spent: a solver of the same engine that is no longer needed, in whose memory
  /// the new one may be made. Throws SolverError where A is singular.
  virtual std::unique_ptr<LinearSolver> factorise(const Generator& generator, double shift = 0.0,
                                                  std::unique_ptr<LinearSolver> spent = nullptr) const = 0;
  /// Stationary probabilities pi (states; sum `total`) of a generator with one closed class of states, which transient
  /// states may lead into; exit rates are ignored. Entries below the range of double precision are zero: a large
  /// `total` keeps more of them. Throws SolverError if there is more than one closed class.
  virtual Eigen::VectorXd stationary(const Generator& generator, double total = 1.0) const = 0;
  /// The engine of a part of the process: `states` of the whole, in any order, and of the edges between them all or
  /// some. What is known of the whole serves.
  virtual std::unique_ptr<LinearEngine> part(const Generator& generator,
                                             std::span<const std::int32_t> states) const = 0;
  /// Memory that a solver takes, about.
  virtual double solver_bytes() const = 0;
  /// Relative error that entries of the answers may have beyond round-off.
  virtual double relative_error() const { return 0.0; }
};

}  // namespace valleyflux
