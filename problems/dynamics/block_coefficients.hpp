#pragma once

#include "problems/dynamics/coefficients.hpp"
#include "problems/expressions/block_force.hpp"
#include "problems/expressions/block_program.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <optional>

namespace valleyflux {

/// Drift and noise at blocks of particles, whose coordinates lie apart from each other: x[k * stride + p] is coordinate
/// k of particle p. Landscapes and noise that have a symbolic form are compiled into one program over blocks.
class BlockCoefficients {
 public:
  /// Ito's drift b of the dynamics in their interpretation, or, for the chain of discrete SGD, F itself; at a time, in
  /// the unit of the case.
  BlockCoefficients(Dynamics dynamics, bool chain, double time = 0.0);

  int dimension() const { return dynamics_.drift.dimension(); }
  /// S, lower triangular with S S^T = 2 D, where D is the same everywhere.
  const std::optional<Eigen::MatrixXd>& constant_factor() const { return constant_factor_; }
  /// drift[i * stride + p] = b_i and, unless D is constant, factor[(i + d j) * stride + p] = S_ij (zero above the
  /// diagonal) for `count` particles; count and stride are multiples of program_block. Nothing overlaps. Values may be
  /// NaN or infinite where the coefficients are. Thread-safe.
  void sample(const double* x, double* drift, double* factor, std::ptrdiff_t count, std::ptrdiff_t stride) const;

 private:
  Dynamics dynamics_;
  bool chain_;
  double time_;
  std::optional<Eigen::MatrixXd> constant_factor_;
  std::optional<BlockForce> force_;      // b of a landscape, where D is the same everywhere
  std::optional<BlockProgram> program_;  // else b, then D_ij for i >= j by columns where D varies
};

}  // namespace valleyflux
