#pragma once

#include "solver/discretisation/generator.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/spectrum/slow_modes.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <memory>
#include <vector>

namespace valleyflux {

/// Real eigenvalues -decay of a generator Q with their vectors over all states and bounds of their errors.
struct ReferenceModes {
  Eigen::VectorXd decay, bound;  // n
  Eigen::MatrixXd right, left;   // states x n
};

/// The process seen at m states, one in every valley, all others eliminated once without subtraction. The eigenvalue -l
/// of the whole solves
///   (K + l M(l)) u = 0,   M(l) = 1 + G_0 + l G_1 + l^2 G_2 + ...,   G_k = W^T R^k V,
/// at the references, K the generator left there, R the inverse of minus Q between the others, V = R Q_OR the
/// committors, W^T = Q_RO R the occupations (Meyer 1989, of the stochastic complement). All entries are sums of
/// positive numbers, so that l keeps its relative accuracy however small it is. R^p V <= c R^(p-1) V entrywise bounds
/// what is left out: G_(k+j) <= c^j G_k.
class ReferenceProcess {
 public:
  /// weights: states, the stationary probabilities; in detailed balance with them W follows from V. order: of the
  /// generator. Throws SolverError if some state can never reach a reference.
  ReferenceProcess(const Generator& generator, const EliminationOrder& order, const Eigen::VectorXd& weights,
                   bool reversible, const std::vector<Index>& references);

  /// The longest mean time until a reference is met.
  double longest_time() const { return longest_time_; }

  /// The slowest of at most `most` eigenvalues, those for which few solves reach round-off: all with l c below 0.1 in
  /// most cases. bound: in detailed balance the truth lies within, by the minimax principle; otherwise to first order.
  ReferenceModes modes(Index most);

 private:
  /// R and R^T on columns.
  /// In detailed balance (R^T)^k W from R^k V.
  Eigen::MatrixXd reversed(const Eigen::MatrixXd& columns) const;
  /// R^k V and (R^T)^k W up to k = `power`, at least 1, and G_k up to twice that.
  void raise_to(std::size_t power);
  /// M without the rest, and its derivative by l; the rest is at most this many times the last G_k.
  Eigen::MatrixXd mass(double l) const;
  Eigen::MatrixXd mass_slope(double l) const;
  double rest(double l) const;
  /// Vectors of all states from those of the references.
  Eigen::VectorXd over_states(const std::vector<Eigen::MatrixXd>& powers, double l, const Eigen::VectorXd& u) const;

  bool reversible_;
  std::vector<Index> references_;
  std::vector<Index> state_;  // among the others, -1 for a reference
  Eigen::VectorXd weights_;   // of the others
  Eigen::VectorXd own_;       // weights of the references
  std::unique_ptr<LinearSolver> solver_;
  SmallGenerator small_;
  std::vector<Eigen::MatrixXd> right_, left_;  // R^k V, (R^T)^k W: others x references
  std::vector<Eigen::MatrixXd> moments_;       // G_k
  double ratio_ = 0.0;                         // c
  double longest_time_ = 0.0;
};

}  // namespace valleyflux
