#pragma once

#include "grids/point.hpp"

#include <Eigen/Core>

namespace valleyflux {

/// Paths are d x n matrices: their columns are points in order, the path is the curve through them.

/// n >= 2 points of equal distance from a to b.
Eigen::MatrixXd straight_path(const Eigen::VectorXd& a, const Eigen::VectorXd& b, Index count);

/// n: length of the polygon from the first point to each. Scaled to end with 1 it parametrises the path.
Eigen::VectorXd cumulative_lengths(const Eigen::MatrixXd& points);

/// Cubic spline through the points of a path over the polygon's length s, with the end conditions "not a knot": the
/// error is of fourth order up to the ends.
class PathSpline {
 public:
  /// Throws std::invalid_argument for fewer than 4 points and for neighbours that coincide.
  explicit PathSpline(Eigen::MatrixXd points);
  double length() const { return knots_[knots_.size() - 1]; }
  Eigen::VectorXd at(double s) const;
  /// dx/ds, nearly a unit vector.
  Eigen::VectorXd slope(double s) const;

 private:
  Index interval(double s) const;
  Eigen::MatrixXd points_, curvature_;  // d x n: x and x'' at the knots
  Eigen::VectorXd knots_;               // n
};

/// `count` points on the spline through `points` at equal steps of its parameter. Leaves a path of `count` points
/// unchanged if its neighbours are equally distant.
Eigen::MatrixXd evenly_spaced(const Eigen::MatrixXd& points, Index count);

}  // namespace valleyflux
