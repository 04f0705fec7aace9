#pragma once

#include "problems/expressions/block_program.hpp"
#include "problems/expressions/expression.hpp"
#include "solver/particles/exit_surface.hpp"
#include "solver/particles/particle_system.hpp"

namespace valleyflux {

/// The surface of a set that predicates describe, in any number of dimensions: where the function g that is positive
/// inside vanishes. Distances are -g / |grad g|: exact for planes, right to first order near other surfaces.
class LevelSurface final : public ExitSurface {
 public:
  /// The target is where any of the predicates (at least one) holds, or, if `outside`, where none does; absorbing walls
  /// of the box as well. reach: see ExitSurface. Throws std::invalid_argument for what is no predicate or bounds no
  /// region.
  LevelSurface(const std::vector<Expression>& predicates, bool outside, std::vector<BoxSide> box, double reach);

  double distance(const std::vector<double>& x) const override;
  std::vector<double> normal(const std::vector<double>& x) const override;
  bool distances(const double* x, double* distance, double* away, std::ptrdiff_t count,
                 std::ptrdiff_t stride) const override;

 private:
  std::vector<BoxSide> box_;
  BlockProgram program_;  // g, then its slopes
};

}  // namespace valleyflux
