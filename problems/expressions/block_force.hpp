#pragma once

#include "problems/expressions/block_program.hpp"
#include "problems/expressions/hills.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace valleyflux {

/// Minus the gradient of a landscape over blocks of points: hills in passes of their own, which take half the time that
/// their instructions would, and a program for the rest.
class BlockForce {
 public:
  /// The landscape is a node of the graph, whose variables are its coordinates.
  BlockForce(ExpressionGraph graph, GraphNode landscape);

  /// force[k * stride + p] = -dL/dx_k where x[k * stride + p] is coordinate k of point p; as BlockProgram::run.
  void run(const double* x, double* force, std::ptrdiff_t count, std::ptrdiff_t stride) const;

 private:
  int dimension_;
  std::vector<Hill> hills_;
  std::optional<BlockProgram> rest_;  // nothing where the hills are all
};

}  // namespace valleyflux
