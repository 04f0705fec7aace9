#pragma once

#include "solver/linear_solver.hpp"
#include "solver/multilevel/multilevel_options.hpp"

#include <Eigen/Core>

#include <functional>
#include <memory>
#include <string>

namespace valleyflux {

/// What solves came to.
struct MultilevelRecord {
  int solves = 0;
  int most_cycles = 0;  // of any of them
  double check = 0.0;   // largest relative difference of a mean time forwards and backwards
};

/// Who is told of solves and of their cycles, and what takes the place of one that stalls: all may be empty.
struct MultilevelHooks {
  std::function<void(const MultilevelRecord&)> solved;
  std::function<void(int cycles, double change)> cycled;
  /// Another engine for the generator, whose states have these positions; throws SolverError where there is none.
  std::function<std::unique_ptr<LinearEngine>(const std::string& reason, const Generator&, const Eigen::MatrixXi&)>
      fall_back;
};

/// The linear equations of a generator on a lattice by multiplicative multilevel aggregation, in time and memory
/// proportional to the number of states: every entry of every answer to a nonnegative right-hand side is right to
/// about 1e-11, relative, down to 1e-250 of the largest (docs/numerics.md). Others are split into what is positive and
/// what is negative. Forward equation: the stationary law of the chain whose exits lead back to the sources. Backward
/// equation: the same of the reversed chain, whose weights are the stationary law of the chain without its exits.
/// Classes of states that lead to each other are solved one after the other, and each in parts that are as far apart in
/// weight as doubles can tell.
class MultilevelEngine final : public LinearEngine {
 public:
  /// positions: d x states, d = 1 or 2.
  explicit MultilevelEngine(Eigen::MatrixXi positions, const MultilevelOptions& options = {},
                            MultilevelHooks hooks = {});

  /// Solvers check themselves the first time that they solve the backward equation: its mean time from a probable state
  /// against that of the forward equation. Where cycles do not converge or the check fails they fall back, or throw
  /// Stalled where there is nothing to fall back on.
  std::unique_ptr<LinearSolver> factorise(const Generator& generator, double shift = 0.0,
                                          std::unique_ptr<LinearSolver> spent = nullptr) const override;
  /// As of EliminationOrder: the law of the one closed class. Throws SolverError if there are several, or if the law
  /// spans more than doubles do, and Stalled.
  Eigen::VectorXd stationary(const Generator& generator, double total = 1.0) const override;
  std::unique_ptr<LinearEngine> part(const Generator& generator, std::span<const std::int32_t> states) const override;
  double solver_bytes() const override;
  double relative_error() const override;

 private:
  struct Shared;
  friend class MultilevelSolver;
  std::shared_ptr<Shared> shared_;
};

}  // namespace valleyflux
