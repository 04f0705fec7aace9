#pragma once

#include "solver/discretisation/generator.hpp"
#include "solver/linear_solver.hpp"
#include "solver/solver_error.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace valleyflux {

struct EliminationOptions {
  Index leaf_states = 16;  // states of a leaf of the dissection
};

/// Fill-reducing order and tree of fronts of a generator's pattern (rates are not looked at): geometric nested
/// dissection on the states' integer coordinates, separators as thick as the longest edges ask for. One analysis
/// serves every generator with the same edges, and its parts. Copies share the tree.
class EliminationOrder final : public LinearEngine {
 public:
  /// positions: d x states. Paths and cycles in natural order (1-D) are recognised and need no tree.
  EliminationOrder(const Generator& generator, const Eigen::Ref<const Eigen::MatrixXi>& positions,
                   const EliminationOptions& options = {});
  /// An Elimination.
  std::unique_ptr<LinearSolver> factorise(const Generator& generator, double shift = 0.0,
                                          std::unique_ptr<LinearSolver> spent = nullptr) const override;
  /// stationary_probabilities().
  Eigen::VectorXd stationary(const Generator& generator, double total = 1.0) const override;
  /// The restricted order.
  std::unique_ptr<LinearEngine> part(const Generator& generator, std::span<const std::int32_t> states) const override;
  double solver_bytes() const override { return static_cast<double>(factor_bytes()); }
  /// Bytes that the factors will take.
  std::size_t factor_bytes() const;

 private:
  friend class Elimination;
  struct Tree;
  explicit EliminationOrder(std::shared_ptr<const Tree> tree) : tree_(std::move(tree)) {}
  std::shared_ptr<const Tree> tree_;
};

/// A state that can reach no exit (or by rates that over- or underflow only): the equations are singular.
class NoWayOut : public SolverError {
 public:
  explicit NoWayOut(Index state);
  Index state;
};

/// Subtraction-free elimination (Grassmann, Taksar & Heyman 1985; O'Cinneide 1993; Alfa, Xue & Ye 2002) of
/// A = shift I - Q, the states s one after the other:
///   d_s = sum over j left of q_sj + k_s;   q_ij += q_is q_sj / d_s;   k_i += q_is k_s / d_s   (shift counts as exit
///   rate)
/// Every entry of every answer has full relative accuracy when the right-hand side is nonnegative. Copies share the
/// factors.
class Elimination final : public LinearSolver {
 public:
  /// Throws NoWayOut where A is singular.
  Elimination(const EliminationOrder& order, const Generator& generator, double shift = 0.0);
  /// The same in the memory of `spent`, an elimination by the same order, unless a copy of it still needs that: memory
  /// fresh from the system costs a good part of the elimination.
  Elimination(Elimination&& spent, const Generator& generator, double shift);

  Eigen::VectorXd solve(const Eigen::Ref<const Eigen::VectorXd>& f) const override;
  Eigen::VectorXd solve_forward(const Eigen::Ref<const Eigen::VectorXd>& f) const override;
  Eigen::MatrixXd solve_columns(const Eigen::Ref<const Eigen::MatrixXd>& f) const override;
  Eigen::MatrixXd solve_forward_columns(const Eigen::Ref<const Eigen::MatrixXd>& f) const override;

 private:
  struct Factors;
  /// solve: of either kind of factors.
  template <class Solve>
  Eigen::MatrixXd solved(const Eigen::Ref<const Eigen::MatrixXd>& f, const char* equation, const Solve& solve) const;
  std::shared_ptr<Factors> factors_;  // never changed while it is shared
};

/// Stationary probabilities pi (states; sum `total`) of a generator with one closed class of states, which transient
/// states may lead into; exit rates are ignored. Every entry has full relative accuracy; those below the range of
/// double precision are zero: a large `total` keeps more of them. Throws SolverError if there is more than one closed
/// class.
Eigen::VectorXd stationary_probabilities(const EliminationOrder& order, const Generator& generator, double total = 1.0);

}  // namespace valleyflux
