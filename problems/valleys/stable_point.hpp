#pragma once

#include "problems/dynamics/drift.hpp"

#include <Eigen/Core>

#include <optional>

namespace valleyflux {

/// A stable point of a drift in any number of dimensions.
struct StablePoint {
  Eigen::VectorXd position;      // d
  Eigen::MatrixXd jacobian;      // d x d, of the drift there
  std::optional<double> height;  // of the landscape, where there is one
};

/// The stable point that the drift leads to from `guess` (d): the flow for a while, then Newton's method to round-off.
/// Nothing if that does not converge or if the point is not stable (a real part of an eigenvalue is not negative).
std::optional<StablePoint> stable_point_near(const Drift& drift, const Eigen::VectorXd& guess);

}  // namespace valleyflux
