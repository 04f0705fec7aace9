#pragma once

#include <Eigen/Core>

namespace valleyflux {

/// A way from a minimum up to a saddle, and the directions e that H_ae and H_be, T_a and T_b are taken along.
struct EscapeWay {
  Eigen::MatrixXd points;                            // d x n, n >= 4: from the minimum to the saddle
  Eigen::VectorXd at_minimum, at_saddle;             // unit vectors (d)
  double off_at_minimum = 0.0, off_at_saddle = 0.0;  // angles between them and the way itself, radians
};

/// Theorem 3.2 of Xie, Sato & Sugiyama (2020) speaks of eigenvalues "corresponding to the escape direction": e is, at
/// the minimum, the part of the way's tangent in the eigenspace of the Hessian that is nearest to it (eigenvalues
/// within a hundredth of each other count as one), at the saddle the unstable eigenvector. On a way that bends the two
/// differ. points: the most probable path; hessians: d x d. Throws std::invalid_argument for fewer than 4 points.
EscapeWay escape_way(Eigen::MatrixXd points, const Eigen::MatrixXd& minimum_hessian,
                     const Eigen::MatrixXd& saddle_hessian);

}  // namespace valleyflux
