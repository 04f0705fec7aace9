#pragma once

#include "solver/discretisation/generator.hpp"
#include "solver/elimination/elimination.hpp"

#include <Eigen/Core>

#include <vector>

namespace valleyflux {

/// Leading eigenvalues of a generator Q and their eigenvectors, most slowly decaying first, 0 included where nothing
/// leaves. Of a complex pair the eigenvalue with the positive imaginary part comes first, and the two columns of the
/// vectors hold the real and the imaginary part of its vector.
struct LeadingSpectrum {
  Eigen::VectorXcd eigenvalue;  // n, per unit of time
  Eigen::MatrixXd right;        // states x n: Q u = eigenvalue u, sum w |u|^2 = 1 with the weights w; NaN where
                                // w^(1/2) |u| is below round-off (1e-11), u not being known there
  Eigen::MatrixXd left;         // states x n: Q^T p = eigenvalue p, p^T u = 1; for 0: u = 1, p = pi
};

/// Two ways that are exact where the other is not. Eigenvalues far below `scale` (the rates of escape) come from the
/// process seen at `references` alone, one state in every valley: eliminating all others without subtraction leaves a
/// small generator with full relative accuracy, and the first two orders of its dependence on the eigenvalue; their
/// relative error is (eigenvalue / scale)^2. All others come from Arnoldi's iteration on (scale - Q)^-1, symmetrised by
/// `weights`; their relative error is round-off times scale / eigenvalue. weights: states, > 0 or underflown, the
/// stationary (or quasi-stationary) probabilities. positions as for EliminationOrder. Throws SolverError if the
/// iteration does not converge or some state can never reach a reference.
LeadingSpectrum leading_spectrum(const Generator& generator, const Eigen::Ref<const Eigen::MatrixXi>& positions,
                                 const Eigen::VectorXd& weights, const std::vector<Index>& references, int count);

}  // namespace valleyflux
