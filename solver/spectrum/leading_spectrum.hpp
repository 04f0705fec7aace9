#pragma once

#include "solver/discretisation/generator.hpp"
#include "solver/elimination/elimination.hpp"
#include "solver/linear_solver.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

/// Leading eigenvalues of a generator Q and their eigenvectors, most slowly decaying first, 0 included where nothing
/// leaves. Of a complex pair the eigenvalue with the positive imaginary part comes first, and the two columns of the
/// vectors hold the real and the imaginary part of its vector.
struct LeadingSpectrum {
  Eigen::VectorXcd eigenvalue;    // n, per unit of time
  Eigen::VectorXd bound;          // n: of |its difference from the generator's own|; rigorous but for round-off where
                                  // that is in detailed balance with the weights, to first order otherwise
  Eigen::MatrixXd right;          // states x n: Q u = eigenvalue u, sum w |u|^2 = 1 with the weights w; NaN where
                                  // w^(1/2) |u| is below round-off (1e-11), u not being known there
  Eigen::MatrixXd left;           // states x n: Q^T p = eigenvalue p, p^T u = 1; for 0: u = 1, p = pi
  ShiftedSolver factorised = {};  // that of the iteration, where there was one
};

/// Slow modes come from the process seen at `references`, one state in every valley (reference_process.hpp), with full
/// relative accuracy; where those are all that is asked for one elimination with few solutions is all it takes. The
/// others come from an iteration on (scale - Q)^-1 (shift_invert.hpp), scale the inverse of the longest mean time until
/// a reference is met; their relative error is round-off times scale / eigenvalue. weights: states, > 0 or underflown,
/// the stationary (or quasi-stationary) probabilities. order: of the generator. Throws SolverError if an
/// iteration does not converge or some state can never reach a reference.
LeadingSpectrum leading_spectrum(const Generator& generator, const EliminationOrder& order,
                                 const Eigen::VectorXd& weights, const std::vector<Index>& references, int count);

}  // namespace valleyflux
