#pragma once

#include "solver/solver_error.hpp"

#include <Eigen/Core>

#include <functional>

namespace valleyflux {

struct MultilevelOptions {
  double tolerance = 1e-11;  // largest relative change of any state's share by a cycle, twice in a row
  int most_cycles = 80;
  std::function<void(int cycles, double change)> cycled = {};  // told after every cycle; may be empty
  /// Asked after every cycle whether the law will do as it is (its scale is any); may be empty.
  std::function<bool(const Eigen::VectorXd& law, double through)> enough = {};
};

/// Cycles no longer bring the solution closer, or would take too many.
class Stalled : public SolverError {
 public:
  using SolverError::SolverError;
};

}  // namespace valleyflux
