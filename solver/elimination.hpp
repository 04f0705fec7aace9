#pragma once

#include "solver/generator.hpp"
#include "solver/solver_error.hpp"

#include <Eigen/Core>

#include <memory>

namespace valleyflux {

struct EliminationOptions {
  Index leaf_states = 48;  // states of a leaf of the dissection
};

/// Fill-reducing order and tree of fronts of a generator's pattern (rates are not looked at): geometric nested
/// dissection on the states' integer coordinates, separators as thick as the longest edges ask for. One analysis
/// serves every generator with the same edges. Copies share the tree.
class EliminationOrder {
 public:
  /// positions: d x states. Paths and cycles in natural order (1-D) are recognised and need no tree.
  EliminationOrder(const Generator& generator, const Eigen::Ref<const Eigen::MatrixXi>& positions,
                   const EliminationOptions& options = {});
  /// Bytes that the factors will take.
  std::size_t factor_bytes() const;

 private:
  friend class Elimination;
  friend Eigen::VectorXd stationary_probabilities(const EliminationOrder&, const Generator&);
  struct Tree;
  std::shared_ptr<const Tree> tree_;
};

/// Subtraction-free elimination (Grassmann, Taksar & Heyman 1985; O'Cinneide 1993; Alfa, Xue & Ye 2002) of
/// A = shift I - Q: every entry of every answer has full relative accuracy when the right-hand side is nonnegative.
class Elimination {
 public:
  /// Throws SolverError if some state can reach no exit (A is singular) or a pivot over- or underflows.
  Elimination(const EliminationOrder& order, const Generator& generator, double shift = 0.0);

  /// u = (shift I - Q)^-1 f, the backward equation. f, u: states.
  Eigen::VectorXd solve(const Eigen::Ref<const Eigen::VectorXd>& f) const;
  /// p = (shift I - Q^T)^-1 f, the forward equation.
  Eigen::VectorXd solve_forward(const Eigen::Ref<const Eigen::VectorXd>& f) const;

 private:
  friend Eigen::VectorXd stationary_probabilities(const EliminationOrder&, const Generator&);
  struct Factors;
  std::shared_ptr<const Factors> factors_;
};

/// Stationary probabilities pi (states; sum 1) of an irreducible generator; exit rates are ignored. Throws
/// SolverError if the generator has more than one closed class.
Eigen::VectorXd stationary_probabilities(const EliminationOrder& order, const Generator& generator);

}  // namespace valleyflux
