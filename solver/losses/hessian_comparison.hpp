#pragma once

#include "problems/losses/loss.hpp"
#include "solver/results.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// Compares covariance and Hessian at theta. Intervals: delete-a-tenth jackknife over the samples whose covariance is
/// taken, with Student's t of 9 degrees of freedom, of the correlation in Fisher's form; H is that of all samples.
/// Along all eigenvectors of H or, leading > 0, along that many of the largest |h|, found by Lanczos' iteration on
/// products with H. Throws std::invalid_argument for fewer than 20 samples or 3 eigenvectors, SolverError where all
/// eigenvalues or all variances are the same, or where the iteration does not converge.
HessianComparison compare_with_hessian(const Loss& loss, const Eigen::VectorXd& theta, Index leading = 0);

}  // namespace valleyflux
