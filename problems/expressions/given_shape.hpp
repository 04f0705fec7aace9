#pragma once

#include <Eigen/Core>

namespace valleyflux {

/// What a user's function gave of a landscape or drift: the same matrix, or std::invalid_argument where it is not rows
/// x columns. what: "the gradient of a landscape".
Eigen::MatrixXd given_shape(Eigen::MatrixXd matrix, Eigen::Index rows, Eigen::Index columns, const char* what);

/// Throws std::invalid_argument unless points have `rows` coordinates. what: "a landscape".
void require_coordinates(const Eigen::Ref<const Eigen::MatrixXd>& points, Eigen::Index rows, const char* what);

}  // namespace valleyflux
